/** Canonical JSON: what has none, in which words, and how deep it may nest. */
import { expect, test } from "vitest";
import { EvidenceError } from "../../../src/evidence/error.ts";
import { canonicalJson, quoteStrictly } from "../../../src/evidence/line/jcs.ts";
import { escaped } from "../../../src/evidence/line/members.ts";
import { readLine } from "../../../src/evidence/line/read-line.ts";
import { closedRun } from "../records.ts";

function told(value: unknown, options?: Parameters<typeof canonicalJson>[1]): string {
  try {
    return canonicalJson(value, options);
  } catch (error) {
    if (error instanceof EvidenceError && error.fault === "invalid_text") return error.message;
    throw error;
  }
}
const none = (what: string) => `${what} has no canonical form`;
const NUMBER = none("a number that is not a safe integer");
const HIDDEN = none("a hole, an accessor or a hidden property");
const PLAIN = none("an object that is not plain");
const LONE = none("a lone surrogate");
class Own {
  readonly a = 1;
}

test.each<[string, unknown, string]>([
  ["nothing", undefined, none("a value of type undefined")],
  ["a function", () => 1, none("a value of type function")],
  ["a bigint", 1n, none("a value of type bigint")],
  ["a symbol", Symbol("a"), none("a value of type symbol")],
  ["a fraction", 0.5, NUMBER],
  ["a number beyond 2^53 - 1", 2 ** 53, NUMBER],
  ["no number", Number.NaN, NUMBER],
  ["more than any number", Number.POSITIVE_INFINITY, NUMBER],
  ["a hole", new Array(1), HIDDEN],
  ["an accessor", Object.defineProperty({}, "a", { get: () => 1, enumerable: true }), HIDDEN],
  ["a hidden property", Object.defineProperty({}, "a", { value: 1, enumerable: false }), HIDDEN],
  [
    "an accessor in a list",
    Object.defineProperty([], "0", { get: () => 1, enumerable: true }),
    HIDDEN,
  ],
  ["a symbol for a key", { [Symbol("a")]: 1 }, none("a symbol key")],
  ["a date", new Date(0), PLAIN],
  ["an object of a class", new Own(), PLAIN],
  ["a map", new Map(), PLAIN],
  ["half a pair", "\ud83d", LONE],
  ["half a pair in a key", { "\ude00": 1 }, LONE],
  ["half a pair, turned round", "\ude00\ud83d", LONE],
  ["an undefined member", { a: undefined }, none("a value of type undefined")],
])("%s has no canonical form", (_what, value, why) => {
  expect(told(value)).toBe(why);
  expect(told([value])).toBe(why);
  expect(told({ a: value })).toBe(why);
});

test.each<[string, unknown, string]>([
  ["a list", [1, "a", null, true, false], '[1,"a",null,true,false]'],
  ["an empty list", [], "[]"],
  ["an empty object", {}, "{}"],
  ["an object without a prototype", Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
  ["minus zero", -0, "0"],
  ["the largest integer", 2 ** 53 - 1, "9007199254740991"],
  [
    "keys in the order of their code units",
    { b: 1, a: 2, "\u20ac": 3, "😀": 4, "\ufb33": 5 },
    '{"a":2,"b":1,"\u20ac":3,"😀":4,"\ufb33":5}',
  ],
  ["a pair", "😀", '"😀"'],
])("%s has one form", (_what, value, text) => {
  expect(told(value)).toBe(text);
});

test("fractions have a form only where they are asked for, and what is no number has none", () => {
  expect(told(0.5, { floats: true })).toBe("0.5");
  expect(told(1e21, { floats: true })).toBe("1e+21");
  expect(told(0.5, { floats: false })).toBe(NUMBER);
  expect(told(Number.NaN, { floats: true })).toBe(NUMBER);
  expect(told([{ a: 0.5 }], { floats: true })).toBe('[{"a":0.5}]');
});

test("64 levels have a form, and 65 have none", () => {
  const nested = (depth: number, isList: boolean): unknown =>
    depth === 0 ? 1 : isList ? [nested(depth - 1, isList)] : { a: nested(depth - 1, isList) };
  for (const isList of [true, false]) {
    expect(told(nested(64, isList))).toHaveLength(isList ? 129 : 64 * 6 + 1);
    expect(told(nested(65, isList))).toBe(none("nesting deeper than 64 levels"));
  }
});

test("the inside of a text is what JSON writes, whichever character of it is looked at", () => {
  const texts = [
    "",
    "plain",
    "a b~",
    '"',
    "\\",
    "\n",
    "\u001f",
    "\u0020",
    "\u007f",
    "é",
    "\ud7ff",
    "\ue000",
    "\uffff",
    "😀",
  ];
  for (const text of texts) {
    for (const whole of [text, `x${text}`, `${text}x`]) {
      expect(escaped(whole)).toBe(JSON.stringify(whole).slice(1, -1));
      expect(quoteStrictly(whole)).toBe(JSON.stringify(whole));
    }
  }
  for (const lone of ["\ud800", "a\udfff", "\udc00b"]) {
    expect(() => escaped(lone)).toThrow("a lone surrogate");
    expect(() => quoteStrictly(lone)).toThrow("a lone surrogate");
  }
});

test("a line that is no record says which field is wrong, and one that is not canonical names none", () => {
  const [, line = ""] = closedRun(1, 1);
  expect(readLine(line)).toEqual({ record: JSON.parse(line) });
  expect(readLine(` ${line}`)).toEqual({ fault: "not_canonical" });
  expect(readLine("{")).toEqual({ fault: "not_canonical" });
  expect(readLine("[]")).toEqual({ fault: "not_a_record", field: "record" });
  expect(readLine(line.replace('"seq":1', '"seq":0'))).toEqual({
    fault: "not_a_record",
    field: "payload.seq",
  });
});
