import { keptTime } from "./timestamp.ts";

/** What event ids are made of; both are passed in so that runs can be repeated in tests. */
export interface EventIdSource {
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Fills the array with random bytes. */
  readonly fillRandom: (bytes: Uint8Array) => void;
}

const POOL_BYTES = 1_024;
/** Random bytes per id: 12 bits of start value for the counter and 62 bits of tail, rounded up. */
const ID_BYTES = 10;
const MAX_COUNTER = 0xfff;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/**
 * UUIDv7 (RFC 9562, section 5.7) that only ever rise, even within a millisecond or when the clock
 * steps back: the 12 bits behind the time count on from a random start (method 1 of section 6.2).
 */
export class EventIds {
  readonly #source: EventIdSource;
  readonly #pool = new Uint8Array(POOL_BYTES);
  #poolAt = POOL_BYTES;
  #lastMs = -1;
  #counter = 0;

  constructor(source: EventIdSource) {
    this.#source = source;
  }

  next(): string {
    const random = this.#takeRandom();
    this.#advance(Math.floor(keptTime(this.#source.clock())), random);
    const time = this.#lastMs.toString(16).padStart(12, "0");
    const counter = this.#counter.toString(16).padStart(3, "0");
    const variant = hex(0x80 | (byteAt(random, 2) & 0x3f));
    let tail = "";
    for (let index = 4; index < ID_BYTES; index++) tail += hex(byteAt(random, index));
    const head = `${time.slice(0, 8)}-${time.slice(8)}-7${counter}`;
    return `${head}-${variant}${hex(byteAt(random, 3))}-${tail}`;
  }

  #advance(nowMs: number, random: Uint8Array): void {
    if (nowMs > this.#lastMs) {
      this.#lastMs = nowMs;
      // The top bit stays free, so that at least 2,048 ids fit in the millisecond.
      this.#counter = ((byteAt(random, 0) << 8) | byteAt(random, 1)) & (MAX_COUNTER >> 1);
    } else if (this.#counter < MAX_COUNTER) {
      this.#counter += 1;
    } else {
      this.#lastMs += 1;
      this.#counter = 0;
    }
  }

  #takeRandom(): Uint8Array {
    if (this.#poolAt + ID_BYTES > POOL_BYTES) {
      this.#source.fillRandom(this.#pool);
      this.#poolAt = 0;
    }
    const bytes = this.#pool.subarray(this.#poolAt, this.#poolAt + ID_BYTES);
    this.#poolAt += ID_BYTES;
    return bytes;
  }
}

function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}

function hex(byte: number): string {
  return HEX[byte] ?? "00";
}
