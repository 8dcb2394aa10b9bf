import {
  ascii,
  beginsWord,
  byteAt,
  digitsEnd,
  isDigit,
  isWordByte,
  standsAt,
  twoDigits,
} from "./bytes.ts";

const COLON = 0x3a;
const DASH = 0x2d;
const DOT = 0x2e;
const COMMA = 0x2c;
const PLUS = 0x2b;
const SLASH = 0x2f;
const SPACE = 0x20;
const UNDERSCORE = 0x5f;
const ZERO = 0x30;
const ONE = 0x31;
const FIVE = 0x35;
const UPPER_T = 0x54;
const UPPER_Z = 0x5a;
const LOWER_T = 0x74;
const LOWER_Z = 0x7a;

/** No mask begins here. */
const NONE = -1;

/**
 * `HH:MM:SS`, with a fraction and a zone when they follow.
 *
 * A time on the full minute is one that somebody chose (a booking, the edge of a query), and a date
 * alone is an input too: both stay as they are.
 */
export function clock(bytes: Uint8Array, at: number): number {
  if (byteAt(bytes, at - 1) === COLON || !beginsWord(bytes, at)) return NONE;
  return timeEnd(bytes, at);
}

/** `YYYY-MM-DD` or `YYYY/MM/DD` and a clock time, `T` or a space between them. */
export function dateAndTime(bytes: Uint8Array, at: number): number {
  const separator = byteAt(bytes, at + 4);
  if (separator !== DASH && separator !== SLASH) return NONE;
  if (!beginsWord(bytes, at) || digitsEnd(bytes, at, 5) !== at + 4) return NONE;
  if (byteAt(bytes, at + 7) !== separator || !isDay(bytes, at + 5, at + 8)) return NONE;
  const between = byteAt(bytes, at + 10);
  const isKnown =
    between === UPPER_T || between === SPACE || between === UNDERSCORE || between === LOWER_T;
  return isKnown ? timeEnd(bytes, at + 11) : NONE;
}

/** `YYYYMMDDTHHMMSS`, also with `-` or `_` in the middle: the time in names of logs and backups. */
export function compactDateAndTime(bytes: Uint8Array, at: number): number {
  if (!beginsWord(bytes, at) || digitsEnd(bytes, at, 9) !== at + 8) return NONE;
  const between = byteAt(bytes, at + 8);
  if (between !== UPPER_T && between !== DASH && between !== UNDERSCORE) return NONE;
  const century = twoDigits(bytes, at);
  if ((century !== 19 && century !== 20) || !isDay(bytes, at + 4, at + 6)) return NONE;
  const end = at + 15;
  if (digitsEnd(bytes, at + 9, 7) !== end || !isTime(bytes, at + 9, at + 11, at + 13)) return NONE;
  return twoDigits(bytes, at + 13) === 0 ? NONE : zoneEnd(bytes, end);
}

/** Milliseconds since 1970 (13 digits), or seconds with a fraction, between 2017 and 2033. */
export function epochTime(bytes: Uint8Array, at: number): number {
  if (byteAt(bytes, at) !== ONE || byteAt(bytes, at + 1) < FIVE || !beginsWord(bytes, at))
    return NONE;
  const end = digitsEnd(bytes, at, 14);
  if (end === at + 13) return endOfWord(bytes, end);
  if (end !== at + 10 || byteAt(bytes, end) !== DOT) return NONE;
  const fractionEnd = digitsEnd(bytes, end + 1, 10);
  return fractionEnd - end > 3 ? endOfWord(bytes, fractionEnd) : NONE;
}

/** `0.123s`, `12 ms`, `3.4 seconds`, `1m23s`, `1h 2m 3.5s`. */
export function duration(bytes: Uint8Array, at: number): number {
  if (!beginsWord(bytes, at) || byteAt(bytes, at - 1) === DOT) return NONE;
  let start = at;
  for (let part = 0; part < MAX_PARTS; part++) {
    const amount = amountEnd(bytes, start);
    if (amount === NONE) return NONE;
    const end = unitEnd(bytes, amount);
    if (end !== NONE) return end;
    start = nextPart(bytes, amount);
    if (start === NONE) return NONE;
  }
  return NONE;
}

/** Days, hours, minutes and seconds. */
const MAX_PARTS = 4;
const MAX_AMOUNT_DIGITS = 12;

const UNITS: ReadonlyMap<number, readonly Uint8Array[]> = groupByFirst([
  ...["s", "sec", "secs", "second", "seconds"],
  ...["ms", "msec", "msecs", "millisecond", "milliseconds"],
  ...["us", "microsecond", "microseconds", "\u00c2\u00b5s", "\u00ce\u00bcs"],
  ...["ns", "nanosecond", "nanoseconds"],
  ...["min", "mins", "minute", "minutes", "hr", "hrs", "hour", "hours"],
]);

