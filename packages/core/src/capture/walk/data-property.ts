import { types } from "node:util";

/** Stands for a property that only a getter could answer; it is never asked. */
export const ACCESSOR: unique symbol = Symbol("accessor");

/** Reads an own property without running code of the host: no getter, no Proxy trap. */
export function readOwn(source: object, key: string | number): unknown {
  const descriptor = Object.getOwnPropertyDescriptor(source, key);
  if (descriptor === undefined) return undefined;
  return Object.hasOwn(descriptor, "value") ? descriptor.value : ACCESSOR;
}

/** As `readOwn`, for a value that may be anything at all; what cannot be read is undefined. */
export function readField(source: unknown, key: string | number): unknown {
  if (typeof source !== "object" || source === null || types.isProxy(source)) return undefined;
  try {
    const value = readOwn(source, key);
    return value === ACCESSOR ? undefined : value;
  } catch {
    // A module namespace throws for a binding that is not ready yet.
    return undefined;
  }
}

/** As `readField`, looking through the prototypes too, at most `depth` of them. */
export function readInherited(source: object, key: string, depth = 8): unknown {
  let holder: object | null = source;
  for (let level = 0; holder !== null && level < depth && !types.isProxy(holder); level++) {
    const value = readOwn(holder, key);
    if (value !== undefined) return value === ACCESSOR ? undefined : value;
    holder = prototypeOf(holder);
  }
  return undefined;
}

/** The prototype of an object that is no Proxy, with its type. */
export function prototypeOf(value: object): object | null {
  return Object.getPrototypeOf(value);
}
