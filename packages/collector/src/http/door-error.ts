import type { ErrorCode } from "@caum/core/protocol";

/** One field that was refused; never its value. */
export interface Detail {
  readonly path: readonly (string | number)[];
  readonly code: string;
  readonly message: string;
}

const STATUS: Readonly<Record<ErrorCode, number>> = {
  VALIDATION_ERROR: 400,
  NOT_CANONICAL: 400,
  AUTHENTICATION_FAILED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  CONFLICT: 409,
  GONE: 410,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  NORMALIZATION_FAILED: 422,
  RATE_LIMITED: 429,
  INTERNAL_ERROR: 500,
  billing_not_configured: 501,
  UNAVAILABLE: 503,
  STORAGE_FULL: 507,
};

/** Seconds after which a full or busy disk may be asked again. */
const DISK_RETRY_SECONDS = 5;

/** Why a door refuses; the message says what to do and never repeats what was sent. */
export class DoorError extends Error {
  override readonly name = "DoorError";
  readonly code: ErrorCode;
  readonly status: number;
  readonly details: readonly Detail[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    more: {
      readonly details?: readonly Detail[] | undefined;
      readonly retryAfterSeconds?: number | undefined;
    } = {},
  ) {
    super(message);
    this.code = code;
    this.status = STATUS[code];
    this.details = more.details;
    const isDisk = code === "UNAVAILABLE" || code === "STORAGE_FULL";
    this.retryAfterSeconds = more.retryAfterSeconds ?? (isDisk ? DISK_RETRY_SECONDS : undefined);
  }

  /** What is answered. */
  get body(): object {
    const { code, message, details } = this;
    return { error: { code, message, ...(details && { details }) } };
  }
}

const REFUSALS: Readonly<Record<string, string>> = {
  NOT_FOUND: "there is no such session",
  GONE: "the session was deleted: only its head is kept",
  CONFLICT: "it exists already",
  UNAVAILABLE: "the store cannot write at the moment: nothing was stored, try again",
  STORAGE_FULL: "the disk is full: nothing was stored, try again when there is space",
  INTERNAL_ERROR: "the event could not be stored",
};

/** What the store refused, as an answer. */
export function refusalError(code: ErrorCode): DoorError {
  return new DoorError(code, REFUSALS[code] ?? "it was refused");
}
