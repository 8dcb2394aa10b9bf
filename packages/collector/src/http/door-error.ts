import type { ErrorCode } from "@caum/core/protocol";
import type { Unwritable } from "../ingest/intake.ts";

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
  STORAGE_FULL: "the disk is full: nothing was stored, try again when there is space",
  INTERNAL_ERROR: "the event could not be stored",
};
/** All of them are one code for whoever asked; what can be said of what was sent differs. */
const UNWRITABLE: Readonly<Record<Unwritable, string>> = {
  UNAVAILABLE: "the store cannot write at the moment: nothing was stored, try again",
  STANDBY_AWAY: "the database waits for its synchronous standby: nothing was stored, try again",
  NOT_CONFIRMED:
    "the database went away before it confirmed this: whether it was stored is not known, send it again",
  NOT_CONFIRMED_BY_STANDBY:
    "the database waits for its synchronous standby to confirm this: whether it stays stored is not known, send it again",
};

/** What the store refused, as an answer. */
export function refusalError(code: ErrorCode | Unwritable): DoorError {
  if (code in UNWRITABLE) {
    // True because the keys of the record are those of the type.
    return new DoorError("UNAVAILABLE", UNWRITABLE[code as Unwritable]);
  }
  return new DoorError(code as ErrorCode, REFUSALS[code] ?? "it was refused");
}
