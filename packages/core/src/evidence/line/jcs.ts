import { EvidenceError } from "../error.ts";

/** A lone surrogate; pairs are one code point under the `u` flag and do not match. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Nesting beyond this is refused; a record nests two deep. */
const MAX_DEPTH = 64;

interface JcsOptions {
  /** Also write numbers that are no safe integers. Records never hold one. */
  readonly floats?: boolean;
}

/**
 * Strict RFC 8785: the canonical text of plain JSON data, or an error.
 *
 * The oracle of the fixed-order writer (line.ts), not a serializer for foreign values. Refuses
 * what has no exact JSON form (undefined, functions, symbols, bigint, holes, non-plain objects,
 * accessors, symbol keys), lone surrogates, and by default every number that is no safe integer.
 *
 * @throws {EvidenceError} naming what is refused, never the value
 */
export function canonicalJson(value: unknown, options: JcsOptions = {}): string {
  return write(value, options.floats === true, 0);
}

function write(value: unknown, floats: boolean, depth: number): string {
  if (depth > MAX_DEPTH) {
    throw refused("nesting deeper than 64 levels");
  }
  switch (typeof value) {
    case "string":
      return quoteStrictly(value);
    case "number":
      return writeNumber(value, floats);
    case "boolean":
      return String(value);
    case "object":
      return value === null ? "null" : writeObject(value, floats, depth);
    default:
      throw refused(`a value of type ${typeof value}`);
  }
}

function writeNumber(value: number, floats: boolean): string {
  if (!Number.isFinite(value) || (!floats && !Number.isSafeInteger(value))) {
    throw refused("a number that is not a safe integer");
  }
  return String(value === 0 ? 0 : value);
}

function writeObject(value: object, floats: boolean, depth: number): string {
  if (Array.isArray(value)) {
    const items: string[] = [];
    for (let index = 0; index < value.length; index += 1) {
      items.push(write(ownValue(value, String(index)), floats, depth + 1));
    }
    return `[${items.join(",")}]`;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw refused("an object that is not plain");
  }
  const keys = Reflect.ownKeys(value);
  const members = keys.map((key) => {
    if (typeof key === "symbol") {
      throw refused("a symbol key");
    }
    return key;
  });
  // The default order of sort() is by UTF-16 code units, which is the order RFC 8785 asks for.
  return `{${members
    .sort()
    .map((key) => `${quoteStrictly(key)}:${write(ownValue(value, key), floats, depth + 1)}`)
    .join(",")}}`;
}

function ownValue(holder: object, key: string): unknown {
  const property = Object.getOwnPropertyDescriptor(holder, key);
  if (property === undefined || !("value" in property) || property.enumerable !== true) {
    throw refused("a hole, an accessor or a hidden property");
  }
  return property.value;
}

/** A JSON string in its canonical form. @throws {EvidenceError} on a lone surrogate */
export function quoteStrictly(text: string): string {
  if (LONE_SURROGATE.test(text)) {
    throw refused("a lone surrogate");
  }
  return JSON.stringify(text);
}

function refused(what: string): EvidenceError {
  return new EvidenceError("invalid_text", `${what} has no canonical form`);
}
