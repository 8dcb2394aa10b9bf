/** Whole numbers as bytes: seven bits in each, the lowest first, and a bit that says that more follow. */
const SEVEN_BITS = 128;

export class SketchWriter {
  readonly #bytes: number[] = [];

  add(value: number): void {
    let rest = value;
    while (rest >= SEVEN_BITS) {
      this.#bytes.push((rest % SEVEN_BITS) + SEVEN_BITS);
      rest = Math.floor(rest / SEVEN_BITS);
    }
    this.#bytes.push(rest);
  }

  /** Those that are not 0: how many there are, then for each the places since the one before. */
  addSparse(counts: ArrayLike<number>): void {
    let present = 0;
    for (let place = 0; place < counts.length; place++) if (counts[place] !== 0) present += 1;
    this.add(present);
    let before = -1;
    for (let place = 0; place < counts.length; place++) {
      const count = counts[place] ?? 0;
      if (count === 0) continue;
      this.add(place - before - 1);
      this.add(count);
      before = place;
    }
  }

  get bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

export class SketchReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** @throws {RangeError} at the end of the bytes */
  next(): number {
    let value = 0;
    for (let weight = 1; ; weight *= SEVEN_BITS) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new RangeError("the sketch is cut off");
      value += (byte % SEVEN_BITS) * weight;
      if (byte < SEVEN_BITS) return value;
    }
  }

  /** @throws {RangeError} where a place is beyond the counts */
  readSparse(counts: number[]): void {
    let place = -1;
    for (let left = this.next(); left > 0; left--) {
      place += this.next() + 1;
      if (place >= counts.length) throw new RangeError("the sketch has more places than there are");
      counts[place] = this.next();
    }
  }
}
