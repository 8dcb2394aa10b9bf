/** The latest sessions, numbered as they came; an older one leaves when the ring is full. */
import { COLUMNS } from "./reading/channel.ts";
import { type Reading, UNKNOWN } from "./reading/reading.ts";
import { hasLooped, READING_BYTES, readReading, writeReading } from "./reading/reading-bytes.ts";
import { WINDOW } from "./statistics/thresholds.ts";

/** The codes of one column, from the latest session backwards. */
export interface ColumnCodes {
  readonly codes: Uint8Array;
  /** Place of the latest session; the others lie behind it. */
  readonly from: number;
  readonly sessions: number;
}

/** Each code lies twice, so that those of a column are never apart. */
export const ROOM = 2 * WINDOW;

/** Holds as many sessions as a look tests at the most. */
export class Ring {
  readonly #codes = new Uint8Array(COLUMNS * ROOM).fill(UNKNOWN);
  readonly #bytes = new Uint8Array(WINDOW * READING_BYTES);
  readonly #views = Array.from({ length: WINDOW }, (_, slot) => {
    return new DataView(this.#bytes.buffer, slot * READING_BYTES, READING_BYTES);
  });
  readonly #ids = new Array<string>(WINDOW).fill("");
  /** Place of the latest session; those before it follow. */
  #latest = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The oldest one leaves for it where the ring is full. */
  push(reading: Reading): void {
    this.#latest = (this.#latest + WINDOW - 1) % WINDOW;
    this.#length = Math.min(WINDOW, this.#length + 1);
    writeReading(reading, this.#viewAt(0));
    this.#ids[this.#latest] = reading.sessionId;
    const { codes } = reading;
    for (let column = 0, at = this.#latest; column < COLUMNS; column++, at += ROOM) {
      const code = codes[column] ?? UNKNOWN;
      this.#codes[at] = code;
      this.#codes[at + WINDOW] = code;
    }
  }

  /** Counted backwards from the latest, from 0. */
  at(ago: number): Reading | undefined {
    return ago < this.#length ? readReading(this.#viewAt(ago), this.idAt(ago)) : undefined;
  }

  idAt(ago: number): string {
    return this.#ids[this.#slotOf(ago)] ?? "";
  }

  loopedAt(ago: number): boolean {
    return ago < this.#length && hasLooped(this.#viewAt(ago));
  }

  /** The codes of all columns, each of which begins {@link ROOM} behind the one before. */
  get columns(): ColumnCodes {
    return this.column(0);
  }

  /** As they are until the next session comes. */
  column(column: number): ColumnCodes {
    return { codes: this.#codes, from: column * ROOM + this.#latest, sessions: this.#length };
  }

  /** The oldest first. */
  get readings(): readonly Reading[] {
    return Array.from({ length: this.#length }, (_, at) => {
      const ago = this.#length - 1 - at;
      return readReading(this.#viewAt(ago), this.idAt(ago));
    });
  }

  /** What all of them are as bytes, the latest first. */
  get bytes(): readonly Uint8Array[] {
    const from = this.#latest * READING_BYTES;
    const first = Math.min(this.#length, WINDOW - this.#latest);
    return [
      this.#bytes.subarray(from, from + first * READING_BYTES),
      this.#bytes.subarray(0, (this.#length - first) * READING_BYTES),
    ];
  }

  #slotOf(ago: number): number {
    return (this.#latest + ago) % WINDOW;
  }

  #viewAt(ago: number): DataView {
    const view = this.#views[this.#slotOf(ago)];
    if (view === undefined) throw new RangeError("a ring has no such place");
    return view;
  }
}
