import type { Verdict } from "@caum/core";
import {
  type Assessment,
  alertMessage,
  isWorthSaying,
  type Pattern,
  storyOf,
  tellsOnlyNames,
  type UdsCap,
  udsCappedBy,
  WHAT_TO_SEND,
} from "@caum/core/health";

/** What `observe` answers: what the structure of the session says, and the proof of it. */
export interface StepVerdict {
  readonly regime: Assessment["regime"];
  /** From 0 to 1; null where structure tells nothing about the outcome of such work. */
  readonly failure_risk: number | null;
  /** Why it is null; absent with a number. */
  readonly failure_risk_reason?: NonNullable<Assessment["failureRiskReason"]>;
  /** Unified Detection Score, from 0 to 1. */
  readonly uds: number;
  /** Why it is not what the three scores give; absent where it is. */
  readonly uds_capped_by?: UdsCap;
  readonly tier: Assessment["tier"];
  /** Nothing to say is null, but never while an alert is. It can never stop a call. */
  readonly advisory: Advisory | null;
  /** The session entered an alert with this step: a loop, or tier T4 or T5 that held. */
  readonly alert_fired: boolean;
  /** Conditions of `onAlert` that were met with this step; absent where none was. */
  readonly rules_fired?: readonly string[];
  /** RFC 6962 root over the records of this run; computed when it is read. */
  readonly merkle_root: string;
  readonly observation: "passive";
}

export interface Advisory {
  readonly advice: Assessment["coordination"]["advice"];
  /** `none` where only the tier is bad, or a condition of yours was met. */
  readonly public_class: Assessment["publicClass"];
  /** Rules that stand, the surest first, for example `periodic:p2x3`; never empty. */
  readonly reasons: readonly string[];
  readonly message: string;
  /** What repeats or lowers the score; null where a condition was met for something else. */
  readonly pattern: AdvisedPattern | null;
}

/** A pattern in the words of the doors. */
export interface AdvisedPattern {
  readonly rule: Pattern["rule"];
  readonly period: number;
  readonly cycles: number;
  readonly from_step: number;
  /** Tools of one cycle, each once; who speaks, in mere talk. */
  readonly tools: readonly string[];
  /** When its first step was, as far as that is known. */
  readonly since: string | null;
}

const DECIMALS = 10_000;

/** A score as it is shown and sent: four decimals. */
export function rounded(score: number): number {
  return Math.round(score * DECIMALS) / DECIMALS;
}

/** The risk, or null and why. */
export function failureRiskOf({
  failureRisk,
  failureRiskReason,
}: Assessment): Pick<StepVerdict, "failure_risk" | "failure_risk_reason"> {
  return {
    failure_risk: failureRisk === null ? null : rounded(failureRisk),
    ...(failureRiskReason !== undefined && { failure_risk_reason: failureRiskReason }),
  };
}

/** What a step set off. */
interface Fired {
  readonly alertFired: boolean;
  readonly rulesFired: readonly string[];
}

const NOTHING_FIRED: Fired = { alertFired: false, rulesFired: [] };

/** The answer in the words of the step door, so that both ways in say the same. */
export function stepVerdictOf(
  verdict: Verdict,
  { alertFired, rulesFired }: Fired = NOTHING_FIRED,
): StepVerdict {
  const { evidence } = verdict;
  return {
    regime: verdict.regime,
    ...failureRiskOf(verdict),
    ...shownUds(verdict),
    tier: verdict.tier,
    advisory: advisoryFor(verdict, rulesFired.length > 0),
    alert_fired: alertFired,
    ...(rulesFired.length > 0 && { rules_fired: [...new Set(rulesFired)] }),
    get merkle_root() {
      return evidence.merkleRoot;
    },
    observation: "passive",
  };
}

/** The score, and what holds it away from its formula. */
export function shownUds(assessment: Assessment): Pick<StepVerdict, "uds" | "uds_capped_by"> {
  const cap = udsCappedBy(assessment);
  return { uds: rounded(assessment.uds), ...(cap !== undefined && { uds_capped_by: cap }) };
}

/** The sentence for people, and what to do. */
export function messageOf(assessment: Assessment): string {
  return alertMessage(storyOf("The agent", assessment));
}

/** Reason of an alert whose condition is about something else than structure. */
const OWN_CONDITION = "alert_rule";
/** Reason of an advisory about what is sent, not about what the agent does. */
const ONLY_NAMES = "only_names";

/** Why an alert was fired. */
export function reasonsOf({ reasons }: Assessment, condition = OWN_CONDITION): readonly string[] {
  return reasons.length > 0 ? reasons : [condition];
}

function advisoryFor(verdict: Verdict, hasFired: boolean): Advisory | null {
  if (isWorthSaying(verdict) || hasFired) return advisoryOf(verdict);
  if (!tellsOnlyNames(verdict)) return null;
  const message = `Nothing but names is known of most steps. ${WHAT_TO_SEND}`;
  return { ...advisoryOf(verdict), reasons: [ONLY_NAMES], message };
}

function advisoryOf(assessment: Assessment): Advisory {
  const { publicClass, coordination, pattern } = assessment;
  return {
    advice: coordination.advice,
    public_class: publicClass,
    reasons: reasonsOf(assessment),
    message: messageOf(assessment),
    pattern: pattern ? advisedPattern(pattern) : null,
  };
}

export function advisedPattern(pattern: Pattern): AdvisedPattern {
  const { rule, period, cycles, fromStep, tools, sinceMs } = pattern;
  const since = sinceMs === undefined ? null : new Date(sinceMs).toISOString();
  return { rule, period, cycles, from_step: fromStep, tools, since };
}
