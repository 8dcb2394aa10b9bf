import {
  ascii,
  beginsWord,
  byteAt,
  digitsEnd,
  hexEnd,
  isDigit,
  isHex,
  isLetter,
  isWordByte,
  standsAt,
} from "./bytes.ts";

const COLON = 0x3a;
const DASH = 0x2d;
const SPACE = 0x20;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const LOWER_X = 0x78;

/** No mask begins here. */
const NONE = -1;

const UUID_LENGTH = 36;
const UUID_DASHES: readonly number[] = [8, 13, 18, 23];

/** `8-4-4-4-12` hex digits. */
export function uuid(bytes: Uint8Array, at: number): number {
  const end = at + UUID_LENGTH;
  if (end > bytes.length || !beginsWord(bytes, at) || isWordByte(bytes, end)) return NONE;
  if (UUID_DASHES.some((offset) => byteAt(bytes, at + offset) !== DASH)) return NONE;
  for (let index = 0; index < UUID_LENGTH; index++) {
    if (!isHex(bytes, at + index) && !UUID_DASHES.includes(index)) return NONE;
  }
  return end;
}

const MIN_ADDRESS_DIGITS = 7;

/** `0x` and at least 7 hex digits: where an object lies; shorter ones are constants. */
export function address(bytes: Uint8Array, at: number): number {
  if (byteAt(bytes, at + 1) !== LOWER_X || digitsEnd(bytes, at, 2) !== at + 1) return NONE;
  const end = hexEnd(bytes, at + 2);
  return end - at - 2 >= MIN_ADDRESS_DIGITS ? end : NONE;
}

const MAX_PID_DIGITS = 8;
const PID_NAMES: readonly Uint8Array[] = ["pid", "PID", "Pid"].map(ascii);
const LINKS: readonly number[] = [...ascii(' ="#\\'), COLON];
const MAX_LINKS = 4;

/** The number behind the word pid: `pid 12`, `PID=12`, `"pid":12`. */
export function processId(bytes: Uint8Array, at: number): number {
  let wordEnd = at;
  while (at - wordEnd < MAX_LINKS && LINKS.includes(byteAt(bytes, wordEnd - 1))) wordEnd -= 1;
  const start = wordEnd - 3;
  if (wordEnd === at || !PID_NAMES.some((name) => standsAt(bytes, start, name))) return NONE;
  const isParent = byteAt(bytes, start - 1) === 0x70; // ppid
  return beginsWord(bytes, isParent ? start - 1 : start) ? shortNumberEnd(bytes, at) : NONE;
}

/** The number in `sshd[1234]:` and behind the job of `[1] 1234`. */
export function bracketedProcessId(bytes: Uint8Array, at: number): number {
  const end = shortNumberEnd(bytes, at);
  if (end - at < 3) return NONE;
  if (byteAt(bytes, at - 1) === OPEN_BRACKET) {
    const isTag = byteAt(bytes, end) === CLOSE_BRACKET && byteAt(bytes, end + 1) === COLON;
    return isTag && isLetter(bytes, at - 2) ? end : NONE;
  }
  const isBehindJob = byteAt(bytes, at - 1) === SPACE && byteAt(bytes, at - 2) === CLOSE_BRACKET;
  return isBehindJob && isJobNumber(bytes, at - 3) ? end : NONE;
}

function isJobNumber(bytes: Uint8Array, last: number): boolean {
  const start = isDigit(bytes, last - 1) ? last - 1 : last;
  return (
    isDigit(bytes, last) &&
    byteAt(bytes, start - 1) === OPEN_BRACKET &&
    !isWordByte(bytes, start - 2)
  );
}

function shortNumberEnd(bytes: Uint8Array, at: number): number {
  const end = digitsEnd(bytes, at, MAX_PID_DIGITS);
  return isWordByte(bytes, end) ? NONE : end;
}

const SHELL_PREFIXES: readonly Uint8Array[] = ["sh: line ", "sh: ", "sh:"].map(ascii);

/** The line in `bash: line 12:`, `sh: 12:` and `zsh:12:`, which counts what a shell was fed. */
export function shellLine(bytes: Uint8Array, at: number): number {
  const end = shortNumberEnd(bytes, at);
  if (end === NONE || byteAt(bytes, end) !== COLON) return NONE;
  const isShell = SHELL_PREFIXES.some((prefix) => standsAt(bytes, at - prefix.length, prefix));
  return isShell ? end : NONE;
}
