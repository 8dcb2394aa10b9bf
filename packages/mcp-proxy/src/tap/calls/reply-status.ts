import type { Status } from "@caum/core";
import type { Reply } from "../messages/message.ts";

export interface Outcome {
  readonly status: Status;
  readonly errorClass?: string;
}

/** Codes that say more than "error": of the specification and of the official SDKs. */
const STATUS_OF_CODE = new Map<number, Status>([
  [-32001, "timeout"],
  [-32002, "not_found"],
  [-32800, "cancelled"],
]);

/** How a call ended: a tool's own failure and a protocol error are told apart by the class. */
export function outcomeOf(reply: Pick<Reply, "errorCode" | "result">): Outcome {
  if (reply.errorCode !== undefined) {
    const status = STATUS_OF_CODE.get(reply.errorCode) ?? "error";
    return { status, errorClass: `jsonrpc:${reply.errorCode}` };
  }
  return { status: reply.result?.isError === true ? "error" : "ok" };
}
