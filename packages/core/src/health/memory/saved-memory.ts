import { FIRST_STEPS, FIXED_SLOTS, FORMAT, MOST_STEPS, SLOT } from "./layout.ts";

const DOUBLE = 8;
/** Bytes that say how long the names behind them are. */
const NAMES_LENGTH = 4;

/** What is remembered of one agent: numbers, and the names of its last tools. */
export interface SavedAgent {
  readonly memory: Float64Array;
  readonly names: string;
}

/** The memory of an agent that has not begun. */
export function newMemory(): Float64Array {
  const memory = new Float64Array(FIXED_SLOTS + FIRST_STEPS);
  memory[SLOT.format] = FORMAT;
  memory[SLOT.size] = memory.length;
  return memory;
}

/** The exact state as bytes, the same on every machine: of each agent numbers, length, names. */
export function toBytes(agents: readonly SavedAgent[]): Uint8Array {
  const parts = agents.map(({ memory, names }) => {
    const text = Buffer.from(names);
    const bytes = Buffer.alloc(memory.length * DOUBLE + NAMES_LENGTH + text.length);
    memory.forEach((value, index) => void bytes.writeDoubleLE(value, index * DOUBLE));
    bytes.writeUInt32LE(text.length, memory.length * DOUBLE);
    bytes.set(text, memory.length * DOUBLE + NAMES_LENGTH);
    return bytes;
  });
  return Uint8Array.from(Buffer.concat(parts));
}

/** @throws {RangeError} when the bytes are not a state of this version */
export function fromBytes(bytes: Uint8Array): readonly SavedAgent[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const agents: SavedAgent[] = [];
  let at = 0;
  while (at < bytes.length || agents.length === 0) {
    const numbers = numbersAt(view, at);
    const namesAt = at + numbers * DOUBLE + NAMES_LENGTH;
    const end = namesAt + view.getUint32(namesAt - NAMES_LENGTH, true);
    if (end > bytes.length) throw notASavedState();
    const memory = new Float64Array(numbers);
    for (let index = 0; index < numbers; index++) {
      memory[index] = view.getFloat64(at + index * DOUBLE, true);
    }
    agents.push({ memory, names: Buffer.from(bytes.subarray(namesAt, end)).toString() });
    at = end;
  }
  return agents;
}

/** How many numbers stand at a place. */
function numbersAt(view: DataView, at: number): number {
  const left = view.byteLength - at;
  if (left < (FIXED_SLOTS + FIRST_STEPS) * DOUBLE + NAMES_LENGTH) throw notASavedState();
  const size = view.getFloat64(at + SLOT.size * DOUBLE, true);
  const isOurs = view.getFloat64(at + SLOT.format * DOUBLE, true) === FORMAT && isSize(size);
  if (!isOurs || left < size * DOUBLE + NAMES_LENGTH) throw notASavedState();
  return size;
}

function notASavedState(): RangeError {
  return new RangeError("not a saved health state of this version: replay the session");
}

function isSize(size: number): boolean {
  for (let steps = FIRST_STEPS; steps < MOST_STEPS; steps *= 2) {
    if (size === FIXED_SLOTS + steps) return true;
  }
  return size === FIXED_SLOTS + MOST_STEPS;
}
