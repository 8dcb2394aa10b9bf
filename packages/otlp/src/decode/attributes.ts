/** Attributes as OTLP sends them, read by name. */
import { plainOfText } from "@caum/core/adapter";

/** What an attribute can hold. */
export type Value =
  | string
  | number
  | boolean
  | null
  | readonly Value[]
  | { readonly [key: string]: Value };

/** Deeper values are content that nobody reads. */
const MAX_DEPTH = 32;

/** Named values of a span, a log record or a resource. The values are content until somebody digests them. */
export class Attributes {
  readonly #values = new Map<string, Value>();

  /** @param pairs `KeyValue` messages; what is none is left out */
  constructor(pairs: unknown) {
    for (const pair of messagesOf(pairs)) {
      if (typeof pair.key !== "string") continue;
      const value = plainValue(pair.value);
      if (value !== null) this.#values.set(pair.key, value);
    }
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  value(key: string): Value | undefined {
    return this.#values.get(key);
  }

  /** Text that is not empty. */
  text(key: string): string | undefined {
    const value = this.#values.get(key);
    return typeof value === "string" && value !== "" ? value : undefined;
  }

  /** The first of several names that has a text. */
  firstText(keys: readonly string[]): string | undefined {
    for (const key of keys) {
      const text = this.text(key);
      if (text !== undefined) return text;
    }
    return undefined;
  }

  /** A number, also one that was sent as text. */
  number(key: string): number | undefined {
    const value = this.#values.get(key);
    const number = typeof value === "string" && value !== "" ? Number(value) : value;
    return typeof number === "number" && Number.isFinite(number) ? number : undefined;
  }

  /** Yes or no, also where it was sent as text. */
  flag(key: string): boolean | undefined {
    const value = this.#values.get(key);
    if (value === true || value === "true") return true;
    return value === false || value === "false" ? false : undefined;
  }

  /** A value that may be JSON in a text, so that equal values are equal however they were sent. */
  parsed(key: string): unknown {
    return parsedOf(this.#values.get(key));
  }
}

/** JSON in a text as what it says; any other value as it is. */
export function parsedOf(value: unknown): unknown {
  if (typeof value !== "string" || !/^\s*[[{"]/.test(value)) return value;
  return plainOfText(value);
}

/** An `AnyValue` message as a plain value; null where it is empty. */
export function plainValue(any: unknown, depth = 0): Value {
  if (!isObject(any) || depth > MAX_DEPTH) return null;
  const { stringValue, intValue, doubleValue, boolValue, arrayValue, kvlistValue } = any;
  if (typeof stringValue === "string") return stringValue;
  if (typeof boolValue === "boolean") return boolValue;
  if (intValue !== undefined && intValue !== null) return Number(String(intValue));
  if (doubleValue !== undefined && doubleValue !== null) return Number(doubleValue);
  if (isObject(arrayValue)) {
    return listOf(arrayValue.values).map((value) => plainValue(value, depth + 1));
  }
  if (isObject(kvlistValue)) {
    const entries = messagesOf(kvlistValue.values);
    return Object.fromEntries(
      entries.map(({ key, value }) => [String(key), plainValue(value, depth + 1)]),
    );
  }
  return null;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The messages of a list; what is none is left out. */
export function messagesOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return listOf(value).filter(isObject);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
