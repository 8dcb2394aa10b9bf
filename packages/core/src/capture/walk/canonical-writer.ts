import { types } from "node:util";
import { ByteSink, MAX_CANONICAL_BYTES } from "./byte-sink.ts";
import { ACCESSOR, prototypeOf, readInherited, readOwn } from "./data-property.ts";
import { bytesMarker, type Entries, type Exotic, exoticOf } from "./exotic.ts";

/** Nesting that is followed; deeper values are cut, as a marker. */
const MAX_DEPTH = 64;

/** Values visited in one walk, so that a value of many small parts costs no more than a long one. */
const MAX_VALUES = 8_192;

/** Bigger integers stand as their low 64 bits: writing all digits takes more than linear time. */
const MAX_BIGINT = 2n ** 1024n;

/** Up to this many keys are sorted by insertion; the engine's sort takes memory each time. */
const FEW_KEYS = 16;

/** First byte of a text that stands alone; it begins no JSON and occurs in no UTF-8. */
const TEXT = 0xc0;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

export interface CanonicalForm {
  /** A view into a buffer that the next walk overwrites. */
  readonly bytes: Uint8Array;
  /** Bytes of content: of a text its UTF-8 alone; nothing and null are 0. */
  readonly size: number;
  /** The bytes do not cover the whole value. */
  readonly truncated: boolean;
}

/** Walks one value after the other into the same buffer. */
export class CanonicalWriter {
  readonly #sink = new ByteSink();
  readonly #ancestors: object[] = [];
  #valuesLeft = 0;
  #hashableBytes = 0;
  #isPartial = false;
  #cutSize = 0;

  write(value: unknown): CanonicalForm {
    this.#sink.clear();
    this.#ancestors.length = 0;
    this.#valuesLeft = MAX_VALUES;
    this.#hashableBytes = MAX_CANONICAL_BYTES;
    this.#isPartial = false;
    this.#cutSize = 0;
    const sink = this.#sink;
    if (typeof value === "string") {
      sink.byte(TEXT);
      sink.text(value);
      this.#cutSize = value.length;
    } else if (value !== undefined) {
      this.#value(value);
    }
    const truncated = this.#isPartial || sink.isFull;
    return {
      bytes: truncated ? sink.cutView(this.#cutSize) : sink.view(),
      size: sizeOfContent(value, Math.min(sink.length, MAX_CANONICAL_BYTES)),
      truncated,
    };
  }

  copy(head: Uint8Array, byteLength: number): CanonicalForm {
    const sink = this.#sink;
    sink.clear();
    sink.byte(TEXT);
    sink.copy(head);
    const truncated = sink.isFull || head.length < byteLength;
    return {
      bytes: truncated ? sink.cutView(byteLength) : sink.view(),
      size: byteLength,
      truncated,
    };
  }

  #value(value: unknown): void {
    switch (typeof value) {
      case "string":
        this.#sink.string(value);
        if (this.#sink.isFull && this.#cutSize === 0) this.#cutSize = value.length;
        return;
      case "number":
        this.#sink.ascii(Number.isFinite(value) ? `${value}` : "null");
        return;
      case "boolean":
        this.#sink.ascii(value ? "true" : "false");
        return;
      case "bigint":
        this.#sink.ascii(textOfBigint(value));
        return;
      case "object":
        if (value === null) this.#sink.ascii("null");
        else this.#object(value);
        return;
      default:
        this.#sink.ascii(value === ACCESSOR ? "<accessor>" : "null");
    }
  }

  /** Whether the walk may go on; counts one value. */
  #goesOn(size: number): boolean {
    if (this.#valuesLeft > 0 && !this.#sink.isFull) {
      this.#valuesLeft -= 1;
      return true;
    }
    if (this.#cutSize === 0) this.#cutSize = size;
    this.#isPartial = true;
    return false;
  }

  #marker(text: string): void {
    this.#isPartial ||= text !== "<circular>";
    this.#sink.ascii(text);
  }

  /** Why an object is not entered. */
  #obstacle(value: object): string | undefined {
    if (types.isProxy(value)) return "<proxy>";
    if (this.#ancestors.includes(value)) return "<circular>";
    return this.#ancestors.length < MAX_DEPTH ? undefined : "<deep>";
  }

