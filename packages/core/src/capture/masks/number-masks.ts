import { byteAt } from "./bytes.ts";
import { type Cut, NO_CUT } from "./cut.ts";
import { cutDuration } from "./duration-mask.ts";
import { cutNamedNumber } from "./named-masks.ts";
import { cutAddress, cutJobProcessId, cutTaggedProcessId } from "./place-masks.ts";
import {
  cutClock,
  cutCompactTime,
  cutDateAndTime,
  cutEpochMilliseconds,
  cutEpochSeconds,
} from "./time-masks.ts";

/** What the byte behind digits makes possible. */
const DATE = 1;
const TIME = 2;
const CLOCK = 3;
const HEX = 4;
const TAG = 5;
const FRACTION = 6;
const UNIT = 7;
const BY_NEXT_BYTE = tableOf([
  ["-/", DATE],
  ["Tt_", TIME],
  [":", CLOCK],
  ["x", HEX],
  ["]", TAG],
  [".", FRACTION],
  // The last two begin a micro sign and the letter mu.
  [" dhmnsu\u00c2\u00ce", UNIT],
]);

/** What the byte before digits makes possible. */
const NAME_OR_JOB = 1;
const NAME = 2;
const BY_PREVIOUS_BYTE = tableOf([
  [" ", NAME_OR_JOB],
  ['"#:=', NAME],
]);

const EPOCH_DIGITS = 13;

function tableOf(rows: readonly (readonly [string, number])[]): Uint8Array {
  const table = new Uint8Array(256);
  for (const [characters, meaning] of rows) {
    for (const character of characters) table[character.charCodeAt(0)] = meaning;
  }
  return table;
}

/**
 * What changes by itself and begins with the run of digits between two places.
 *
 * The byte behind the digits or the one before them tells what they can be.
 */
export function cutNumber(text: Uint8Array, at: number, digits: number): Cut {
  const next = BY_NEXT_BYTE[byteAt(text, digits)] ?? 0;
  const previous = BY_PREVIOUS_BYTE[byteAt(text, at - 1)] ?? 0;
  if (next === 0 && previous === 0 && digits - at !== EPOCH_DIGITS) return NO_CUT;
  return (
    cutByNext(next, text, at, digits) ||
    cutByPrevious(previous, text, at, digits) ||
    cutEpochMilliseconds(text, at, digits)
  );
}

function cutByNext(next: number, text: Uint8Array, at: number, digits: number): Cut {
  switch (next) {
    case DATE:
      return cutDateAndTime(text, at, digits) || cutCompactTime(text, at, digits);
    case TIME:
      return cutCompactTime(text, at, digits);
    case CLOCK:
      return cutClock(text, at, digits);
    case HEX:
      return cutAddress(text, at, digits);
    case TAG:
      return cutTaggedProcessId(text, at, digits);
    case FRACTION:
      return cutDuration(text, at, digits) || cutEpochSeconds(text, at, digits);
    case UNIT:
      return cutDuration(text, at, digits);
    default:
      return NO_CUT;
  }
}

function cutByPrevious(previous: number, text: Uint8Array, at: number, digits: number): Cut {
  switch (previous) {
    case NAME_OR_JOB:
      return cutNamedNumber(text, at, digits) || cutJobProcessId(text, at, digits);
    case NAME:
      return cutNamedNumber(text, at, digits);
    default:
      return NO_CUT;
  }
}
