import type { Op, Status, View } from "../../capture/record.ts";

/**
 * What the health engine sees of one record: identities, sizes and labels, never content.
 *
 * Tool calls, model turns that asked for no tool, and messages of an agent are steps of a session.
 * A message of a user is no step, but a new one begins a new attempt.
 */
export interface Step {
  readonly kind: "call" | "turn" | "message" | "user";
  /** The tool's name; of a message or turn, who speaks. */
  readonly tool: string;
  /** Absent means `ok`. */
  readonly status?: Status;
  /** Absent means `other`. */
  readonly op?: Op;
  /** Digests of a call: equal values are equal, whatever they digest. Absent means not known. */
  readonly argumentsNorm?: string;
  /** Word for word, where that is not what `argumentsNorm` digests. */
  readonly argumentsHash?: string;
  readonly argumentsShape?: string;
  readonly argumentsBytes?: number;
  /** The arguments broke off: nothing can have been called with them. */
  readonly argumentsCut?: boolean;
  /** Part of the arguments is another one at each try, and says nothing of what is asked for. */
  readonly argumentsRenewed?: boolean;
  readonly resultNorm?: string;
  readonly resultShape?: string;
  readonly resultBytes?: number;
  /** Digest of a message or turn. */
  readonly messageHash?: string;
  /** The sender's own word for the state it is in; stronger than a result. */
  readonly stateId?: string;
  readonly agentTag?: string;
  readonly serverTag?: string;
  /** Calls of one parent were asked for in one turn. */
  readonly parentEventId?: string;
  /** Milliseconds since 1970; absent means no clock. */
  readonly atMs?: number;
  /** How long the call took, where that is known exactly. */
  readonly durationMs?: number;
  /** How much of the session the writer sees; absent means `full`. */
  readonly view?: View;
  /** The result is free text that somebody posted about the step: equal texts prove little. */
  readonly weakContent?: boolean;
}

/**
 * Whether a call did not do what it was asked for, whatever it answered. To wait until the time is up
 * is no failure.
 */
export function hasFailed({ argumentsCut, op, status }: Step): boolean {
  if (argumentsCut === true) return true;
  return isFailing(status) && !(op === "wait" && status === "timeout");
}

function isFailing(status: Status | undefined): boolean {
  switch (status) {
    case "error":
    case "not_found":
    case "timeout":
    case "rate_limited":
    case "denied":
    case "rejected":
      return true;
    default:
      return false;
  }
}
