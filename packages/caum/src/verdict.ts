import { type Assessment, alertMessage, storyOf, type Verdict } from "@caum/core";

/** What `observe` answers: what the structure of the session says, and the proof of it. */
export interface StepVerdict {
  readonly regime: Assessment["regime"];
  /** From 0 to 1. A statement about structure, not about success. */
  readonly failure_risk: number;
  /** Unified Detection Score, from 0 to 1. */
  readonly uds: number;
  readonly tier: Assessment["tier"];
  /** Nothing to say is null. It can never stop a call. */
  readonly advisory: Advisory | null;
  /** The session entered an alert with this step. */
  readonly alert_fired: boolean;
  /** RFC 6962 root over the records of this run; computed when it is read. */
  readonly merkle_root: string;
  readonly observation: "passive";
}

export interface Advisory {
  readonly advice: Assessment["coordination"]["advice"];
  readonly public_class: "review_only" | "hard_alert";
  /** Rules that stand, the surest first, for example `periodic:p2x3`. */
  readonly reasons: readonly string[];
  readonly message: string;
}

const DECIMALS = 10_000;

/** A score as it is shown and sent: four decimals. */
export function rounded(score: number): number {
  return Math.round(score * DECIMALS) / DECIMALS;
}

/** The answer in the words of the step door, so that both ways in say the same. */
export function stepVerdictOf(verdict: Verdict, alertFired: boolean): StepVerdict {
  const { evidence } = verdict;
  return {
    regime: verdict.regime,
    failure_risk: rounded(verdict.failureRisk),
    uds: rounded(verdict.uds),
    tier: verdict.tier,
    advisory: advisoryOf(verdict),
    alert_fired: alertFired,
    get merkle_root() {
      return evidence.merkleRoot;
    },
    observation: "passive",
  };
}

/** The sentence for people, and what to do. */
export function messageOf(assessment: Assessment): string {
  return alertMessage(storyOf("The agent", assessment));
}

function advisoryOf(assessment: Assessment): Advisory | null {
  const { publicClass, coordination, reasons } = assessment;
  if (publicClass === "none") return null;
  const { advice } = coordination;
  return { advice, public_class: publicClass, reasons, message: messageOf(assessment) };
}
