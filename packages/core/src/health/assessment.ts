import type { UnknownRisk } from "./failure-risk.ts";
import type { HardRule } from "./rules/finding.ts";
import type { Healthy, Regime } from "./scores/regime.ts";
import type { Tier } from "./scores/tier.ts";
import type { Scores } from "./scores/uds.ts";
import type { Weakness } from "./scores/weakness.ts";
import type { TraceQuality } from "./trace-quality.ts";

export type EventType =
  | "observation"
  | "structural_pressure_observed"
  | "structural_loop_entered"
  | "structural_loop_continues"
  | "structural_loop_exited";

/** `hard_alert` comes from a hard rule only; what is soft is for review. */
export const PUBLIC_CLASSES = ["none", "review_only", "hard_alert"] as const;
export type PublicClass = (typeof PUBLIC_CLASSES)[number];

/** What a host may read, log or ignore. It can never stop a call. */
export type Advice = "continue" | "watch" | "replan" | "break_loop";

export interface Coordination {
  readonly decision: "observe_only";
  readonly allowed_to_block: false;
  readonly advice: Advice;
}

export interface EvidenceGrade {
  readonly public_class: PublicClass;
  readonly raw_content_used: false;
  readonly allowed_to_block: false;
}

/** A loop that stands or, for review only, seems to; else what lowers the score. */
export interface Pattern {
  readonly rule: HardRule | Weakness;
  /** Length of one cycle in steps; 0 where the repeats come in any order. */
  readonly period: number;
  /** How often: cycles, or steps where there is no cycle. */
  readonly cycles: number;
  /** First step of the pattern, counted like `step` of the assessment. */
  readonly fromStep: number;
  /** Tools of one cycle in the order of their first use, each once; who speaks, in mere talk. */
  readonly tools: readonly string[];
  /** When the first step was, in milliseconds since 1970, to the second; absent without a clock. */
  readonly sinceMs?: number;
}

/** What the health engine says after a step. */
export interface Assessment {
  /** Steps of the session so far: calls, turns without a tool, messages of agents. */
  readonly step: number;
  readonly eventType: EventType;
  readonly regime: Regime;
  readonly healthy: Healthy;
  /** From 0 to 1; unrounded. */
  readonly uds: number;
  readonly tier: Tier;
  /**
   * From 0 to 1; null where structure tells nothing about the outcome of such work. See
   * docs/signals.md for how little it can know.
   */
  readonly failureRisk: number | null;
  /** Why it is null; undefined with a number. */
  readonly failureRiskReason?: UnknownRisk | undefined;
  readonly traceQuality: TraceQuality;
  readonly publicClass: PublicClass;
  /**
   * Rules that stand, the surest first, for example `periodic:p2x3`; else an unhealthy regime; else,
   * in a tier worse than T2, what lowers the score, for example `repeats:x9`.
   */
  readonly reasons: readonly string[];
  /** What the first reason is about. Undefined where there are none. */
  readonly pattern?: Pattern | undefined;
  readonly scores: Scores;
  readonly coordination: Coordination;
  readonly evidenceGrade: EvidenceGrade;
}

const ADVICE = ["continue", "watch", "replan", "break_loop"] as const;

const COORDINATION = Object.fromEntries(
  ADVICE.map((advice) => [
    advice,
    Object.freeze({ decision: "observe_only", allowed_to_block: false, advice }),
  ]),
  // One frozen object per word of ADVICE.
) as Readonly<Record<Advice, Coordination>>;

const EVIDENCE_GRADE = Object.fromEntries(
  PUBLIC_CLASSES.map((publicClass) => [
    publicClass,
    Object.freeze({
      public_class: publicClass,
      raw_content_used: false,
      allowed_to_block: false,
    }),
  ]),
  // One frozen object per word of PUBLIC_CLASSES.
) as Readonly<Record<PublicClass, EvidenceGrade>>;

export function coordinationOf(publicClass: PublicClass, tier: Tier): Coordination {
  if (publicClass === "hard_alert") return COORDINATION.break_loop;
  if (publicClass === "review_only") return COORDINATION.replan;
  return tier === "T1" || tier === "T2" ? COORDINATION.continue : COORDINATION.watch;
}

/** Whether there is something to advise: a loop, or what may be one, or tier T4 or T5. */
export function isWorthSaying({
  publicClass,
  tier,
}: Pick<Assessment, "publicClass" | "tier">): boolean {
  return publicClass !== "none" || tier === "T4" || tier === "T5";
}

/** Steps after which a sender is told what to send; before, there may be more to come. */
const TELLING_STEPS = 8;

/** Whether so little is known of the steps that a loop could not be told from work. */
export function tellsOnlyNames({
  publicClass,
  step,
  traceQuality,
}: Pick<Assessment, "publicClass" | "step" | "traceQuality">): boolean {
  return publicClass === "none" && traceQuality === "labels" && step >= TELLING_STEPS;
}

export function evidenceGradeOf(publicClass: PublicClass): EvidenceGrade {
  return EVIDENCE_GRADE[publicClass];
}

/** Where the session stands between a step and the one before. */
export function eventTypeOf(was: PublicClass, is: PublicClass): EventType {
  if (is === "hard_alert") {
    return was === "hard_alert" ? "structural_loop_continues" : "structural_loop_entered";
  }
  if (was === "hard_alert") return "structural_loop_exited";
  return is === "review_only" ? "structural_pressure_observed" : "observation";
}
