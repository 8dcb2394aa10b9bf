import { types } from "node:util";
import type { SessionKeys } from "../keys/session-keys.ts";
import { readOwn } from "../walk/data-property.ts";
import { isCutOff, isRenewed } from "./renewed.ts";

const MAX_KEYS = 32;
const MAX_DEPTH = 2;
/** An object with more keys than this is not sorted: only its size is told. */
const MAX_SORTED_KEYS = 1_024;
const TAG_PREFIX = "x-".length;
const TAG_HEX = 4;

/**
 * The build of a call's arguments without their names and values, at most a few hundred characters.
 *
 * `2{1a2b:s5,9c0d:o2{77e1:n1,f00d:b0}}`: two keys, each as 4 hex of its keyed tag with the kind of
 * its value (s string, n number, b boolean, z null, a array, o object, v a value that is another one
 * at each try, x anything else) and the bit length of its size: characters, digits, items or keys.
 * Keys come in their canonical order; the first 32 are kept, to depth 2. Alone, c is text of an object
 * that breaks off.
 */
export function signatureOf(value: unknown, keys: SessionKeys): string {
  try {
    return new SignatureWriter(keys).write(value);
  } catch {
    // A module namespace throws for a binding that is not ready yet.
    return "x0";
  }
}

const SIGNATURE = /^(?:[snbzaoxc]\d{1,2}|\d{1,10}\{[0-9a-fsnzoxv:,{}]*\})$/;

/** Whether a text is built like what {@link signatureOf} writes. */
export function isSignature(text: string): boolean {
  return SIGNATURE.test(text);
}

class SignatureWriter {
  readonly #keys: SessionKeys;
  #keysLeft = MAX_KEYS;

  constructor(keys: SessionKeys) {
    this.#keys = keys;
  }

  write(value: unknown): string {
    if (typeof value === "string" && isCutOff(value)) return `c${bitLength(value.length)}`;
    if (!isObject(value)) return kindAndSize(value);
    const names = Object.keys(value);
    return `${names.length}${this.#members(value, names, MAX_DEPTH)}`;
  }

  #members(source: object, names: string[], depth: number): string {
    if (names.length > MAX_SORTED_KEYS) return "{}";
    let text = "";
    for (const name of names.sort()) {
      if (this.#keysLeft === 0) break;
      this.#keysLeft -= 1;
      const tag = this.#keys.tag(name).slice(TAG_PREFIX, TAG_PREFIX + TAG_HEX);
      const value = readOwn(source, name);
      const kind = isRenewed(name, value) ? renewedAndSize(value) : this.#member(value, depth - 1);
      text += `${text === "" ? "" : ","}${tag}:${kind}`;
    }
    return `{${text}}`;
  }

  #member(value: unknown, depth: number): string {
    if (depth === 0 || !isObject(value)) return kindAndSize(value);
    const names = Object.keys(value);
    return `o${bitLength(names.length)}${this.#members(value, names, depth)}`;
  }
}

/** An object of fields: neither a list nor bytes, whose keys would be their places. */
function isObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null || types.isProxy(value)) return false;
  return !Array.isArray(value) && !ArrayBuffer.isView(value) && !types.isStringObject(value);
}

function kindAndSize(value: unknown): string {
  switch (typeof value) {
    case "string":
      return `s${bitLength(value.length)}`;
    case "number":
      return `n${bitLength(`${value}`.length)}`;
    case "bigint":
      return "n0";
    case "boolean":
      return "b0";
    case "object":
      return kindAndSizeOfObject(value);
    default:
      return "x0";
  }
}

function renewedAndSize(value: unknown): string {
  return `v${bitLength(`${value}`.length)}`;
}

function kindAndSizeOfObject(value: object | null): string {
  if (value === null) return "z0";
  if (types.isProxy(value)) return "x0";
  if (Array.isArray(value)) return `a${bitLength(value.length)}`;
  return isObject(value) ? `o${bitLength(Object.keys(value).length)}` : "x0";
}

function bitLength(size: number): number {
  return 32 - Math.clz32(size);
}
