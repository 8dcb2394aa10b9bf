/** Finds where the values of JSON begin and end while its bytes pass, without building any of them. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
export const COMMA = 0x2c;
export const OBJECT_START = 0x7b;
export const LIST_START = 0x5b;
const OBJECT_END = 0x7d;
/** Sets apart `{` from `[`, and `}` from `]`. */
const BRACE = 0x20;
/** Most strings are shorter: looking at their bytes costs less than a search outside of V8. */
const SHORT_STRING = 24;

/**
 * Told of a bracket or a comma: the byte, where it stands in these bytes, and how deep the object or
 * list is nested that it belongs to, the outermost being 1.
 */
export type Visit = (byte: number, at: number, depth: number) => void;

export class Structure {
  /** What is nested deeper is passed over; whoever is told of a bracket may change it. */
  deepest: number;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;

  constructor(deepest: number) {
    this.deepest = deepest;
  }

  feed(bytes: Buffer, visit: Visit): void {
    let at = 0;
    while (at < bytes.length) {
      at = this.#isInString ? this.#passString(bytes, at) : this.#passValues(bytes, at, visit);
    }
  }

  /**
   * Goes on behind bytes that are missing. These are the last ones: they close all that is open, so
   * from their end it is known what they stand in.
   *
   * @returns how deep their first byte is nested
   */
  goOn(rest: Buffer): number {
    let depth = 0;
    let isInString = false;
    for (let at = rest.length - 1; at >= 0; at--) {
      const byte = rest[at] ?? 0;
      const bracket = byte | BRACE;
      if (byte === QUOTE) {
        const backslashes = backslashesBefore(rest, at);
        if (backslashes % 2 === 0) isInString = !isInString;
        at -= backslashes;
      } else if (!isInString && bracket === OBJECT_END) depth++;
      else if (!isInString && bracket === OBJECT_START) depth--;
    }
    this.#depth = depth;
    this.#isInString = isInString;
    this.#isEscaped = false;
    return depth;
  }

  /** Passes what is no string; answers where a string begins, or the end. */
  #passValues(bytes: Buffer, start: number, visit: Visit): number {
    let depth = this.#depth;
    let at = start;
    for (; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      const bracket = byte | BRACE;
      const isBracket = bracket === OBJECT_START || bracket === OBJECT_END;
      if (byte === QUOTE) {
        this.#isInString = true;
        at++;
        break;
      }
      if (!isBracket && byte !== COMMA) continue;
      if (bracket === OBJECT_START) depth++;
      if (depth <= this.deepest) visit(byte, at, depth);
      if (bracket === OBJECT_END) depth--;
    }
    this.#depth = depth;
    return at;
  }

  #passString(bytes: Buffer, start: number): number {
    let at = this.#isEscaped ? start + 1 : start;
    this.#isEscaped = false;
    const soon = Math.min(bytes.length, at + SHORT_STRING);
    while (at < soon) {
      const byte = bytes[at++];
      if (byte === QUOTE) {
        this.#isInString = false;
        return at;
      }
      if (byte === BACKSLASH) {
        this.#isEscaped = at === bytes.length;
        at++;
      }
    }
    return at < bytes.length ? this.#passLongString(bytes, at) : bytes.length;
  }

  #passLongString(bytes: Buffer, start: number): number {
    const quote = bytes.indexOf(QUOTE, start);
    const end = quote < 0 ? bytes.length : quote;
    let backslashes = 0;
    while (end - 1 - backslashes >= start && bytes[end - 1 - backslashes] === BACKSLASH) {
      backslashes++;
    }
    const isEscaped = backslashes % 2 === 1;
    if (quote < 0) this.#isEscaped = isEscaped;
    else this.#isInString = isEscaped;
    return quote < 0 ? bytes.length : quote + 1;
  }
}

function backslashesBefore(bytes: Buffer, at: number): number {
  let count = 0;
  while (at > count && bytes[at - count - 1] === BACKSLASH) count++;
  return count;
}
