/**
 * Decides in the path of the bytes what is kept of them, without looking into them: all of it while
 * there is room, of a long text its beginning and its end. What they mean is found out when they are
 * read.
 */

const NEWLINE = 0x0a;
/** Of the room that is left, one text may take this part. */
const SHARES = 8;
/** A text that is begun gets this much at least. */
const LEAST_SHARE_BYTES = 128 * 1024;
const TAIL_BYTES = 64 * 1024;

/** Where kept bytes wait, in the order in which they passed. */
export interface Keeper {
  /** How much more may wait, in bytes. */
  readonly room: number;
  /** @param bytes valid until this returns; of a text that is begun they are taken in any case */
  keep(bytes: Buffer, time: number): void;
  /** Bytes of a text are missing here. */
  skip(byteLength: number, time: number): void;
  /** Nothing is kept of one text. */
  forget(): void;
}

/** What bounds a text. */
export type Unit = "line" | "body";

export class Clip {
  readonly #keeper: Keeper;
  readonly #unit: Unit;
  #state: "keeping" | "skipping" | "forgetting" = "keeping";
  /** What is kept of the text under way. */
  #keptBytes = 0;
  #tail: Buffer | undefined;
  /** How much passed since something was left out. */
  #passedBytes = 0;

  constructor(keeper: Keeper, unit: Unit) {
    this.#keeper = keeper;
    this.#unit = unit;
  }

  push(bytes: Buffer, time: number): void {
    const isLines = this.#unit === "line";
    if (this.#state === "keeping" && bytes.length <= this.#share()) {
      this.#keeper.keep(bytes, time);
      const end = isLines ? bytes.lastIndexOf(NEWLINE) : -1;
      this.#keptBytes = end < 0 ? this.#keptBytes + bytes.length : bytes.length - end - 1;
      return;
    }
    for (let start = 0; start < bytes.length; ) {
      const newline = isLines ? bytes.indexOf(NEWLINE, start) : -1;
      const end = newline < 0 ? bytes.length : newline + 1;
      this.#push(bytes.subarray(start, end), time);
      if (newline >= 0) this.end(time);
      start = end;
    }
  }

  /** The text under way is over. */
  end(time: number): void {
    const tail = this.#tail;
    if (this.#state === "forgetting") this.#keeper.forget();
    if (this.#state === "skipping" && tail) {
      const missing = this.#passedBytes - TAIL_BYTES;
      const middle = missing > 0 ? this.#passedBytes % TAIL_BYTES : 0;
      if (missing > 0) this.#keeper.skip(missing, time);
      if (middle > 0) this.#keeper.keep(tail.subarray(middle), time);
      this.#keeper.keep(tail.subarray(0, middle || Math.min(this.#passedBytes, TAIL_BYTES)), time);
    }
    // Who keeps it may own it.
    this.#tail = undefined;
    this.#state = "keeping";
    this.#keptBytes = 0;
    this.#passedBytes = 0;
  }

  /** How much more of the text under way may be kept. */
  #share(): number {
    const { room } = this.#keeper;
    return Math.min(room, Math.max(LEAST_SHARE_BYTES, room / SHARES) - this.#keptBytes);
  }

  #push(bytes: Buffer, time: number): void {
    const fitting = Math.max(0, Math.min(bytes.length, Math.floor(this.#share())));
    if (this.#state === "keeping" && fitting === bytes.length) {
      this.#keeper.keep(bytes, time);
      this.#keptBytes += fitting;
    } else if (this.#state === "keeping" && this.#keptBytes === 0 && fitting < TAIL_BYTES) {
      this.#state = "forgetting";
    } else if (this.#state === "keeping") {
      if (fitting > 0) this.#keeper.keep(bytes.subarray(0, fitting), time);
      this.#state = "skipping";
      this.#keepTail(bytes.subarray(fitting));
    } else if (this.#state === "skipping") {
      this.#keepTail(bytes);
    }
  }

  /** Over and over into the same memory: what passed last stays. */
  #keepTail(bytes: Buffer): void {
    this.#tail ??= Buffer.allocUnsafeSlow(TAIL_BYTES);
    const last = bytes.subarray(Math.max(0, bytes.length - TAIL_BYTES));
    const at = (this.#passedBytes + bytes.length - last.length) % TAIL_BYTES;
    const copied = last.copy(this.#tail, at);
    last.copy(this.#tail, 0, copied);
    this.#passedBytes += bytes.length;
  }
}
