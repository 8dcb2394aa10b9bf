import { FORMAT, SLOT_COUNT } from "./layout.ts";
import { SeenKeys } from "./seen-keys.ts";

/** Steps whose full keys are remembered; DESIGN of the recurrence rule. */
const SEEN_STEPS = 512;
/** Calls and answers whose newness is told; a call older than that is new again. */
const SEEN_PARTS = 64;

/** All that the engine remembers of one session: about 4 KB. */
export class SessionMemory {
  /** The numbers of every signal; see layout.ts. */
  readonly slots = new Float64Array(SLOT_COUNT);
  readonly steps = new SeenKeys(SEEN_STEPS);
  readonly calls = new SeenKeys(SEEN_PARTS);
  readonly answers = new SeenKeys(SEEN_PARTS);

  get byteLength(): number {
    return (
      this.slots.byteLength +
      this.steps.byteLength +
      this.calls.byteLength +
      this.answers.byteLength
    );
  }

  /** The exact state as bytes, the same on every machine. */
  save(): Uint8Array {
    const parts = [this.steps, this.calls, this.answers];
    const length = parts.reduce((sum, part) => sum + part.savedLength, 1 + SLOT_COUNT);
    const numbers = new Float64Array(length);
    numbers[0] = FORMAT;
    numbers.set(this.slots, 1);
    let at = 1 + SLOT_COUNT;
    for (const part of parts) {
      part.save(numbers, at);
      at += part.savedLength;
    }
    return littleEndian(numbers);
  }

  /** @throws {RangeError} when the bytes are not a state of this version */
  static restore(bytes: Uint8Array): SessionMemory {
    const numbers = fromLittleEndian(bytes);
    if (numbers[0] !== FORMAT || numbers.length < 4 + SLOT_COUNT) {
      throw new RangeError("not a saved health state of this version: replay the session");
    }
    const memory = new SessionMemory();
    memory.slots.set(numbers.subarray(1, 1 + SLOT_COUNT));
    let at = 1 + SLOT_COUNT;
    for (const part of [memory.steps, memory.calls, memory.answers]) at = part.load(numbers, at);
    return memory;
  }
}

function littleEndian(numbers: Float64Array): Uint8Array {
  const bytes = new Uint8Array(numbers.length * 8);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < numbers.length; index++) {
    view.setFloat64(index * 8, numbers[index] ?? 0, true);
  }
  return bytes;
}

function fromLittleEndian(bytes: Uint8Array): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const numbers = new Float64Array(Math.floor(bytes.byteLength / 8));
  for (let index = 0; index < numbers.length; index++) {
    numbers[index] = view.getFloat64(index * 8, true);
  }
  return numbers;
}
