import { expect, test } from "vitest";
import { canonicalJson } from "../../src/evidence/line/jcs.ts";
import { sha256 } from "../../src/evidence/tree/leaf.ts";
import numbers from "./fixtures/jcs-numbers.json" with { type: "json" };
import pairs from "./fixtures/jcs-pairs.json" with { type: "json" };
import rejected from "./fixtures/jcs-reject.json" with { type: "json" };
import upstream from "./fixtures/upstream-jcs.json" with { type: "json" };

const canonical = (json: string) => canonicalJson(JSON.parse(json), { floats: true });
const utf8 = (hex: string) =>
  new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(hex, "hex"));

test.each(upstream.pairs)("the pair $name of the JCS project", ({ inputHex, expectedHex }) => {
  expect(Buffer.from(canonical(utf8(inputHex))).toString("hex")).toBe(expectedHex);
});

test.each(pairs)("$name", ({ inputHex, expected, sha256: digest }) => {
  const text = canonical(utf8(inputHex));
  expect(text).toBe(expected);
  expect(sha256(text)).toBe(digest);
});

test("numbers are written as ECMAScript writes them", () => {
  for (const { ieee, expected } of numbers) {
    const value = Buffer.from(ieee, "hex").readDoubleBE();
    expect(canonicalJson(value, { floats: true })).toBe(expected);
  }
});

test.each(rejected)(
  "$name is refused or not its own canonical form",
  ({ inputHex, level, canonicalHex }) => {
    let text: string | undefined;
    try {
      text = canonical(utf8(inputHex));
    } catch {
      text = undefined;
    }
    const input = Buffer.from(inputHex, "hex").toString("utf8");
    expect(text).not.toBe(input);
    if (level === "noncanonical")
      expect(Buffer.from(text ?? "").toString("hex")).toBe(canonicalHex);
  },
);

const accessor = Object.defineProperty({}, "a", { get: () => 1, enumerable: true });
test.each([
  ["undefined", { a: undefined }],
  ["a function", { a: () => 1 }],
  ["a hole", new Array(2)],
  ["a bigint", 1n],
  ["a symbol key", { [Symbol("a")]: 1 }],
  ["an accessor", accessor],
  ["a Date", new Date(0)],
  ["a Map", new Map()],
  ["a lone surrogate", "\udc00"],
  ["a lone surrogate in a key", { "\ud800": 1 }],
  ["a fraction", 1.5],
  ["an unsafe integer", 2 ** 53],
  ["NaN", Number.NaN],
])("%s has no canonical form in a record", (_what, value) => {
  expect(() => canonicalJson(value)).toThrow("has no canonical form");
});

test("a key named toJSON or __proto__ is a key like any other", () => {
  expect(canonicalJson(JSON.parse('{"toJSON":1,"__proto__":{"b":2},"a":3}'))).toBe(
    '{"__proto__":{"b":2},"a":3,"toJSON":1}',
  );
});
