/** What one field may contain, and which fields an object must and may have. */

import { isIdentifier } from "../../capture/identifier.ts";
import { toUtf8 } from "../rules/bytes.ts";

type Holds = (value: unknown) => boolean;

export interface FieldRule {
  readonly required: boolean;
  readonly holds: Holds;
}

/** A rule for every field of a type; one that is left out does not compile. */
export type Table<T> = { readonly [K in keyof Required<T>]: FieldRule };

const MAX_TEXT_BYTES = 2_048;
/** Controls, and surrogates that are not half of a pair. */
const UNFIT = /\p{Cc}|\p{Surrogate}/u;
const HEX_64 = /^[0-9a-f]{64}$/;
const HEX_32 = /^[0-9a-f]{32}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const TIMESTAMP =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
const LABEL = /^[A-Za-z0-9][A-Za-z0-9_.:/@ -]{0,63}$/;

const matches =
  (pattern: RegExp): Holds =>
  (value) =>
    typeof value === "string" && pattern.test(value);
const upTo =
  (bytes: number): Holds =>
  (value) =>
    typeof value === "string" &&
    value.length > 0 &&
    (value.length * 3 <= bytes || toUtf8(value).length <= bytes) &&
    !UNFIT.test(value);
export const oneOf =
  (...values: readonly string[]): Holds =>
  (value) =>
    values.includes(value as string);

export const hash = matches(HEX_64);
export const run = matches(HEX_32);
export const uuid = matches(UUID);
export const timestamp = matches(TIMESTAMP);
export const label = matches(LABEL);
/** An id that somebody else chose: characters count, whatever bytes they take. */
export const identifier: Holds = (value) => typeof value === "string" && isIdentifier(value);
export const text = upTo(MAX_TEXT_BYTES);
export const signedInteger: Holds = (value) => Number.isSafeInteger(value);
export const integer: Holds = (value) => Number.isSafeInteger(value) && (value as number) >= 0;

export const must = (holds: Holds): FieldRule => ({ required: true, holds });
export const may = (holds: Holds): FieldRule => ({ required: false, holds });

/** Rules for the fields of one object, ready to be applied. */
export interface FieldRules {
  readonly rules: ReadonlyMap<string, FieldRule>;
  readonly required: readonly string[];
}

export function fieldRules(table: Readonly<Record<string, FieldRule>>): FieldRules {
  const rules = new Map(Object.entries(table));
  return { rules, required: Object.keys(table).filter((name) => table[name]?.required) };
}

export type Fields = Readonly<Record<string, unknown>>;

/** The first field that is unknown, unfit or missing. */
export function faultIn(fields: Fields, { rules, required }: FieldRules): string | undefined {
  let found = 0;
  for (const name of Object.keys(fields)) {
    const rule = rules.get(name);
    if (rule === undefined || !rule.holds(fields[name])) return name;
    if (rule.required) found += 1;
  }
  if (found === required.length) return undefined;
  return required.find((name) => !Object.hasOwn(fields, name));
}
