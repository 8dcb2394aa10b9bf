/**
 * Tasks: a call may be answered by a handle, and its real answer comes later, by polling
 * (2026-07-28), by a request of its own (2025-11-25) or by a notification.
 */
import type { Status } from "@caum/core";
import { type Fields, fieldsOf, textOf } from "../messages/fields.ts";
import { type Reply, saysTimeout } from "../messages/message.ts";
import { type Outcome, outcomeOf } from "./reply-status.ts";

/** How a task ended, and with what. */
export interface TaskState {
  readonly outcome: Outcome;
  readonly result?: Fields;
  /** It ended, and the client may still ask for its result. */
  readonly isFetchedLater?: true;
}

/** What servers answer about a task that they do not know any more. */
const GONE = [-32_602, -32_002];

/** The task that a result stands for; undefined when it is a result of its own. */
export function taskIdOf(result: Fields | undefined): string | undefined {
  if (!result) return undefined;
  if (result.resultType === "task") return textOf(result.taskId);
  return "content" in result ? undefined : textOf(fieldsOf(result.task)?.taskId);
}

/** Whether the answer to a question about a task says that there is none. */
export function isGone({ errorCode }: Reply): boolean {
  return errorCode !== undefined && GONE.includes(errorCode);
}

/**
 * The end of a task, when `fields` tell of it; undefined while it runs.
 *
 * @param isCut bytes of what told of it are missing
 */
export function taskStateOf(fields: Fields, isCut?: true): TaskState | undefined {
  const status = textOf(fields.status);
  if (status === "completed") {
    const result = fieldsOf(fields.result);
    // A tool's own failure makes a task `failed`; whether all of them keep to that is not known.
    return result
      ? { outcome: outcomeOf({ result, ...(isCut && { isCut }) }), result }
      : { outcome: { status: "ok", errorClass: "guess:not_fetched" }, isFetchedLater: true };
  }
  if (status === "failed") return { outcome: failure(fieldsOf(fields.error)) };
  return status === "cancelled" ? { outcome: { status: "cancelled" } } : undefined;
}

function failure(error: Fields | undefined): Outcome {
  const code = error?.code;
  const status: Status = "error";
  return typeof code === "number"
    ? outcomeOf({ errorCode: code, isTimeout: saysTimeout(error?.message) })
    : { status };
}
