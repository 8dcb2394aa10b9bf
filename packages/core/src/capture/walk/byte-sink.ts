import { Region } from "./region.ts";

/** How much of one value is walked, digested and compared. */
export const MAX_CANONICAL_BYTES = 65_536;

/** Room behind the limit for the end of the last character, an escape and the trailer. */
const SLACK_BYTES = 64;
const CAPACITY = MAX_CANONICAL_BYTES + SLACK_BYTES;

/** Up to this length a loop over the characters is faster than a call into the engine. */
const SHORT_TEXT = 32;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const FIRST_WIDE = 0x7f;

/** First byte behind a cut form; it occurs in no UTF-8 text. */
const TRAILER = 0xf5;

const LONG_ESCAPE = 1;
/** The letter of the short escape of a byte, LONG_ESCAPE where it has none, 0 where it needs none. */
const ESCAPE = Uint8Array.from({ length: 256 }, (_, byte) => (byte < SPACE ? LONG_ESCAPE : 0));
for (const [text, letter] of ["\bb", "\tt", "\nn", "\ff", "\rr", '""', "\\\\"]) {
  ESCAPE[(text ?? "").charCodeAt(0)] = (letter ?? "").charCodeAt(0);
}

const HEX_DIGITS = "0123456789abcdef";

/** One reusable buffer that takes JSON text until it is full. */
export class ByteSink {
  readonly #region = new Region(CAPACITY);
  readonly #raw = new Region(CAPACITY + 1);
  readonly #bytes = this.#region.bytes;
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
    if (this.#length <= MAX_CANONICAL_BYTES) this.#bytes[this.#length++] = code;
  }

  /** Writes short text that is known to be ASCII, as it is. */
  ascii(text: string): void {
    for (let at = 0; at < text.length; at++) this.byte(text.charCodeAt(at));
  }

  /** Writes text as a JSON string (RFC 8785, section 3.2.2.2), lone surrogates as U+FFFD. */
  string(text: string): void {
    if (this.isFull) return;
    if (text.length <= SHORT_TEXT && this.#writeShort(text)) return;
    this.byte(QUOTE);
    this.#writeEscaped(text);
    this.byte(QUOTE);
  }

  /** Writes text as UTF-8, as it is but for lone surrogates, which become U+FFFD. */
  text(text: string): void {
    const room = CAPACITY - this.#length;
    const head = text.length > room ? text.slice(0, room) : text;
    this.#length += this.#bytes.write(head, this.#length, room, "utf8");
  }

  /** Writes bytes as they are. */
  copy(bytes: Uint8Array): void {
    const head = bytes.subarray(0, MAX_CANONICAL_BYTES + 1 - this.#length);
    this.#bytes.set(head, this.#length);
    this.#length += head.length;
  }

  /** Writes text of characters that need neither escape nor UTF-8, or nothing at all. */
  #writeShort(text: string): boolean {
    let at = this.#length;
    if (at + text.length + 2 > CAPACITY) return false;
    const bytes = this.#bytes;
    bytes[at++] = QUOTE;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code < SPACE || code >= FIRST_WIDE || code === QUOTE || code === BACKSLASH) return false;
      bytes[at++] = code;
    }
    bytes[at++] = QUOTE;
    this.#length = at;
    return true;
  }

  /** Turns the text into UTF-8 beside, then copies it run by run with the escapes between. */
  #writeEscaped(text: string): void {
    const raw = this.#raw;
    const room = CAPACITY - this.#length;
    const head = text.length > room ? text.slice(0, room) : text;
    const end = raw.bytes.write(head, 0, room, "utf8");
    // The zero behind the text needs an escape, so that the search stops there.
    raw.bytes[end] = 0;
    let at = plainEnd(raw.bytes, 0);
    this.#length = raw.copyTo(this.#region, this.#length, 0, at);
    while (at < end && !this.isFull) {
      this.#writeEscape(raw.bytes[at] ?? 0);
      const next = plainEnd(raw.bytes, at + 1);
      const fitting = Math.min(next, at + 1 + CAPACITY - this.#length);
      this.#length = raw.copyTo(this.#region, this.#length, at + 1, fitting);
      at = next;
    }
  }

  #writeEscape(byte: number): void {
    const letter = ESCAPE[byte] ?? 0;
    const at = this.#length;
    this.#bytes[at] = BACKSLASH;
    this.#bytes[at + 1] = letter;
    this.#length = at + 2;
    if (letter === LONG_ESCAPE) {
      this.#length = at + 1;
      this.ascii(`u00${HEX_DIGITS[byte >> 4]}${HEX_DIGITS[byte & 15]}`);
    }
  }

  /** What was written; valid until the next `clear`. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, Math.min(this.#length, MAX_CANONICAL_BYTES));
  }

  /** The first 64 KiB, then 0xF5 and a decimal number; valid until the next `clear`. */
  cutView(size: number): Uint8Array {
    let at = Math.min(this.#length, MAX_CANONICAL_BYTES);
    this.#bytes[at++] = TRAILER;
    at += this.#bytes.write(`${size}`, at, "latin1");
    return this.#bytes.subarray(0, at);
  }
}

/** The next byte that needs an escape. */
function plainEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  while (ESCAPE[bytes[at] ?? 0] === 0) at += 1;
  return at;
}
