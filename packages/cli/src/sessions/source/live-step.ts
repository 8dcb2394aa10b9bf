/** One step of a session as it is shown while it happens. */

export interface LiveStep {
  readonly session: string;
  readonly step: number;
  readonly tool: string;
  readonly op: string;
  readonly status: string;
  readonly regime: string;
  readonly uds: number;
  readonly tier: string;
  /** Whether a hard rule stands. */
  readonly alert: boolean;
  readonly reasons: readonly string[];
  /** What the alert says to a person; null while none stands. */
  readonly message: string | null;
}

/** Gives what is new each time it is asked. */
export interface StepFeed {
  read(): Promise<readonly LiveStep[]>;
}

/** The part of a payload that is shown. */
export interface ShownPayload {
  readonly toolName?: string;
  readonly kind?: string;
  readonly op?: string;
  readonly status?: string;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly totalTokens?: number;
  readonly costNanoUsd?: number;
}

/** The tool, or who speaks, with its operation and status. */
export function shownCallOf(payload: ShownPayload): Pick<LiveStep, "tool" | "op" | "status"> {
  const { toolName, kind, op, status } = payload;
  return { tool: toolName ?? kind ?? "?", op: op ?? "other", status: status ?? "ok" };
}
