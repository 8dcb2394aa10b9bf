/** What one field may contain, and which fields an object must and may have. */

import { isIdentifier } from "../../capture/identifier.ts";
import { toUtf8 } from "../rules/bytes.ts";

type Holds = (value: unknown) => boolean;

/** What a value may be. */
export interface Rule {
  readonly holds: Holds;
  /**
   * Source of a pattern for values in a canonical line of at most {@link MAX_TEXT_BYTES}. What it matches
   * holds and is canonical; what it leaves out (escapes, letters beyond ASCII, the longest numbers) may
   * hold as well.
   */
  readonly plain: string;
}

export interface FieldRule extends Rule {
  readonly required: boolean;
}

/** A rule for every field of a type; one that is left out does not compile. */
export type Table<T> = { readonly [K in keyof Required<T>]: FieldRule };

export const MAX_TEXT_BYTES = 2_048;
/** Controls, and surrogates that are not half of a pair. */
const UNFIT = /\p{Cc}|\p{Surrogate}/u;
/**
 * Lower-case hex digits. Each is looked at twice, for one range at a time: of `[0-9a-f]` a processor guesses
 * wrong for every third digit, and that takes four times as long. They are written out, because V8 counts the
 * rounds of a repetition.
 */
const hex = (digits: number) => `(?=${"[^:-`]".repeat(digits)})${"[0-f]".repeat(digits)}`;
const UUID = `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`;
const TIMESTAMP =
  "\\d\\d\\d\\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d\\.\\d\\d\\dZ";
const LABEL = "[A-Za-z0-9][A-Za-z0-9_.:/@ -]{0,63}";
/** Printable ASCII that a JSON string holds as it is. */
const PLAIN_CHARACTER = "[ !#-[\\]-~]";
/** All of these are safe integers. */
const PLAIN_INTEGER = "(?:0|[1-9]\\d{0,14})";

/** A pattern whose texts need no escape. */
function matches(source: string): Rule {
  const whole = new RegExp(`^${source}$`);
  return {
    holds: (value) => typeof value === "string" && whole.test(value),
    plain: `"${source}"`,
  };
}

const isText: Holds = (value) =>
  typeof value === "string" &&
  value.length > 0 &&
  (value.length * 3 <= MAX_TEXT_BYTES || toUtf8(value).length <= MAX_TEXT_BYTES) &&
  !UNFIT.test(value);

/** @param values words that need no escape in JSON */
export const oneOf = (...values: readonly string[]): Rule => ({
  holds: (value) => values.includes(value as string), // what is no string is not among them
  plain: `"(?:${values.map((value) => value.replaceAll(".", "\\.")).join("|")})"`,
});

export const hash = matches(hex(64));
export const run = matches(hex(32));
export const uuid = matches(UUID);
export const timestamp = matches(TIMESTAMP);
export const label = matches(LABEL);
/** An id that somebody else chose: characters count, whatever bytes they take. */
export const identifier: Rule = {
  holds: (value) => typeof value === "string" && isIdentifier(value),
  plain: `"${PLAIN_CHARACTER}{1,255}"`,
};
export const text: Rule = { holds: isText, plain: `"${PLAIN_CHARACTER}+"` };
export const signedInteger: Rule = {
  holds: (value) => Number.isSafeInteger(value),
  plain: "(?:0|-?[1-9]\\d{0,14})",
};
export const integer: Rule = {
  holds: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  plain: PLAIN_INTEGER,
};
/** What has rules of its own: the pattern, which matches nothing, is to be replaced by theirs. */
export const object: Rule = {
  holds: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  plain: "(?!)",
};

export const must = (rule: Rule): FieldRule => ({ required: true, ...rule });
export const may = (rule: Rule): FieldRule => ({ required: false, ...rule });

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
