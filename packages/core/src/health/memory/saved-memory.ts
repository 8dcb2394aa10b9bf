import { FIRST_STEPS, FIXED_SLOTS, FORMAT, MOST_STEPS, SLOT } from "./layout.ts";

const UNFIT = "not a saved health state of this version: replay the session";

/** The memory of a session that has not begun. */
export function newMemory(): Float64Array {
  const memory = new Float64Array(FIXED_SLOTS + FIRST_STEPS);
  memory[SLOT.format] = FORMAT;
  return memory;
}

/** Bytes at the end that say how long the names before them are. */
const NAMES_LENGTH = 4;

/** The exact state as bytes, the same on every machine: numbers, names, length of the names. */
export function toBytes(memory: Float64Array, names: string): Uint8Array {
  const text = Buffer.from(names);
  const bytes = new Uint8Array(memory.length * 8 + text.length + NAMES_LENGTH);
  const view = new DataView(bytes.buffer);
  bytes.set(text, memory.length * 8);
  view.setUint32(bytes.length - NAMES_LENGTH, text.length, true);
  for (let index = 0; index < memory.length; index++) {
    view.setFloat64(index * 8, memory[index] ?? 0, true);
  }
  return bytes;
}

/** @throws {RangeError} when the bytes are not a state of this version */
export function fromBytes(bytes: Uint8Array): {
  readonly memory: Float64Array;
  readonly names: string;
} {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.byteLength - NAMES_LENGTH;
  const numbers = end < 0 ? 0 : end - view.getUint32(end, true);
  if (!isWhole(numbers)) throw new RangeError(UNFIT);
  const memory = new Float64Array(numbers / 8);
  for (let index = 0; index < memory.length; index++) {
    memory[index] = view.getFloat64(index * 8, true);
  }
  if (memory[SLOT.format] !== FORMAT) throw new RangeError(UNFIT);
  return { memory, names: Buffer.from(bytes.subarray(numbers, end)).toString() };
}

function isWhole(byteLength: number): boolean {
  for (let steps = FIRST_STEPS; steps < MOST_STEPS; steps *= 2) {
    if (byteLength === (FIXED_SLOTS + steps) * 8) return true;
  }
  return byteLength === (FIXED_SLOTS + MOST_STEPS) * 8;
}
