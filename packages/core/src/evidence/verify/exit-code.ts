import type { BundleVerdict } from "../rules/findings.ts";
import { isTimeStamped } from "../time-stamp/time-stamp.ts";
import type { Verification } from "./check-bundle.ts";
import type { PolicyResult } from "./policy.ts";

const EXIT_CODE: Readonly<Record<BundleVerdict, number>> = {
  malformed: 3,
  untrusted: 6,
  tampered: 1,
  forked: 5,
  incomplete: 4,
  "ok-redacted": 0,
  "ok-open": 0,
  ok: 0,
};
const REDACTED_EXIT_CODE = 11;
const OPEN_EXIT_CODE = 10;
const UNSIGNED_TAIL_EXIT_CODE = 12;
const OTHER_CONTENT_EXIT_CODE = 13;

export interface Requirements {
  readonly requireClosed?: boolean;
  readonly requireComplete?: boolean;
  /** A time-stamp over all records, by one of the authorities that were named. */
  readonly requireTimeStamp?: boolean;
  /** Whether a call has some content, where it was asked for. */
  readonly hasContent?: boolean;
  /** What a policy found, where there is one. */
  readonly policy?: PolicyResult;
}

/** The exit code for an evidence pack, which is whole or not. */
export function exitCodeOfVerdict(verdict: BundleVerdict): number {
  return EXIT_CODE[verdict];
}

/** The exit code of `caum verify`: 0 only when the verdict and what is required of it hold. */
export function exitCodeOf(verification: Verification, required: Requirements): number {
  const code = EXIT_CODE[verification.verdict];
  if (code !== 0) return code;
  const { timeStamps, records } = verification;
  const isLate = required.requireTimeStamp === true && !isTimeStamped(timeStamps, records);
  if (required.policy?.holds === false || isLate) return EXIT_CODE.untrusted;
  // Anybody could have put them there; a run that is being written has some for a second.
  const hasTail = verification.findings.some(({ kind }) => kind === "unsigned_tail");
  if (hasTail) return UNSIGNED_TAIL_EXIT_CODE;
  if (required.requireComplete && verification.redacted > 0) return REDACTED_EXIT_CODE;
  if (required.requireClosed && !verification.closed) return OPEN_EXIT_CODE;
  return required.hasContent === false ? OTHER_CONTENT_EXIT_CODE : 0;
}
