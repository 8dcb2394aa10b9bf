import type { Status } from "@caum/core";
import type { Reply } from "../messages/message.ts";

/** How a call ended. A class that begins with `guess:` says that the status is one (docs/protocol.md). */
export interface Outcome {
  readonly status: Status;
  readonly errorClass?: string;
}

/** Used by SDKs for a time-out, and by many servers for whatever they refuse. */
const TIMEOUT_OR_REFUSAL = -32_001;

/** Codes that say more than "error": of the specification and of the official SDKs. */
const STATUS_OF_CODE = new Map<number, Status>([
  [-32_002, "not_found"],
  [-32_800, "cancelled"],
]);

/** How a call ended: a tool's own failure and a protocol error are told apart by the class. */
export function outcomeOf(
  reply: Pick<Reply, "errorCode" | "isTimeout" | "result" | "isCut">,
): Outcome {
  const { errorCode, isTimeout, result, isCut } = reply;
  if (errorCode === undefined) {
    if (result?.isError === true) return { status: "error" };
    // It may stand in the bytes that were not kept.
    const isUnknown = isCut && result?.isError === undefined;
    return isUnknown ? { status: "ok", errorClass: "guess:cut" } : { status: "ok" };
  }
  const isLate = errorCode === TIMEOUT_OR_REFUSAL && isTimeout === true;
  const status = isLate ? "timeout" : (STATUS_OF_CODE.get(errorCode) ?? "error");
  return { status, errorClass: `jsonrpc:${errorCode}` };
}
