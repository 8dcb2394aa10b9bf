/**
 * Tasks: a call may be answered by a handle, and its real answer comes later, by polling
 * (2026-07-28), by a request of its own (2025-11-25) or by a notification.
 */
import type { Status } from "@caum/core";
import { type Fields, fieldsOf, textOf } from "../messages/fields.ts";
import { type Outcome, outcomeOf } from "./reply-status.ts";

/** How a task ended, and with what. */
export interface TaskState {
  readonly outcome: Outcome;
  readonly result?: Fields;
}

/** The task that a result stands for; undefined when it is a result of its own. */
export function taskIdOf(result: Fields | undefined): string | undefined {
  if (!result) return undefined;
  if (result.resultType === "task") return textOf(result.taskId);
  return "content" in result ? undefined : textOf(fieldsOf(result.task)?.taskId);
}

/** The end of a task, when `fields` tell of it; undefined while it runs or its result is elsewhere. */
export function taskStateOf(fields: Fields): TaskState | undefined {
  const status = textOf(fields.status);
  if (status === "completed") {
    const result = fieldsOf(fields.result);
    return result && { outcome: outcomeOf({ result }), result };
  }
  if (status === "failed") return { outcome: failure(fieldsOf(fields.error)) };
  return status === "cancelled" ? { outcome: { status: "cancelled" } } : undefined;
}

function failure(error: Fields | undefined): Outcome {
  const code = error?.code;
  const status: Status = "error";
  return typeof code === "number" ? outcomeOf({ errorCode: code }) : { status };
}
