import { toUSVString } from "node:util";

/** How much of one value is walked, digested and compared. */
export const MAX_CANONICAL_BYTES = 65_536;

/** Room behind the limit for the end of the last character and for the trailer. */
const SLACK_BYTES = 64;
const CAPACITY = MAX_CANONICAL_BYTES + SLACK_BYTES;

/** Up to this length a loop over the characters is faster than two calls into the engine. */
const SHORT_TEXT = 48;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const DELETE = 0x7f;

/** First byte behind a cut form; it occurs in no UTF-8 text. */
const TRAILER = 0xf5;

/** One reusable buffer that takes JSON text until it is full. */
export class ByteSink {
  readonly #buffer = Buffer.allocUnsafeSlow(CAPACITY);
  #length = 0;

  clear(): void {
    this.#length = 0;
  }

  get length(): number {
    return this.#length;
  }

  /** Whether more was written than is kept; from then on nothing is. */
  get isFull(): boolean {
    return this.#length > MAX_CANONICAL_BYTES;
  }

  /** Writes one ASCII byte. */
  byte(code: number): void {
    if (this.#length <= MAX_CANONICAL_BYTES) this.#buffer[this.#length++] = code;
  }

  /** Writes short text that is known to be ASCII, as it is. */
  ascii(text: string): void {
    for (let at = 0; at < text.length; at++) this.byte(text.charCodeAt(at));
  }

  /** Writes text as a JSON string (RFC 8785, section 3.2.2.2). */
  string(text: string): void {
    if (this.isFull) return;
    if (text.length <= SHORT_TEXT && this.#writePlain(text)) return;
    const room = CAPACITY - this.#length;
    const head = text.length > room ? text.slice(0, room) : text;
    const json = JSON.stringify(toUSVString(head));
    this.#length += this.#buffer.write(json, this.#length, room, "utf8");
  }

  /** Writes bytes as they are. */
  copy(bytes: Uint8Array): void {
    const head = bytes.subarray(0, MAX_CANONICAL_BYTES + 1 - this.#length);
    this.#buffer.set(head, this.#length);
    this.#length += head.length;
  }

  /** Writes text of characters that need neither escape nor UTF-8, or nothing at all. */
  #writePlain(text: string): boolean {
    let at = this.#length;
    if (at + text.length + 2 > CAPACITY) return false;
    const buffer = this.#buffer;
    buffer[at++] = QUOTE;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code < SPACE || code >= DELETE || code === QUOTE || code === BACKSLASH) return false;
      buffer[at++] = code;
    }
    buffer[at++] = QUOTE;
    this.#length = at;
    return true;
  }

  /** What was written; valid until the next `clear`. */
  view(): Uint8Array {
    return this.#buffer.subarray(0, Math.min(this.#length, MAX_CANONICAL_BYTES));
  }

  /** The first 64 KiB, then 0xF5 and a decimal number; valid until the next `clear`. */
  cutView(size: number): Uint8Array {
    let at = Math.min(this.#length, MAX_CANONICAL_BYTES);
    this.#buffer[at++] = TRAILER;
    at += this.#buffer.write(`${size}`, at, "latin1");
    return this.#buffer.subarray(0, at);
  }
}
