/** What a gate holds sessions against. */

/** What no session of the candidate may have, where it is asked for. */
export const FAIL_KINDS = ["loop", "review", "error", "denied", "pending", "slow"] as const;
export type FailKind = (typeof FAIL_KINDS)[number];

/** A call that takes longer is slow, where nobody says what is: 30 seconds. */
export const SLOW_MS = 30_000;
/** Fewer sessions on either side say too little to compare. */
export const MIN_SESSIONS = 20;

/** All but the comparisons hold for sessions of the candidate, taken one by one. */
export interface GateLimits {
  readonly failOn?: readonly FailKind[];
  readonly slowMs?: number;
  /** Tools that every session must have called, and those that none may have. */
  readonly expectTools?: readonly string[];
  readonly forbidTools?: readonly string[];
  readonly maxDurationMs?: number;
  readonly maxSteps?: number;
  readonly maxCostNanoUsd?: number;
  /** The largest share of sessions with a loop, from 0 to 1. */
  readonly maxLoopRate?: number;
  /** By how much the share of sessions with a loop may grow, from 0 to 1; 0 where nothing is said. */
  readonly maxLoopGrowth?: number;
  /** By which part a session's cost may grow: 0.1 is a tenth. */
  readonly maxCostGrowth?: number;
  /** A comparison that does not show that its limit holds is not judged, instead of passed. */
  readonly isStrict?: boolean;
  readonly minSessions?: number;
}

/** What is checked, by the names that reports use. */
export const GATE_RULES = {
  "loop-growth": "The share of sessions with a loop does not grow.",
  "cost-growth": "What a session costs does not grow more than is allowed.",
  "loop-rate": "The share of sessions with a loop stays within its limit.",
  loop: "No session has a loop.",
  review: "No session has a step that is to be reviewed.",
  error: "No call fails.",
  denied: "No call is denied.",
  pending: "No call is left without an answer.",
  slow: "No call is slow.",
  "expected-tool": "Every session calls the tools that are expected.",
  "forbidden-tool": "No session calls a tool that is forbidden.",
  duration: "No session takes longer than is allowed.",
  steps: "No session takes more steps than are allowed.",
  cost: "No session costs more than is allowed.",
} as const;
export type GateRule = keyof typeof GATE_RULES;

/** Something that a check found, the same in however many sessions. */
export interface GateFinding {
  /** Names it: the same in two runs over the same sessions, whatever their order. */
  readonly subject: string;
  readonly message: string;
  /** Ids of the first sessions in which it was found, in the order of their names. */
  readonly sessions: readonly string[];
  readonly sessionCount: number;
}

export interface GateCheck {
  readonly rule: GateRule;
  readonly outcome: "passed" | "found" | "not_judged";
  /** What was seen, and where nothing could be judged, what to do. */
  readonly said: string;
  readonly findings: readonly GateFinding[];
}
