import { beginsWord, byteAt, isDigit, isHex, isLetter, isWordByte } from "./bytes.ts";
import { type Cut, cutUpTo, MARKERS, NO_CUT } from "./cut.ts";

const COLON = 0x3a;
const DASH = 0x2d;
const SPACE = 0x20;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

const UUID_LENGTH = 36;
const UUID_DASHES: readonly number[] = [8, 13, 18, 23];

/** `8-4-4-4-12` hex digits; asked at the first of them. */
export function cutUuid(text: Uint8Array, at: number): Cut {
  const end = at + UUID_LENGTH;
  if (UUID_DASHES.some((offset) => byteAt(text, at + offset) !== DASH)) return NO_CUT;
  if (!beginsWord(text, at) || isWordByte(text, end)) return NO_CUT;
  for (let index = 0; index < UUID_LENGTH; index++) {
    if (!isHex(text, at + index) && !UUID_DASHES.includes(index)) return NO_CUT;
  }
  return cutUpTo(end, MARKERS.uuid);
}

const MIN_ADDRESS_DIGITS = 7;
const MAX_ADDRESS_DIGITS = 16;
const ZERO = 0x30;

/** `0x` and 7 to 16 hex digits: where an object lies. Shorter is a constant, longer a hash. */
export function cutAddress(text: Uint8Array, at: number, digits: number): Cut {
  if (byteAt(text, at) !== ZERO || digits - at !== 1 || !beginsWord(text, at)) return NO_CUT;
  const start = digits + 1;
  let end = start;
  while (end < start + MAX_ADDRESS_DIGITS && isHex(text, end)) end += 1;
  if (end - start < MIN_ADDRESS_DIGITS || isWordByte(text, end)) return NO_CUT;
  return cutUpTo(end, MARKERS.address);
}

const MAX_PID_DIGITS = 8;
const MIN_PID_DIGITS = 3;

/** The number in `sshd[1234]:`. */
export function cutTaggedProcessId(text: Uint8Array, at: number, digits: number): Cut {
  const isTag = byteAt(text, at - 1) === OPEN_BRACKET && isLetter(text, at - 2);
  if (!isTag || digits - at < MIN_PID_DIGITS) return NO_CUT;
  const isClosed = byteAt(text, digits) === CLOSE_BRACKET && byteAt(text, digits + 1) === COLON;
  return isClosed ? cutPid(text, at, digits) : NO_CUT;
}

/** The number behind the job of a shell: `[1] 1234`. */
export function cutJobProcessId(text: Uint8Array, at: number, digits: number): Cut {
  const isBehind = byteAt(text, at - 1) === SPACE && byteAt(text, at - 2) === CLOSE_BRACKET;
  if (!isBehind || !isDigit(text, at - 3) || digits - at < MIN_PID_DIGITS) return NO_CUT;
  const job = isDigit(text, at - 4) ? at - 4 : at - 3;
  const isJob = byteAt(text, job - 1) === OPEN_BRACKET && beginsWord(text, job - 1);
  return isJob ? cutPid(text, at, digits) : NO_CUT;
}

function cutPid(text: Uint8Array, at: number, digits: number): Cut {
  if (digits - at > MAX_PID_DIGITS || isWordByte(text, digits)) return NO_CUT;
  return cutUpTo(digits, MARKERS.process);
}
