/** Reads fields of parsed JSON that a foreign server wrote: whatever is not there is undefined. */
export type JsonObject = Readonly<Record<string, unknown>>;

const NOTHING: JsonObject = Object.freeze({});

/** The value as an object; an empty one when it is none. */
export function objectOf(value: unknown): JsonObject {
  // True for every object; arrays have no fields that are asked for here.
  return typeof value === "object" && value !== null ? (value as JsonObject) : NOTHING;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function countOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
