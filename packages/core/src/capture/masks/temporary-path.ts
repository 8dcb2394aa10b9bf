import { ascii, byteAt, isDigit, isLetter, standsAt } from "./bytes.ts";

const SLASH = 0x2f;
const BACKSLASH = 0x5c;

/** No path begins, or goes on, here. */
export const NO_PATH = -1;

const TMP_FOLDER = ascii("/tmp/");
const MAC_FOLDER = ascii("/var/folders/");
/** `\\Temp\\` with the second backslash of an escaped one in front, as JSON writes it. */
const WINDOWS_FOLDER = ascii("\\Temp\\\\");

/** The end of a temporary folder's name that begins here, or NO_PATH. */
export function temporaryFolder(text: Uint8Array, at: number): number {
  switch (byteAt(text, at + 1)) {
    case 0x74: // t
      return standsAt(text, at, TMP_FOLDER) ? at + TMP_FOLDER.length : NO_PATH;
    case 0x76: // v
      return standsAt(text, at, MAC_FOLDER) ? at + MAC_FOLDER.length : NO_PATH;
    case 0x54: // T
      return standsAt(text, at, WINDOWS_FOLDER) ? at + WINDOWS_FOLDER.length : NO_PATH;
    default:
      return NO_PATH;
  }
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
export function readComponent(text: Uint8Array, at: number): PathComponent {
  let end = at;
  let isRandom = false;
  while (isPathByte(text, end)) {
    const runEnd = endOfRun(text, end);
    isRandom ||= isRandomRun(text, end, runEnd);
    end = Math.max(runEnd, end + 1);
  }
  const isNamedByTool = end - at >= TMP.length + MIN_RANDOM_LENGTH && standsAt(text, at, TMP);
  return { end, isRandom: isRandom || isNamedByTool };
}

/** Whether a further component follows the one that ended here. */
export function continuesPath(text: Uint8Array, end: number): number {
  if (byteAt(text, end) === SLASH) return end + 1;
  const isEscaped = byteAt(text, end) === BACKSLASH && byteAt(text, end + 1) === BACKSLASH;
  return isEscaped ? end + 2 : NO_PATH;
}

function isPathByte(text: Uint8Array, at: number): boolean {
  if (isDigit(text, at) || isLetter(text, at)) return true;
  const byte = byteAt(text, at);
  return byte === 0x2d || byte === 0x2e || byte === 0x2b || byte === 0x7e; // - . + ~
}

function endOfRun(text: Uint8Array, at: number): number {
  let end = at;
  while (isDigit(text, end) || isLetter(text, end)) end += 1;
  return end;
}

function isRandomRun(text: Uint8Array, start: number, end: number): boolean {
  let digits = 0;
  let caseChanges = 0;
  let digitBeforeLetter = false;
  for (let at = start; at < end; at++) {
    if (isDigit(text, at)) {
      digits += 1;
    } else if (at > start) {
      if (isDigit(text, at - 1)) digitBeforeLetter = true;
      else if (isUpper(text, at) !== isUpper(text, at - 1)) caseChanges += 1;
    }
  }
  if (digits >= MIN_RANDOM_DIGITS) return true;
  return end - start >= MIN_RANDOM_LENGTH && (digitBeforeLetter || caseChanges >= MIN_CASE_CHANGES);
}

function isUpper(text: Uint8Array, at: number): boolean {
  const byte = byteAt(text, at);
  return byte >= 0x41 && byte <= 0x5a;
}
