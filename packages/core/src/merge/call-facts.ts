/** What an adapter tells about a tool call, when it hears of it and when it ends. */
import type { ToolAnnotations } from "../capture/operation.ts";
import type { Op, Status } from "../capture/record.ts";

/** Which call: an id that the host or the model gave, in its session. */
export interface CallKey {
  readonly session: string;
  /** The tool call id of the model, else the host's run id. */
  readonly toolCallId: string;
}

/** What is known of a call before its outcome. */
export interface CallFacts {
  readonly tool: string;
  /** Absent when unknown, for example because the user hides inputs. */
  readonly arguments?: unknown;
  readonly annotations?: ToolAnnotations | undefined;
  /** Worked out from tool and arguments when absent. */
  readonly op?: Op | undefined;
  readonly agent?: string | undefined;
  readonly server?: string | undefined;
  /**
   * The model response that asked for it, by the provider's id where there is one: the same tool
   * call id in another response is another call, and who reports the response reports its calls.
   */
  readonly response?: string | undefined;
  /** The execution, unique in the process: two observers of one execution report it once. */
  readonly run?: string | undefined;
  /** What the call belongs to and ends with, for `abandoned`. */
  readonly owner?: string | undefined;
}

export interface CallOutcome {
  readonly status: Status;
  readonly result?: unknown;
  readonly errorClass?: string | undefined;
  /** Measured by the host; from our own clock when absent. */
  readonly durationMs?: number | undefined;
}
