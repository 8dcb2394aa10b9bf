import { createHash } from "node:crypto";
import { types } from "node:util";

/**
 * What is known of a built-in object that is more than its own properties.
 *
 * All of it is read through functions taken from the built-ins at load time, so that no method or
 * getter of a subclass is called.
 */
export type Exotic =
  | { readonly kind: "primitive"; readonly value: unknown }
  | { readonly kind: "marker"; readonly text: string }
  | { readonly kind: "bytes"; readonly view: Uint8Array }
  | { readonly kind: "items"; readonly items: readonly unknown[]; readonly size: number }
  | { readonly kind: "entries"; readonly entries: Entries; readonly size: number }
  | { readonly kind: "error" };

export type Entries = readonly (readonly [unknown, unknown])[];

/** A getter or method of a built-in, taken from its prototype; it throws on any other object. */
type Taken<T> = () => T;

function getterOf<T>(prototype: object, name: string): Taken<T> {
  return Object.getOwnPropertyDescriptor(prototype, name)?.get ?? missing;
}

function missing(): never {
  throw new TypeError("this runtime has no such getter");
}

function callOn<T>(self: unknown, taken: Taken<T>): T {
  return Reflect.apply(taken, self, []);
}

const TYPED_ARRAY: object = Object.getPrototypeOf(Uint8Array.prototype);
const typedArrayBuffer = getterOf<ArrayBufferLike>(TYPED_ARRAY, "buffer");
const typedArrayOffset = getterOf<number>(TYPED_ARRAY, "byteOffset");
const typedArrayLength = getterOf<number>(TYPED_ARRAY, "byteLength");
const viewBuffer = getterOf<ArrayBufferLike>(DataView.prototype, "buffer");
const viewOffset = getterOf<number>(DataView.prototype, "byteOffset");
const viewLength = getterOf<number>(DataView.prototype, "byteLength");
const mapSize = getterOf<number>(Map.prototype, "size");
const mapEntries: Taken<unknown> = Map.prototype.entries;
const nextEntry: Taken<IteratorResult<readonly [unknown, unknown]>> = Object.getPrototypeOf(
  new Map().entries(),
).next;
const setSize = getterOf<number>(Set.prototype, "size");
const setValues: Taken<unknown> = Set.prototype.values;
const nextItem: Taken<IteratorResult<unknown>> = Object.getPrototypeOf(new Set().values()).next;
const dateTime: Taken<number> = Date.prototype.getTime;
const dateText: Taken<string> = Date.prototype.toISOString;
const urlText = getterOf<string>(URL.prototype, "href");

/** Reads a built-in object; undefined for one that is only its own properties. */
export function exoticOf(value: object, maxItems: number): Exotic | undefined {
  if (types.isDate(value)) return { kind: "primitive", value: textOfDate(value) };
  if (types.isNativeError(value)) return { kind: "error" };
  if (types.isMap(value)) {
    const entries = take(callOn(value, mapEntries), nextEntry, maxItems);
    return { kind: "entries", entries, size: callOn(value, mapSize) };
  }
  if (types.isSet(value)) {
    const items = take(callOn(value, setValues), nextItem, maxItems);
    return { kind: "items", items, size: callOn(value, setSize) };
  }
  if (types.isTypedArray(value)) {
    return bytesIn(value, typedArrayBuffer, typedArrayOffset, typedArrayLength);
  }
  if (types.isDataView(value)) return bytesIn(value, viewBuffer, viewOffset, viewLength);
  if (types.isAnyArrayBuffer(value)) return { kind: "bytes", view: new Uint8Array(value) };
  return rarelySeen(value);
}

function rarelySeen(value: object): Exotic | undefined {
  if (types.isBoxedPrimitive(value)) return { kind: "primitive", value: unboxed(value) };
  if (types.isRegExp(value)) return { kind: "marker", text: "<regexp>" };
  if (types.isPromise(value)) return { kind: "marker", text: "<promise>" };
  if (Object.getPrototypeOf(value) !== URL.prototype) return undefined;
  return { kind: "primitive", value: callOn(value, urlText) };
}

function take<T>(
  iterator: unknown,
  next: Taken<IteratorResult<T>>,
  maxItems: number,
): readonly T[] {
  const items: T[] = [];
  while (items.length < maxItems) {
    const step = callOn(iterator, next);
    if (step.done === true) break;
    items.push(step.value);
  }
  return items;
}

function textOfDate(value: Date): string | null {
  return Number.isNaN(callOn(value, dateTime)) ? null : callOn(value, dateText);
}

function unboxed(value: object): unknown {
  if (types.isStringObject(value)) return callOn(value, String.prototype.valueOf);
  if (types.isNumberObject(value)) return callOn(value, Number.prototype.valueOf);
  if (types.isBooleanObject(value)) return callOn(value, Boolean.prototype.valueOf);
  if (types.isBigIntObject(value)) return callOn(value, BigInt.prototype.valueOf);
  return undefined;
}

/** The bytes behind a view, without copying them. */
function bytesIn(
  value: object,
  buffer: Taken<ArrayBufferLike>,
  offset: Taken<number>,
  length: Taken<number>,
): Exotic {
  const view = new Uint8Array(callOn(value, buffer), callOn(value, offset), callOn(value, length));
  return { kind: "bytes", view };
}

/** Length and short digest of bytes, of which at most `maxBytes` are read. */
export function bytesMarker(view: Uint8Array, maxBytes: number): string {
  const head = view.subarray(0, maxBytes);
  const digest = createHash("sha256").update(head).digest("hex").slice(0, 32);
  return `<bytes ${view.byteLength} ${digest}>`;
}
