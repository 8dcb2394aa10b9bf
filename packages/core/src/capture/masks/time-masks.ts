import { beginsWord, byteAt, fewDigitsEnd, isWordByte, twoDigits } from "./bytes.ts";
import { type Cut, cutUpTo, MARKERS, NO_CUT } from "./cut.ts";

const COLON = 0x3a;
const COMMA = 0x2c;
const DASH = 0x2d;
const DOT = 0x2e;
const PLUS = 0x2b;
const SLASH = 0x2f;
const SPACE = 0x20;
const UNDERSCORE = 0x5f;
const ZERO = 0x30;
const ONE = 0x31;
const FIVE = 0x35;
const LOWER_T = 0x74;
const LOWER_Z = 0x7a;
/** Sets the bit that tells a small ASCII letter from its capital. */
const TO_LOWER = 0x20;

const NOWHERE = -1;

/**
 * `HH:MM:SS`, with a fraction and a zone when they follow.
 *
 * A time on the full minute is one that somebody chose (a booking, the edge of a query), and a date
 * alone is an input too: both stay as they are.
 */
export function cutClock(text: Uint8Array, at: number, digits: number): Cut {
  if (digits - at > 2 || byteAt(text, digits + 3) !== COLON) return NO_CUT;
  if (byteAt(text, at - 1) === COLON || !beginsWord(text, at)) return NO_CUT;
  return cutTime(timeEnd(text, at, digits));
}

/** `YYYY-MM-DD` or `YYYY/MM/DD` and a clock time, `T` or a space between them. */
export function cutDateAndTime(text: Uint8Array, at: number, digits: number): Cut {
  const separator = byteAt(text, digits);
  if (digits - at !== 4 || (separator !== DASH && separator !== SLASH)) return NO_CUT;
  if (byteAt(text, at + 7) !== separator || !isDay(text, at + 5, at + 8)) return NO_CUT;
  const between = byteAt(text, at + 10);
  const isKnown = between === SPACE || between === UNDERSCORE || isT(between);
  if (!isKnown || !beginsWord(text, at)) return NO_CUT;
  return cutTime(timeEnd(text, at + 11, fewDigitsEnd(text, at + 11, 3)));
}

/** `YYYYMMDDTHHMMSS`, also with `-` or `_` in the middle: the time in names of logs and backups. */
export function cutCompactTime(text: Uint8Array, at: number, digits: number): Cut {
  const between = byteAt(text, digits);
  const isKnown = between === DASH || between === UNDERSCORE || isT(between);
  if (digits - at !== 8 || !isKnown || !beginsPart(text, at)) return NO_CUT;
  const century = twoDigits(text, at);
  if ((century !== 19 && century !== 20) || !isDay(text, at + 4, at + 6)) return NO_CUT;
  const time = at + 9;
  if (fewDigitsEnd(text, time, 7) !== time + 6) return NO_CUT;
  const second = twoDigits(text, time + 4);
  const isTime = isTimeOfDay(twoDigits(text, time), twoDigits(text, time + 2), second);
  return isTime && second !== 0 ? cutTime(zoneEnd(text, time + 6)) : NO_CUT;
}

/** Whether a part of a file name may begin here. */
function beginsPart(text: Uint8Array, at: number): boolean {
  return byteAt(text, at - 1) === UNDERSCORE || beginsWord(text, at);
}

/** Milliseconds since 1970, between 2017 and 2033. */
export function cutEpochMilliseconds(text: Uint8Array, at: number, digits: number): Cut {
  if (digits - at !== 13 || !isRecentEpoch(text, at)) return NO_CUT;
  return cutTime(endOfWord(text, digits));
}

/** Seconds since 1970 with a fraction of three digits or more, between 2017 and 2033. */
export function cutEpochSeconds(text: Uint8Array, at: number, digits: number): Cut {
  if (digits - at !== 10 || byteAt(text, digits) !== DOT || !isRecentEpoch(text, at)) return NO_CUT;
  const end = fewDigitsEnd(text, digits + 1, 10);
  return end - digits > 3 ? cutTime(endOfWord(text, end)) : NO_CUT;
}

function cutTime(end: number): Cut {
  return end === NOWHERE ? NO_CUT : cutUpTo(end, MARKERS.time);
}

function isRecentEpoch(text: Uint8Array, at: number): boolean {
  return byteAt(text, at) === ONE && byteAt(text, at + 1) >= FIVE && beginsWord(text, at);
}

function isT(byte: number): boolean {
  return (byte | TO_LOWER) === LOWER_T;
}

/** The end of a time of day that begins at `at` and whose hour ends at `hourEnd`. */
function timeEnd(text: Uint8Array, at: number, hourEnd: number): number {
  const hourDigits = hourEnd - at;
  if (hourDigits < 1 || hourDigits > 2) return NOWHERE;
  if (byteAt(text, hourEnd) !== COLON || byteAt(text, hourEnd + 3) !== COLON) return NOWHERE;
  const hour = hourDigits === 2 ? twoDigits(text, at) : 0;
  const second = twoDigits(text, hourEnd + 4);
  if (!isTimeOfDay(hour, twoDigits(text, hourEnd + 1), second)) return NOWHERE;
  const end = hourEnd + 6;
  const fraction = fractionEnd(text, end);
  return fraction === end && second === 0 ? NOWHERE : zoneEnd(text, fraction);
}

/** The end of a fraction of a second that is not zero; the place itself when there is none. */
function fractionEnd(text: Uint8Array, at: number): number {
  const separator = byteAt(text, at);
  if (separator !== DOT && separator !== COMMA) return at;
  const end = fewDigitsEnd(text, at + 1, 10);
  for (let index = at + 1; index < end; index++) {
    if (byteAt(text, index) !== ZERO) return end;
  }
  return at;
}

function zoneEnd(text: Uint8Array, at: number): number {
  const first = byteAt(text, at);
  if ((first | TO_LOWER) === LOWER_Z) return endOfWord(text, at + 1);
  if ((first === PLUS || first === DASH) && twoDigits(text, at + 1) >= 0) {
    const minutes = byteAt(text, at + 3) === COLON ? at + 4 : at + 3;
    // Longer digits behind the sign are no zone but a number of their own.
    const isZone = twoDigits(text, minutes) >= 0 && !isWordByte(text, minutes + 2);
    if (isZone) return minutes + 2;
  }
  return first === COLON ? NOWHERE : endOfWord(text, at);
}

function endOfWord(text: Uint8Array, end: number): number {
  return isWordByte(text, end) ? NOWHERE : end;
}

function isDay(text: Uint8Array, month: number, day: number): boolean {
  const monthNumber = twoDigits(text, month);
  const dayNumber = twoDigits(text, day);
  return monthNumber >= 1 && monthNumber <= 12 && dayNumber >= 1 && dayNumber <= 31;
}

function isTimeOfDay(hour: number, minute: number, second: number): boolean {
  const isWithin = hour < 24 && minute < 60 && second <= 60;
  return isWithin && hour >= 0 && minute >= 0 && second >= 0;
}
