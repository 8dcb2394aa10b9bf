import {
  ascii,
  beginsWord,
  byteAt,
  fewDigitsEnd,
  isDigit,
  isLetter,
  isWordByte,
  standsAt,
} from "./bytes.ts";
import { type Cut, cutUpTo, MARKERS, NO_CUT } from "./cut.ts";

const DOT = 0x2e;
const SPACE = 0x20;
const LOWER_D = 0x64;
const LOWER_H = 0x68;
const LOWER_M = 0x6d;

/** Days, hours, minutes and seconds. */
const MAX_PARTS = 4;
const MAX_AMOUNT_DIGITS = 12;

const NOWHERE = -1;

/** Units behind which a duration is complete. */
const LAST_UNITS = [
  ...["s", "sec", "secs", "second", "seconds"],
  ...["ms", "msec", "msecs", "millisecond", "milliseconds"],
  ...["us", "microsecond", "microseconds"],
  ...["ns", "nanosecond", "nanoseconds"],
  ...["min", "mins", "minute", "minutes", "hr", "hrs", "hour", "hours"],
];
/** A micro sign or the letter mu, and s, in UTF-8. */
const MICROSECONDS = ["\u00c2\u00b5s", "\u00ce\u00bcs"].map(ascii);

const MAX_UNIT_LENGTH = 12;
const NO_UNITS: readonly Uint8Array[] = [];
const UNITS_BY_LENGTH = Array.from({ length: MAX_UNIT_LENGTH + 1 }, (_, length) =>
  LAST_UNITS.filter((unit) => unit.length === length).map(ascii),
);
const FIRST_OF_UNIT = Uint8Array.from({ length: 256 }, (_, byte) =>
  "smunh\u00c2\u00ce".includes(String.fromCharCode(byte)) ? 1 : 0,
);

/** `0.123s`, `12 ms`, `3.4 seconds`, `1m23s`, `1h 2m 3.5s`. */
export function cutDuration(text: Uint8Array, at: number, digits: number): Cut {
  if (digits - at > MAX_AMOUNT_DIGITS || !leadsToUnit(text, digits)) return NO_CUT;
  if (byteAt(text, at - 1) === DOT || !beginsWord(text, at)) return NO_CUT;
  let start = at;
  for (let part = 0; part < MAX_PARTS && start !== NOWHERE; part++) {
    const amount = amountEnd(text, start);
    if (amount === NOWHERE) return NO_CUT;
    const end = unitEnd(text, amount);
    if (end !== NOWHERE) return cutUpTo(end, MARKERS.duration);
    start = nextPart(text, amount);
  }
  return NO_CUT;
}

/** Tells most of `12 files` and `v1.2` from a duration at little cost. */
function leadsToUnit(text: Uint8Array, digits: number): boolean {
  const byte = byteAt(text, digits);
  if (byte === SPACE) return FIRST_OF_UNIT[byteAt(text, digits + 1)] === 1;
  return byte !== DOT || isDigit(text, digits + 1);
}

function amountEnd(text: Uint8Array, at: number): number {
  const end = fewDigitsEnd(text, at, MAX_AMOUNT_DIGITS);
  if (end === at || isDigit(text, end)) return NOWHERE;
  if (byteAt(text, end) !== DOT || !isDigit(text, end + 1)) return end;
  const fractionEnd = fewDigitsEnd(text, end + 1, MAX_AMOUNT_DIGITS);
  return isDigit(text, fractionEnd) ? NOWHERE : fractionEnd;
}

/** The end of the unit, directly behind the amount or after one space. */
function unitEnd(text: Uint8Array, amount: number): number {
  const at = byteAt(text, amount) === SPACE ? amount + 1 : amount;
  if (FIRST_OF_UNIT[byteAt(text, at)] !== 1) return NOWHERE;
  let end = at;
  while (end - at <= MAX_UNIT_LENGTH && isLetter(text, end)) end += 1;
  const units = end === at ? MICROSECONDS : (UNITS_BY_LENGTH[end - at] ?? NO_UNITS);
  for (let index = 0; index < units.length; index++) {
    const unit = units[index];
    if (unit !== undefined && standsAt(text, at, unit)) return wordEnd(text, at + unit.length);
  }
  return NOWHERE;
}

function wordEnd(text: Uint8Array, end: number): number {
  return isWordByte(text, end) ? NOWHERE : end;
}

/**
 * Where the next part of `1h2m3s` or `1m 23s` begins.
 *
 * Days, short hours and short minutes need one: alone, `5m` may be metres and `2d` a dimension.
 */
function nextPart(text: Uint8Array, amount: number): number {
  const unit = byteAt(text, amount);
  if (unit !== LOWER_D && unit !== LOWER_H && unit !== LOWER_M) return NOWHERE;
  const at = byteAt(text, amount + 1) === SPACE ? amount + 2 : amount + 1;
  return isDigit(text, at) ? at : NOWHERE;
}