  #object(value: object): void {
    const obstacle = this.#obstacle(value);
    if (obstacle !== undefined) {
      this.#marker(obstacle);
      return;
    }
    this.#ancestors.push(value);
    try {
      this.#contents(value);
    } catch {
      // A module namespace whose bindings are not ready yet throws where no other object can.
      this.#marker("<unreadable>");
    }
    this.#ancestors.pop();
  }

  #contents(value: object): void {
    if (Array.isArray(value)) {
      this.#array(value, value.length);
      return;
    }
    const isPlain = hasPlainPrototype(value);
    const exotic = isPlain ? undefined : exoticOf(value, MAX_VALUES);
    if (exotic !== undefined) {
      this.#exotic(value, exotic);
      return;
    }
    const keys = Object.keys(value);
    if (isPlain || keys.length > 0) this.#fields(value, keys, readOwn);
    else this.#marker("<opaque>");
  }

  #exotic(value: object, exotic: Exotic): void {
    switch (exotic.kind) {
      case "primitive":
        this.#value(exotic.value);
        break;
      case "marker":
        this.#marker(exotic.text);
        break;
      case "bytes":
        this.#bytes(exotic.view);
        break;
      case "items":
        this.#array(exotic.items, exotic.size);
        break;
      case "entries":
        this.#entries(exotic.entries, exotic.size);
        break;
      case "error":
        this.#fields(
          value,
          [...new Set([...Object.keys(value), "message", "name"])],
          readInherited,
        );
    }
  }

  #bytes(view: Uint8Array): void {
    const hashed = Math.min(this.#hashableBytes, view.byteLength);
    this.#hashableBytes -= hashed;
    if (hashed < view.byteLength) this.#isPartial = true;
    this.#sink.ascii(bytesMarker(view, hashed));
  }

  #array(items: readonly unknown[], size: number): void {
    const sink = this.#sink;
    sink.byte(OPEN_ARRAY);
    for (let index = 0; index < size; index++) {
      if (!this.#goesOn(size)) return;
      if (index > 0) sink.byte(COMMA);
      this.#value(readOwn(items, index));
    }
    sink.byte(CLOSE_ARRAY);
  }

  /** A map with text keys is an object; any other is a list of pairs in its own order. */
  #entries(entries: Entries, size: number): void {
    if (!entries.every(([key]) => typeof key === "string")) {
      this.#array(entries, size);
      return;
    }
    const sorted = [...entries].sort(([left], [right]) => (String(left) < String(right) ? -1 : 1));
    this.#sink.byte(OPEN_OBJECT);
    let isFirst = true;
    for (const [key, value] of sorted) {
      if (!this.#goesOn(size)) return;
      isFirst = this.#field(String(key), value, isFirst);
    }
    this.#sink.byte(CLOSE_OBJECT);
  }

  #fields(source: object, keys: string[], read: (source: object, key: string) => unknown): void {
    const sink = this.#sink;
    sink.byte(OPEN_OBJECT);
    // Sorting more keys than can be written would cost time without bound: only their count stays.
    if (keys.length <= MAX_VALUES) {
      sortKeys(keys);
      let isFirst = true;
      for (const key of keys) {
        if (!this.#goesOn(keys.length)) return;
        isFirst = this.#field(key, read(source, key), isFirst);
      }
    } else {
      this.#valuesLeft = 0;
      this.#goesOn(keys.length);
    }
    sink.byte(CLOSE_OBJECT);
  }

  /** Writes one member, unless JSON would leave it out; tells whether the next is still the first. */
  #field(key: string, value: unknown, isFirst: boolean): boolean {
    const kind = typeof value;
    if (kind === "undefined" || kind === "function") return isFirst;
    if (kind === "symbol" && value !== ACCESSOR) return isFirst;
    if (!isFirst) this.#sink.byte(COMMA);
    this.#sink.string(key);
    this.#sink.byte(COLON);
    this.#value(value);
    return false;
  }
}

/** Whether an object was made by a literal or without a prototype, here or in another realm. */
function hasPlainPrototype(value: object): boolean {
  const prototype = prototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  return !types.isProxy(prototype) && Object.getPrototypeOf(prototype) === null;
}

/** Sorts by UTF-16 code units, in place. */
function sortKeys(keys: string[]): void {
  if (keys.length > FEW_KEYS) {
    keys.sort();
    return;
  }
  for (let index = 1; index < keys.length; index++) {
    const key = keys[index] ?? "";
    let at = index;
    for (; at > 0 && (keys[at - 1] ?? "") > key; at--) keys[at] = keys[at - 1] ?? "";
    keys[at] = key;
  }
}

function textOfBigint(value: bigint): string {
  if (value < MAX_BIGINT && value > -MAX_BIGINT) return `${value}`;
  return `<bigint ${BigInt.asUintN(64, value)}>`;
}

function sizeOfContent(value: unknown, written: number): number {
  if (typeof value === "string") return written - 1;
  return value === null ? 0 : written;
}
