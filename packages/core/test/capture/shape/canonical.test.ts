import { toUSVString } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalize, canonicalizeText } from "../../../src/capture/shape/canonical.ts";
import { hostileValues } from "../hostile-values.ts";

/** The form of a value inside a list, so that a text is JSON too, without the brackets. */
function textOf(value: unknown): string {
  const text = Buffer.from(canonicalize([value]).bytes).toString("utf8");
  return text.slice(1).replace(/\](\ufffd\d+)?$/, "$1");
}

/** The same value with the keys of every object in reverse order. */
function withKeysReversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withKeysReversed);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, withKeysReversed(item)]);
  return Object.fromEntries(entries.reverse());
}

describe("the canonical form", () => {
  test("reads back as the value it was made from", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (json) => {
        expect(JSON.parse(textOf(JSON.parse(json)))).toEqual(JSON.parse(json));
      }),
    );
  });

  test("is the same whatever the order of the keys", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(textOf(withKeysReversed(value))).toBe(textOf(value));
      }),
    );
  });

  test("writes strings as JSON.stringify does, long or short", () => {
    const strings = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.string({
        unit: fc.constantFrom("\u0000", "\u001f", '"', "\\", "\n", "a", "\u20ac", "\ud83d\ude00"),
      }),
    );
    fc.assert(fc.property(strings, (text) => textOf(text) === JSON.stringify(text)));
  });

  test("sorts keys by UTF-16 code units", () => {
    const value = {
      "\u20ac": 1,
      "\r": 2,
      "\ufb33": 3,
      "1": 4,
      "\ud83d\ude00": 5,
      "\u0080": 6,
      "\u00f6": 7,
    };
    expect(textOf(value)).toBe(
      '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}',
    );
  });

  test.each([
    [-0, "0"],
    [1e21, "1e+21"],
    [1 / 3, "0.3333333333333333"],
    [Number.NaN, "null"],
    [Number.POSITIVE_INFINITY, "null"],
    [12n, "12"],
    [undefined, "null"],
    [null, "null"],
    [[undefined, () => 1, Symbol("s")], "[null,null,null]"],
    [{ a: undefined, b: () => 1, c: Symbol("s"), d: 1 }, '{"d":1}'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
    [new Date(Number.NaN), "null"],
    ["\ud800x", '"\ufffdx"'],
    [
      new Map([
        ["b", 1],
        ["a", 2],
      ]),
      '{"a":2,"b":1}',
    ],
    [new Map<unknown, unknown>([[1, "x"]]), '[[1,"x"]]'],
    [new Set([2, 1]), "[2,1]"],
    [new TypeError("no such tool"), '{"message":"no such tool","name":"TypeError"}'],
    [Object("text"), '"text"'],
    [new URL("http://localhost/a?b=1"), '"http://localhost/a?b=1"'],
    [JSON.parse('{"__proto__":1}'), '{"__proto__":1}'],
  ])("writes %o as %s", (value, expected) => {
    expect(textOf(value)).toBe(expected);
  });

  test("of a text that stands alone is its UTF-8 behind one byte", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        const { bytes, size } = canonicalize(text);
        expect(bytes[0]).toBe(0xc0);
        expect(Buffer.from(bytes.subarray(1)).toString("utf8")).toBe(toUSVString(text));
        expect(size).toBe(Buffer.byteLength(text));
        expect(canonicalizeText(Buffer.from(text), size)).toEqual(canonicalize(text));
      }),
    );
    expect(Buffer.from(canonicalize("\ud800x").bytes.subarray(1)).toString()).toBe("\ufffdx");
  });

  test("of nothing is no bytes, and a text differs from the value it is the JSON of", () => {
    expect(canonicalize(undefined).bytes).toHaveLength(0);
    for (const value of [null, 1, true, [1], { a: 1 }]) {
      const form = Buffer.from(canonicalize(value).bytes);
      expect(form.equals(canonicalize(JSON.stringify(value)).bytes)).toBe(false);
    }
  });

  test("tells bytes by length and content, whatever kind of view they are in", () => {
    const bytes = Buffer.from("some bytes");
    expect(textOf(bytes)).toMatch(/^<bytes 10 [0-9a-f]{32}>$/);
    expect(textOf(new Uint8Array(bytes))).toBe(textOf(bytes));
    expect(textOf(new DataView(bytes.buffer, bytes.byteOffset, bytes.length))).toBe(textOf(bytes));
    expect(textOf(Buffer.from("same count"))).not.toBe(textOf(bytes));
  });

  test("marks what it does not enter", () => {
    const circular: Record<string, unknown> = { a: 1 };
    circular.self = circular;
    expect(textOf(circular)).toBe('{"a":1,"self":<circular>}');
    expect(
      textOf({
        get a() {
          throw new Error("asked");
        },
      }),
    ).toBe('{"a":<accessor>}');
    expect(textOf([new Proxy({}, {})])).toMatch(/^\[<proxy>\]/);
    expect(canonicalize(new Proxy({}, {})).truncated).toBe(true);
    expect(canonicalize(new WeakMap()).truncated).toBe(true);
  });

  test("writes a shared object each time it is met", () => {
    const shared = { a: 1 };
    expect(textOf([shared, shared])).toBe('[{"a":1},{"a":1}]');
  });
});

