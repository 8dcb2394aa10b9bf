/** What a pack is for, how it is checked, and what it does not show: printed with every pack. */
import { EFFECTIVENESS_BOUNDARIES } from "../effectiveness/effectiveness.ts";

export const PACK_BOUNDARIES = {
  ...EFFECTIVENESS_BOUNDARIES,
  does_not_certify_compliance: true,
  reviewable_cost_is_not_realised_savings: true,
} as const;

/** What of a pack serves which duty; whether that is enough is not for us to say. */
export const SUPPORTS = [
  {
    purpose: "logging",
    by: [
      "sessions[].evidence.records",
      "sessions[].evidence.checkpoint",
      "status.structural_logging",
    ],
  },
  {
    purpose: "human review",
    by: ["sessions[].review", "sessions[].figures", "status.review_readiness"],
  },
  {
    purpose: "post-deployment monitoring",
    by: ["effectiveness", "sessions[].figures.loops", "sessions[].resolved"],
  },
] as const;

export const NOT_PROVEN = [
  "that an agent reported all it did: evidence begins at the writer",
  "the figures and cohort labels given at an end: they are the collector's, and are not signed; figures can be found again from the exported records",
  "the times: they are those of the writers' and the collector's clocks",
  "that the collector's key was in nobody else's hands: only a co-signature by the writer, or an older head kept elsewhere, shows that nothing was rewritten as a whole",
  "that these are all sessions of the workflow: labels are the sender's choice, and deleted sessions are not listed",
  "that an agent's answers were right, or that a difference between cohorts was caused by the change",
] as const;

/** @param vkey the collector's verifier key, for convenience only */
export function howToVerify(vkey: string): readonly string[] {
  return [
    "take the verifier key from whoever runs the collector, not from this file",
    `caum verify pack.json --key ${vkey}`,
    "checks offline that each session's checkpoint is signed, and that its receipt is under it",
    "for the records themselves: run sessions[].verify, which fetches a session and checks every line",
  ];
}