function groupByFirst(words: readonly string[]): ReadonlyMap<number, readonly Uint8Array[]> {
  const groups = new Map<number, Uint8Array[]>();
  for (const word of words.toSorted((left, right) => right.length - left.length)) {
    const first = word.charCodeAt(0);
    groups.set(first, [...(groups.get(first) ?? []), ascii(word)]);
  }
  return groups;
}

function amountEnd(bytes: Uint8Array, at: number): number {
  const end = digitsEnd(bytes, at, MAX_AMOUNT_DIGITS);
  if (end === at || isDigit(bytes, end)) return NONE;
  if (byteAt(bytes, end) !== DOT || !isDigit(bytes, end + 1)) return end;
  const fractionEnd = digitsEnd(bytes, end + 1, MAX_AMOUNT_DIGITS);
  return isDigit(bytes, fractionEnd) ? NONE : fractionEnd;
}

/** The end of the unit, directly behind the amount or after one space. */
function unitEnd(bytes: Uint8Array, amount: number): number {
  const at = byteAt(bytes, amount) === SPACE ? amount + 1 : amount;
  for (const unit of UNITS.get(byteAt(bytes, at)) ?? []) {
    const end = at + unit.length;
    if (standsAt(bytes, at, unit) && !isWordByte(bytes, end)) return end;
  }
  return NONE;
}

/** Where the next part of `1h2m3s` or `1m 23s` begins. */
function nextPart(bytes: Uint8Array, amount: number): number {
  const unit = byteAt(bytes, amount);
  const isShort = unit === 0x64 || unit === 0x68 || unit === 0x6d; // d, h, m
  if (!isShort) return NONE;
  const at = byteAt(bytes, amount + 1) === SPACE ? amount + 2 : amount + 1;
  return isDigit(bytes, at) ? at : NONE;
}

function timeEnd(bytes: Uint8Array, at: number): number {
  const minutes = digitsEnd(bytes, at, 3) + 1;
  const hourDigits = minutes - 1 - at;
  if (hourDigits < 1 || hourDigits > 2) return NONE;
  const seconds = minutes + 3;
  if (byteAt(bytes, minutes - 1) !== COLON || byteAt(bytes, seconds - 1) !== COLON) return NONE;
  if (!isTime(bytes, minutes - 1 - 2, minutes, seconds) && hourDigits === 2) return NONE;
  if (twoDigits(bytes, minutes) < 0 || twoDigits(bytes, seconds) < 0) return NONE;
  const end = seconds + 2;
  const fraction = fractionEnd(bytes, end);
  if (fraction === end && twoDigits(bytes, seconds) === 0) return NONE;
  return zoneEnd(bytes, fraction);
}

/** The end of a fraction of a second that is not zero; the place itself when there is none. */
function fractionEnd(bytes: Uint8Array, at: number): number {
  const separator = byteAt(bytes, at);
  if (separator !== DOT && separator !== COMMA) return at;
  const end = digitsEnd(bytes, at + 1, 10);
  for (let index = at + 1; index < end; index++) {
    if (byteAt(bytes, index) !== ZERO) return end;
  }
  return at;
}

function zoneEnd(bytes: Uint8Array, at: number): number {
  const first = byteAt(bytes, at);
  if (first === UPPER_Z || first === LOWER_Z) return endOfWord(bytes, at + 1);
  if ((first === PLUS || first === DASH) && twoDigits(bytes, at + 1) >= 0) {
    const minutes = byteAt(bytes, at + 3) === COLON ? at + 4 : at + 3;
    if (twoDigits(bytes, minutes) >= 0) return endOfWord(bytes, minutes + 2);
  }
  return byteAt(bytes, at) === COLON ? NONE : endOfWord(bytes, at);
}

function endOfWord(bytes: Uint8Array, end: number): number {
  return isWordByte(bytes, end) ? NONE : end;
}

function isDay(bytes: Uint8Array, month: number, day: number): boolean {
  const monthNumber = twoDigits(bytes, month);
  const dayNumber = twoDigits(bytes, day);
  return monthNumber >= 1 && monthNumber <= 12 && dayNumber >= 1 && dayNumber <= 31;
}

function isTime(bytes: Uint8Array, hour: number, minute: number, second: number): boolean {
  const minutes = twoDigits(bytes, minute);
  const seconds = twoDigits(bytes, second);
  const hours = twoDigits(bytes, hour);
  return hours >= 0 && hours < 24 && minutes >= 0 && minutes < 60 && seconds >= 0 && seconds <= 60;
}
