import type { Status } from "../capture/record.ts";
import type { CallOutcome } from "./calls/call-facts.ts";

const STATUS_BY_NAME: Readonly<Record<string, Status>> = {
  AbortError: "cancelled",
  TimeoutError: "timeout",
};
const STATUS_BY_CODE: Readonly<Record<string, Status>> = {
  ETIMEDOUT: "timeout",
  ESOCKETTIMEDOUT: "timeout",
  UND_ERR_HEADERS_TIMEOUT: "timeout",
  UND_ERR_BODY_TIMEOUT: "timeout",
  ENOENT: "not_found",
};
const STATUS_BY_HTTP: ReadonlyMap<unknown, Status> = new Map([
  [401, "denied"],
  [403, "denied"],
  [404, "not_found"],
  [408, "timeout"],
  [429, "rate_limited"],
  [504, "timeout"],
]);

/**
 * The outcome that a thrown value stands for. Its text is digested like a result, so that equal
 * failures are known as equal; its class is kept as a label.
 */
export function outcomeOfFailure(failure: unknown): CallOutcome {
  try {
    return readFailure(failure);
  } catch {
    // A getter or a proxy of the host threw.
    return { status: "error" };
  }
}

function readFailure(failure: unknown): CallOutcome {
  if (typeof failure === "string") return { status: "error", result: failure };
  if (typeof failure !== "object" || failure === null) return { status: "error" };
  // Any field of an object may be asked for; what it holds is unknown.
  const { name, message, code, status, statusCode } = failure as Readonly<Record<string, unknown>>;
  const known =
    STATUS_BY_HTTP.get(statusCode ?? status) ??
    (typeof code === "string" ? STATUS_BY_CODE[code] : undefined) ??
    (typeof name === "string" ? STATUS_BY_NAME[name] : undefined);
  return {
    status: known ?? "error",
    ...(typeof name === "string" && { errorClass: name }),
    ...(typeof message === "string" && { result: message }),
  };
}