describe("a walk", () => {
  test("never throws and never runs code of the host", () => {
    for (const [name, make] of Object.entries(hostileValues)) {
      const { value, calls } = make();
      const form = canonicalize(value);
      expect(form.bytes.length, name).toBeLessThanOrEqual(65_536 + 64);
      expect(calls(), name).toBe(0);
    }
  });

  test("never throws on anything, however built", () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
      withObjectString: true,
      withSparseArray: true,
      withTypedArray: true,
      withBoxedValues: true,
      withUnicodeString: true,
    });
    fc.assert(fc.property(anything, (value) => canonicalize(value).bytes.length <= 65_600));
  });

  test("stops at 64 KiB and says so", () => {
    const long = canonicalize("x".repeat(1_000_000));
    expect(long.truncated).toBe(true);
    expect(Buffer.from(long.bytes.subarray(65_536)).toString("latin1")).toBe("\u00f51000000");
    expect(canonicalize("x".repeat(65_535)).truncated).toBe(false);
    expect(canonicalize("x".repeat(65_536)).truncated).toBe(true);
    expect(canonicalize(["x".repeat(65_532)]).truncated).toBe(false);
    expect(canonicalize(["x".repeat(65_533)]).truncated).toBe(true);
    expect(canonicalize("\u20ac".repeat(65_536)).truncated).toBe(true);
    expect(canonicalize(["\n".repeat(33_000)]).truncated).toBe(true);
  });

  test("tells a growing text from one that stands still, beyond the limit too", () => {
    const head = "line of a log\n".repeat(10_000);
    expect(textOf(`${head}more`)).not.toBe(textOf(head));
    expect(textOf(Array.from({ length: 1_000_001 }, () => 1))).not.toBe(
      textOf(Array.from({ length: 1_000_000 }, () => 1)),
    );
  });

  test("stops at a depth and at a number of values", () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    expect(canonicalize(deep).truncated).toBe(true);
    expect(canonicalize(Array.from({ length: 9_000 }, () => ({}))).truncated).toBe(true);
    const keys = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`k${index}`, 1]));
    expect(canonicalize(keys).truncated).toBe(true);
  });

  test("leaves nothing of one value in the next", () => {
    canonicalize({ secret: "x".repeat(500) });
    expect(textOf("a")).toBe('"a"');
  });

  test("counts the content without the quotes of a text", () => {
    expect(canonicalize("").size).toBe(0);
    expect(canonicalize(null).size).toBe(0);
    expect(canonicalize(undefined).size).toBe(0);
    expect(canonicalize("\u20ac").size).toBe(3);
    expect(canonicalize([]).size).toBe(2);
  });
});
