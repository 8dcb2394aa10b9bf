import { types } from "node:util";
import type { SessionKeys } from "./digest.ts";
import { ACCESSOR, readOwn } from "./walk/data-property.ts";

const MAX_KEYS = 32;
/** An object with more keys than this is not sorted: it is only counted. */
const MAX_SORTED_KEYS = 1_024;

/**
 * The build of a call's arguments without their names and values, at most a few hundred characters.
 *
 * `3{1a2b:s5,9c0d:o2{77e1:n1,f00d:b0}}`: three keys, each as 4 hex of its keyed tag with the kind of
 * its value (s string, n number, b boolean, z null, a array, o object, x anything else) and the bit
 * length of its size: characters, digits, items, keys. Keys stand in their canonical order; the
 * first 32 are kept, to depth 2.
 */
export function signatureOf(value: unknown, keys: SessionKeys): string {
  const budget = { keys: MAX_KEYS };
  const kept = membersOf(value, 2, budget, keys);
  return kept === undefined ? kindAndSize(value) : `${ownKeys(value).length}${kept}`;
}

function membersOf(
  value: unknown,
  depth: number,
  budget: { keys: number },
  keys: SessionKeys,
): string | undefined {
  if (depth === 0 || kindOf(value) !== "o") return undefined;
  const names = ownKeys(value);
  const members: string[] = [];
  if (names.length <= MAX_SORTED_KEYS) {
    for (const name of names.sort()) {
      if (budget.keys === 0) break;
      budget.keys -= 1;
      // kindOf has established that this is an object.
      const member = readOwn(value as object, name);
      const inner = membersOf(member, depth - 1, budget, keys) ?? "";
      members.push(`${keys.tag(name).slice(2, 6)}:${kindAndSize(member)}${inner}`);
    }
  }
  return `{${members.join(",")}}`;
}

function kindAndSize(value: unknown): string {
  return `${kindOf(value)}${bitLength(sizeOf(value))}`;
}

function kindOf(value: unknown): string {
  switch (typeof value) {
    case "string":
      return "s";
    case "number":
    case "bigint":
      return "n";
    case "boolean":
      return "b";
    case "object":
      return kindOfObject(value);
    default:
      return "x";
  }
}

function kindOfObject(value: object | null): string {
  if (value === null) return "z";
  if (types.isProxy(value)) return "x";
  return Array.isArray(value) ? "a" : "o";
}

function sizeOf(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value === "number") return `${value}`.length;
  if (typeof value !== "object" || value === null || types.isProxy(value)) return 0;
  return Array.isArray(value) ? value.length : ownKeys(value).length;
}

function ownKeys(value: unknown): string[] {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return [];
  return Object.keys(value).filter((key) => {
    const member = readOwn(value, key);
    return member !== undefined && typeof member !== "function" && member !== ACCESSOR;
  });
}

function bitLength(size: number): number {
  return 32 - Math.clz32(size);
}
