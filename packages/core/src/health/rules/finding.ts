/** The rules that can find a loop. */
export type HardRule =
  | "periodic"
  | "recurrence"
  | "leaky"
  | "jitter"
  | "numeric"
  | "error_run"
  | "failing_call"
  | "failing_write"
  | "refused"
  | "all_failing"
  | "blind_write"
  | "same_content"
  | "same_tool"
  | "same_message"
  | "idle_talk"
  | "ping_pong";

/** A loop that a rule sees at this step. */
export interface RuleFinding {
  readonly rule: HardRule;
  /** Length of one cycle; 0 where the repeats come in any order. */
  readonly period: number;
  /** Cycles so far, or steps where there is no cycle. */
  readonly cycles: number;
  /** First step of the pattern. */
  readonly fromStep: number;
  /** `review` where too little is known for a hard alert. */
  readonly grade: "hard" | "review";
  /** Made of messages and turns only: circles in talk, not in work. */
  readonly talk: boolean;
}

/** How a finding is written among the reasons, for example `periodic:p2x3`. */
export function reasonOf(finding: {
  readonly rule: string;
  readonly period: number;
  readonly cycles: number;
}): string {
  const cycle = finding.period > 0 ? `p${finding.period}` : "";
  return `${finding.rule}:${cycle}x${finding.cycles}`;
}
