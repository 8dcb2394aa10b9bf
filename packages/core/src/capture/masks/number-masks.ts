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

/**
 * What changes by itself and begins with the run of digits between two places.
 *
 * The byte behind the digits or the one before them tells what they can be.
 */
export function cutNumber(text: Uint8Array, at: number, digits: number): Cut {
  return (
    cutByNextByte(text, at, digits) ||
    cutByPreviousByte(text, at, digits) ||
    cutEpochMilliseconds(text, at, digits)
  );
}

function cutByNextByte(text: Uint8Array, at: number, digits: number): Cut {
  switch (byteAt(text, digits)) {
    case 0x2d: // -
      return cutDateAndTime(text, at, digits) || cutCompactTime(text, at, digits);
    case 0x2f: // /
      return cutDateAndTime(text, at, digits);
    case 0x54: // T
    case 0x74: // t
    case 0x5f: // _
      return cutCompactTime(text, at, digits);
    case 0x3a: // :
      return cutClock(text, at, digits);
    case 0x78: // x
      return cutAddress(text, at, digits);
    case 0x5d: // ]
      return cutTaggedProcessId(text, at, digits);
    case 0x2e: // .
      return cutDuration(text, at, digits) || cutEpochSeconds(text, at, digits);
    case 0x20: // space
    case 0x64: // d
    case 0x68: // h
    case 0x6d: // m
    case 0x6e: // n
    case 0x73: // s
    case 0x75: // u
    case 0xc2: // first byte of a micro sign
    case 0xce: // first byte of the letter mu
      return cutDuration(text, at, digits);
    default:
      return NO_CUT;
  }
}

function cutByPreviousByte(text: Uint8Array, at: number, digits: number): Cut {
  switch (byteAt(text, at - 1)) {
    case 0x20: // space
      return cutNamedNumber(text, at, digits) || cutJobProcessId(text, at, digits);
    case 0x22: // "
    case 0x23: // #
    case 0x3a: // :
    case 0x3d: // =
      return cutNamedNumber(text, at, digits);
    default:
      return NO_CUT;
  }
}
