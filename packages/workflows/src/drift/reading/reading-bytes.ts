/** A reading as bytes, without the id of its session. */
import { COLUMNS, NUMBERS } from "./channel.ts";
import { type Reading, UNKNOWN, writeNumberCodes } from "./reading.ts";

const SECOND_MS = 1_000;
/** Stands for a share that is not known: levels are below it. */
const LEVEL_UNKNOWN = 15;

const LOOPED_AT = 4;
const NUMBERS_AT = LOOPED_AT + 1;
const SHARES_AT = NUMBERS_AT + 2 * NUMBERS.length;
/** Seconds, whether it looped, numbers of two bytes, shares of half a byte. */
export const READING_BYTES = SHARES_AT + Math.ceil((COLUMNS - NUMBERS.length) / 2);

export function writeReading({ startedMs, looped, numbers, codes }: Reading, to: DataView): void {
  to.setUint32(0, startedMs / SECOND_MS);
  to.setUint8(LOOPED_AT, looped ? 1 : 0);
  for (let at = 0; at < numbers.length; at++) to.setUint16(NUMBERS_AT + 2 * at, numbers[at] ?? 0);
  for (let column = NUMBERS.length, at = SHARES_AT; column < COLUMNS; column += 2, at++) {
    to.setUint8(at, 16 * halfByte(codes[column]) + halfByte(codes[column + 1]));
  }
}

const halfByte = (code = UNKNOWN): number => Math.min(code, LEVEL_UNKNOWN);

export function readReading(from: DataView, sessionId: string): Reading {
  const numbers = new Uint16Array(NUMBERS.length);
  for (let at = 0; at < numbers.length; at++) numbers[at] = from.getUint16(NUMBERS_AT + 2 * at);
  const codes = new Uint8Array(COLUMNS).fill(UNKNOWN);
  writeNumberCodes(numbers, codes);
  for (let column = NUMBERS.length, at = SHARES_AT; column < COLUMNS; column += 2, at++) {
    const pair = from.getUint8(at);
    const [first, second] = [pair >>> 4, pair & 15];
    if (first !== LEVEL_UNKNOWN) codes[column] = first;
    if (second !== LEVEL_UNKNOWN && column + 1 < COLUMNS) codes[column + 1] = second;
  }
  const startedMs = from.getUint32(0) * SECOND_MS;
  return { sessionId, startedMs, looped: from.getUint8(LOOPED_AT) === 1, numbers, codes };
}

export const hasLooped = (from: DataView): boolean => from.getUint8(LOOPED_AT) === 1;
