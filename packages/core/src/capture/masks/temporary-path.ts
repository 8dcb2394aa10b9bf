import { ascii, byteAt, isDigit, isLetter, standsAt } from "./bytes.ts";

const SLASH = 0x2f;
const BACKSLASH = 0x5c;

/** No path begins, or goes on, here. */
export const NO_PATH = -1;

const TEMPORARY_FOLDERS: readonly Uint8Array[] = ["/tmp/", "/var/folders/", "\\Temp\\\\"].map(
  ascii,
);

/** The end of a temporary folder's name that begins here; -1 when none does. */
export function temporaryFolder(bytes: Uint8Array, at: number): number {
  for (let index = 0; index < TEMPORARY_FOLDERS.length; index++) {
    const folder = TEMPORARY_FOLDERS[index];
    if (folder !== undefined && standsAt(bytes, at, folder)) return at + folder.length;
  }
  return NO_PATH;
}

/** What is known of one component of a path after reading it once. */
export interface PathComponent {
  readonly end: number;
  /** Made by a program rather than named by a person. */
  readonly isRandom: boolean;
}

const TMP = ascii("tmp");
const MIN_RANDOM_LENGTH = 6;
const MIN_RANDOM_DIGITS = 3;
const MIN_CASE_CHANGES = 3;

/**
 * Reads the component of a path that begins here.
 *
 * It counts as random when one of its runs of letters and digits has three digits, or has six
 * characters with a digit before a letter or with three changes of case, or when it is `tmp` and at
 * least six more characters: `xyz123`, `tmp.Ab12Cd34Ef`, `tmpq_x8zr1c`. `report.txt`, `step2` stay.
 */
export function readComponent(bytes: Uint8Array, at: number): PathComponent {
  let end = at;
  let isRandom = false;
  while (isPathByte(bytes, end)) {
    const runEnd = endOfRun(bytes, end);
    isRandom ||= isRandomRun(bytes, end, runEnd);
    end = Math.max(runEnd, end + 1);
  }
  const isNamedByTool = end - at >= TMP.length + MIN_RANDOM_LENGTH && standsAt(bytes, at, TMP);
  return { end, isRandom: isRandom || isNamedByTool };
}

/** Whether a further component follows the one that ended here. */
export function continuesPath(bytes: Uint8Array, end: number): number {
  if (byteAt(bytes, end) === SLASH) return end + 1;
  const isEscaped = byteAt(bytes, end) === BACKSLASH && byteAt(bytes, end + 1) === BACKSLASH;
  return isEscaped ? end + 2 : NO_PATH;
}

function isPathByte(bytes: Uint8Array, at: number): boolean {
  if (isDigit(bytes, at) || isLetter(bytes, at)) return true;
  const byte = byteAt(bytes, at);
  return byte === 0x2d || byte === 0x2e || byte === 0x2b || byte === 0x7e; // - . + ~
}

function endOfRun(bytes: Uint8Array, at: number): number {
  let end = at;
  while (isDigit(bytes, end) || isLetter(bytes, end)) end += 1;
  return end;
}

function isRandomRun(bytes: Uint8Array, start: number, end: number): boolean {
  let digits = 0;
  let caseChanges = 0;
  let digitBeforeLetter = false;
  for (let at = start; at < end; at++) {
    if (isDigit(bytes, at)) {
      digits += 1;
    } else if (at > start) {
      if (isDigit(bytes, at - 1)) digitBeforeLetter = true;
      else if (isUpper(bytes, at) !== isUpper(bytes, at - 1)) caseChanges += 1;
    }
  }
  if (digits >= MIN_RANDOM_DIGITS) return true;
  return end - start >= MIN_RANDOM_LENGTH && (digitBeforeLetter || caseChanges >= MIN_CASE_CHANGES);
}

function isUpper(bytes: Uint8Array, at: number): boolean {
  const byte = byteAt(bytes, at);
  return byte >= 0x41 && byte <= 0x5a;
}
