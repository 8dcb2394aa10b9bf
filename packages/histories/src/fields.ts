/** Members of JSON that somebody else wrote: each is checked where it is used. */
import { plainOfText } from "@caum/core/adapter";

/** An object of JSON of which nothing else is known. */
export interface Fields {
  readonly [name: string]: unknown;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object under a name, or one without members. */
export function fieldsIn(fields: Fields, name: string): Fields {
  const value = fields[name];
  return isFields(value) ? value : {};
}

/** The objects of a list; nothing where there is none. */
export function listIn(fields: Fields, name: string): readonly Fields[] {
  return objectsOf(fields[name]);
}

/** The objects in a value that may be a list; nothing where it is none. */
export function objectsOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

/** The first of these members that is text and not empty. */
export function textIn(fields: Fields, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = fields[name];
    if (typeof value === "string" && value !== "") return value;
  }
  return undefined;
}

/** The first of these members that is a number from 0 on. */
export function countIn(fields: Fields, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = fields[name];
    if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
  }
  return undefined;
}

/** Seconds, beyond which a number is taken for milliseconds: the year 5138. */
const SECONDS = 1e11;

const WITHOUT_ZONE = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?$/;

/** A moment in milliseconds since 1970, from text or a number; undefined where it is none. */
export function momentIn(fields: Fields, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = fields[name];
    if (typeof value === "string") {
      const atMs = Date.parse(value);
      if (Number.isFinite(atMs)) return atMs;
    }
    if (typeof value === "number" && value > 0) return value < SECONDS ? value * 1_000 : value;
  }
  return undefined;
}

/** A moment whose text may lack the zone: then it is UTC. */
export function utcMomentIn(fields: Fields, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const text = fields[name];
    if (typeof text !== "string" || !WITHOUT_ZONE.test(text)) continue;
    const atMs = Date.parse(`${text.replace(" ", "T")}Z`);
    if (Number.isFinite(atMs)) return atMs;
  }
  return momentIn(fields, ...names);
}

/** Text as the JSON it holds; the text itself where it holds none. */
export const parsedText = plainOfText;

/** A sum of what is known; undefined where nothing is. */
export function sumOf(...counts: readonly (number | undefined)[]): number | undefined {
  const known = counts.filter((count) => count !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, count) => sum + count, 0);
}
