import type { PublicClass } from "../assessment.ts";
import type { Regime } from "../scores/regime.ts";
import { type Tier, tierOf } from "../scores/tier.ts";
import { combine, type Scores } from "../scores/uds.ts";

/** What holds a score away from its formula; docs/signals.md has the words. */
export const UDS_CAPS = [
  "loop",
  "short_session",
  "stagnation",
  "funnel_trap",
  "one_kind_of_work",
] as const;
export type UdsCap = (typeof UDS_CAPS)[number];

interface Scored {
  readonly uds: number;
  readonly scores: Scores;
  readonly publicClass: PublicClass;
  readonly regime: Regime;
}

/** Floating point, and nothing else. */
const SAME = 1e-9;

/** Why the score is not `0.30 TCR + 0.40 ESR + 0.30 (SCI x ESR)`; undefined where it is. */
export function udsCappedBy({ uds, scores, publicClass, regime }: Scored): UdsCap | undefined {
  if (Math.abs(combine(scores) - uds) < SAME) return undefined;
  if (publicClass === "hard_alert") return "loop";
  if (regime === "STAGNATION") return "stagnation";
  if (regime === "FUNNEL_TRAP") return "funnel_trap";
  return regime === "WARMING_UP" ? "short_session" : "one_kind_of_work";
}

/** A session that is over after fewer steps has shown too little to be good. */
const SHORT_STEPS = 5;
const HIGHEST_SHORT = 0.69;

interface Ended {
  readonly step: number;
  readonly uds: number;
  readonly tier: Tier;
}

/** How a session that is over scores: a very short one is T3 at best. */
export function scoreAtEnd({ step, uds, tier }: Ended): Pick<Ended, "uds" | "tier"> & {
  readonly isShort: boolean;
} {
  const isShort = step < SHORT_STEPS && uds > HIGHEST_SHORT;
  if (!isShort) return { uds, tier, isShort };
  return { uds: HIGHEST_SHORT, tier: tierOf(HIGHEST_SHORT), isShort };
}
