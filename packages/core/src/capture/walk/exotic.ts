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

type Getter = (this: unknown) => unknown;

function getterOf(prototype: object, name: string): Getter {
  const getter = Object.getOwnPropertyDescriptor(prototype, name)?.get;
  return getter ?? (() => undefined);
}

const call = <T>(method: (this: never, ...values: never[]) => T, self: unknown): T =>
  Reflect.apply(method, self, []) as T;

const TYPED_ARRAY = Object.getPrototypeOf(Uint8Array.prototype) as object;
const typedArrayBuffer = getterOf(TYPED_ARRAY, "buffer");
const typedArrayOffset = getterOf(TYPED_ARRAY, "byteOffset");
const typedArrayLength = getterOf(TYPED_ARRAY, "byteLength");
const viewBuffer = getterOf(DataView.prototype, "buffer");
const viewOffset = getterOf(DataView.prototype, "byteOffset");
const viewLength = getterOf(DataView.prototype, "byteLength");
const mapSize = getterOf(Map.prototype, "size");
const mapEntries = Map.prototype.entries;
const setSize = getterOf(Set.prototype, "size");
const setValues = Set.prototype.values;
const nextEntry = Object.getPrototypeOf(new Map().entries()).next as () => IteratorResult<unknown>;
const nextItem = Object.getPrototypeOf(new Set().values()).next as () => IteratorResult<unknown>;
const dateTime = Date.prototype.getTime;
const dateText = Date.prototype.toISOString;
const urlText = getterOf(URL.prototype, "href");

/** Reads a built-in object; undefined for one that is only its own properties. */
export function exoticOf(value: object, maxItems: number): Exotic | undefined {
  if (types.isDate(value)) return { kind: "primitive", value: textOfDate(value) };
  if (types.isNativeError(value)) return { kind: "error" };
  if (types.isMap(value)) {
    const entries = take(call(mapEntries, value), nextEntry, maxItems) as Entries;
    return { kind: "entries", entries, size: Number(call(mapSize, value)) };
  }
  if (types.isSet(value)) {
    const items = take(call(setValues, value), nextItem, maxItems);
    return { kind: "items", items, size: Number(call(setSize, value)) };
  }
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) {
    return { kind: "bytes", view: bytesOf(value) };
  }
  return rarelySeen(value);
}

function rarelySeen(value: object): Exotic | undefined {
  if (types.isBoxedPrimitive(value)) return { kind: "primitive", value: unboxed(value) };
  if (types.isRegExp(value)) return { kind: "marker", text: "<regexp>" };
  if (types.isPromise(value)) return { kind: "marker", text: "<promise>" };
  if (Object.getPrototypeOf(value) === URL.prototype) return textOfUrl(value);
  return undefined;
}

function take(
  iterator: unknown,
  next: () => IteratorResult<unknown>,
  maxItems: number,
): readonly unknown[] {
  const items: unknown[] = [];
  while (items.length < maxItems) {
    const step = call(next, iterator);
    if (step.done === true) break;
    items.push(step.value);
  }
  return items;
}

function textOfDate(value: Date): string | null {
  return Number.isNaN(call(dateTime, value)) ? null : call(dateText, value);
}

function textOfUrl(value: object): Exotic | undefined {
  const text = call(urlText, value);
  return typeof text === "string" ? { kind: "primitive", value: text } : undefined;
}

function unboxed(value: object): unknown {
  if (types.isStringObject(value)) return call(String.prototype.valueOf, value);
  if (types.isNumberObject(value)) return call(Number.prototype.valueOf, value);
  if (types.isBooleanObject(value)) return call(Boolean.prototype.valueOf, value);
  if (types.isBigIntObject(value)) return call(BigInt.prototype.valueOf, value);
  return undefined;
}

/** The bytes behind a view or a buffer, without copying them. */
function bytesOf(value: ArrayBufferView | ArrayBufferLike): Uint8Array {
  if (types.isTypedArray(value)) {
    const buffer = call(typedArrayBuffer, value) as ArrayBufferLike;
    const offset = Number(call(typedArrayOffset, value));
    return new Uint8Array(buffer, offset, Number(call(typedArrayLength, value)));
  }
  if (types.isDataView(value)) {
    const buffer = call(viewBuffer, value) as ArrayBufferLike;
    return new Uint8Array(buffer, Number(call(viewOffset, value)), Number(call(viewLength, value)));
  }
  return new Uint8Array(value as ArrayBufferLike);
}

/** Length and short digest of bytes, of which at most `maxBytes` are read. */
export function bytesMarker(view: Uint8Array, maxBytes: number): string {
  const head = view.subarray(0, maxBytes);
  const digest = createHash("sha256").update(head).digest("hex").slice(0, 32);
  return `<bytes ${view.byteLength} ${digest}>`;
}
