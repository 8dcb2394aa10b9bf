import { FIRST_STEPS, FIXED_SLOTS, FORMAT, MOST_STEPS, SLOT } from "./layout.ts";

/** The memory of a session that has not begun. */
export function newMemory(): Float64Array {
  const memory = new Float64Array(FIXED_SLOTS + FIRST_STEPS);
  memory[SLOT.format] = FORMAT;
  return memory;
}

/** The exact state as bytes, the same on every machine. */
export function toBytes(memory: Float64Array): Uint8Array {
  const bytes = new Uint8Array(memory.length * 8);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < memory.length; index++) {
    view.setFloat64(index * 8, memory[index] ?? 0, true);
  }
  return bytes;
}

/** @throws {RangeError} when the bytes are not a state of this version */
export function fromBytes(bytes: Uint8Array): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const memory = new Float64Array(Math.floor(bytes.byteLength / 8));
  for (let index = 0; index < memory.length; index++) {
    memory[index] = view.getFloat64(index * 8, true);
  }
  if (memory[SLOT.format] !== FORMAT || !isWhole(bytes.byteLength)) {
    throw new RangeError("not a saved health state of this version: replay the session");
  }
  return memory;
}

function isWhole(byteLength: number): boolean {
  for (let steps = FIRST_STEPS; steps < MOST_STEPS; steps *= 2) {
    if (byteLength === (FIXED_SLOTS + steps) * 8) return true;
  }
  return byteLength === (FIXED_SLOTS + MOST_STEPS) * 8;
}
