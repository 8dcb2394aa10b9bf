/** Reads the words of a condition, and says where one is none. */
import { isIdentifier } from "../../../capture/identifier.ts";

/** A condition that is none; says where it stops being one, and never repeats what was sent. */
export class ConditionError extends Error {
  override readonly name = "ConditionError";
  /** Where in the text, from 1. */
  readonly position: number;
  readonly expected: string;

  constructor(position: number, expected: string) {
    super(`at position ${position}: expected ${expected}`);
    this.position = position;
    this.expected = expected;
  }
}

const MAX_COUNT = 999_999_999;
/** Longer than any condition of 20 parts that people write; rules are read with the events of their account. */
const MAX_LENGTH = 1_000;
/** A name that stands without quotes. */
const PLAIN_NAME = /^[\p{L}\p{N}_.:/@+-]+$/u;

/** A name as it stands in a condition. */
export function quotedName(name: string): string {
  return PLAIN_NAME.test(name) ? name : `"${name.replace(/["\\]/g, "\\$&")}"`;
}

export class ConditionReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    if (text.length > MAX_LENGTH) {
      throw new ConditionError(MAX_LENGTH + 1, `at most ${MAX_LENGTH} characters`);
    }
    this.#text = text;
    this.#skipSpaces();
  }

  /** Of what comes next, from 1. */
  get position(): number {
    return this.#at + 1;
  }

  take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [found = ""] = pattern.exec(this.#text) ?? [];
    this.#at += found.length;
    this.#skipSpaces();
    return found;
  }

  /** Whether this word is next; it is read then. */
  word(word: "and" | "or"): boolean {
    return this.take(word === "and" ? /and(?!\w)/y : /or(?!\w)/y) !== "";
  }

  sign<S extends string>(...signs: readonly S[]): S {
    const found = signs.find((sign) => this.#text.startsWith(sign, this.#at));
    if (found === undefined) throw this.#expected(signs.map((sign) => `"${sign}"`).join(" or "));
    this.#at += found.length;
    this.#skipSpaces();
    return found;
  }

  oneOf<W extends string>(words: readonly W[]): W {
    const start = this.#at;
    const found = this.take(/\w*/y);
    const word = words.find((known) => known === found);
    if (word === undefined) throw new ConditionError(start + 1, `one of ${words.join(", ")}`);
    return word;
  }

  /** A decimal number over `over` and up to `most`. */
  number(what: string, over: number, most: number): number {
    const start = this.#at;
    const found = this.take(/\d{1,9}(?:\.\d{1,9})?|\.\d{1,9}/y);
    const value = Number(found);
    if (found === "" || value <= over || value > most) throw new ConditionError(start + 1, what);
    return value;
  }

  count(what: string): number {
    const start = this.#at;
    const found = this.take(/\d{1,9}(?![.\d])/y);
    const value = Number(found);
    if (found === "" || value > MAX_COUNT) throw new ConditionError(start + 1, what);
    return value;
  }

  /** As it is, or between quotes where it has spaces or signs. */
  name(): string {
    const start = this.position;
    const found = this.take(/"(?:[^"\\]|\\["\\])*"|[^\s"\\]+/y);
    const name = found.startsWith('"') ? found.slice(1, -1).replace(/\\(.)/g, "$1") : found;
    if (isIdentifier(name)) return name;
    throw new ConditionError(start, 'a name, in "quotes" where it has spaces');
  }

  end(): void {
    if (this.#at < this.#text.length) throw this.#expected('"and", "or" or the end');
  }

  #skipSpaces(): void {
    while (this.#text[this.#at] === " ") this.#at += 1;
  }

  #expected(what: string): ConditionError {
    return new ConditionError(this.position, what);
  }
}
