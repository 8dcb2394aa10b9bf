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
  readonly #pool = Buffer.alloc(POOL_BYTES);
  #poolHex = "";
  #poolAt = POOL_BYTES;
  #lastMs = -1;
  /** The part of an id that its millisecond gives, up to the version. */
  #head = "";
  #counter = 0;

  constructor(source: EventIdSource) {
    this.#source = source;
  }

  next(): string {
    const at = this.#takeRandom();
    this.#advance(Math.floor(keptTime(this.#source.clock())), at);
    const counter = this.#counter.toString(16).padStart(3, "0");
    const variant = HEX[0x80 | (this.#byteAt(at + 2) & 0x3f)];
    const tail = this.#poolHex.slice(2 * (at + 4), 2 * (at + ID_BYTES));
    return `${this.#head}${counter}-${variant}${HEX[this.#byteAt(at + 3)]}-${tail}`;
  }

  #advance(nowMs: number, at: number): void {
    if (nowMs > this.#lastMs) {
      // The top bit stays free, so that at least 2,048 ids fit in the millisecond.
      const start = ((this.#byteAt(at) << 8) | this.#byteAt(at + 1)) & (MAX_COUNTER >> 1);
      this.#turnTo(nowMs, start);
    } else if (this.#counter < MAX_COUNTER) {
      this.#counter += 1;
    } else {
      this.#turnTo(this.#lastMs + 1, 0);
    }
  }

  #turnTo(ms: number, counter: number): void {
    const time = ms.toString(16).padStart(12, "0");
    this.#lastMs = ms;
    this.#head = `${time.slice(0, 8)}-${time.slice(8)}-7`;
    this.#counter = counter;
  }

  /** Where in the pool the random bytes of the next id are. */
  #takeRandom(): number {
    if (this.#poolAt + ID_BYTES > POOL_BYTES) {
      this.#source.fillRandom(this.#pool);
      this.#poolHex = this.#pool.toString("hex");
      this.#poolAt = 0;
    }
    const at = this.#poolAt;
    this.#poolAt += ID_BYTES;
    return at;
  }

  #byteAt(at: number): number {
    return this.#pool[at] ?? 0;
  }
}
