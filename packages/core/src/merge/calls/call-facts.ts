/** What an adapter tells about a tool call, when it hears of it and when it ends. */
import type { ToolAnnotations } from "../../capture/operation.ts";
import type { Op, Status } from "../../capture/record.ts";

/** Which call: an id that the host or the model gave, in its session. */
export interface CallKey {
  readonly session: string;
  /**
   * The tool call id of the model. Absent where the host does not hand it on: an execution is then
   * the one that an equal request waits for, or a call of its own.
   */
  readonly toolCallId?: string | undefined;
  /**
   * Where in the host's tree of work it happens, from the root down: of several calls with one id
   * the nearest one is meant. Agents side by side may number their calls alike.
   */
  readonly within?: readonly string[] | undefined;
  /** The execution of another call that it happens inside of: an agent that is a tool. */
  readonly inside?: string | undefined;
}

/** What is known of a call before its outcome. */
export interface CallFacts {
  readonly tool: string;
  /** Absent when unknown, for example because the user hides inputs. */
  readonly arguments?: unknown;
  /**
   * The arguments as JSON text, where the host hands them on like that. Told with a request and with
   * its execution, it is read only when they differ, or where `arguments` is absent.
   */
  readonly argumentsText?: string | undefined;
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
  /** The turn that asked for it, as turns call it; `response` when absent. */
  readonly parent?: string | undefined;
  /** How many calls with the same id stand before it in its response; 0 when absent. */
  readonly copy?: number | undefined;
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
