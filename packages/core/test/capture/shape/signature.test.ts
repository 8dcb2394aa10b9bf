import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { signatureOf } from "../../../src/capture/shape/signature.ts";
import { keysOf } from "../keys.ts";

const keys = keysOf("session");
const tag = (name: string) => keys.tag(name).slice(2, 6);

describe("the signature of arguments", () => {
  test("names kinds and sizes, keys only by a tag", () => {
    const value = {
      path: "/srv/app",
      limit: 50,
      deep: true,
      none: null,
      list: [1, 2, 3],
      at: { x: 1 },
    };
    const members = [
      `${tag("at")}:o1{${tag("x")}:n1}`,
      `${tag("deep")}:b0`,
      `${tag("limit")}:n2`,
      `${tag("list")}:a2`,
      `${tag("none")}:z0`,
      `${tag("path")}:s4`,
    ];
    expect(signatureOf(value, keys)).toBe(`6{${members.join(",")}}`);
  });

  test.each([
    ["text", "s3"],
    [12, "n2"],
    [12n, "n0"],
    [null, "z0"],
    [[1, 2], "a2"],
    [undefined, "x0"],
    [new Proxy({}, {}), "x0"],
    [{}, "0{}"],
    ['{"a": "b", "c', "c4"],
    ['{"a": "b"}', "s4"],
  ])("of %o is %s", (value, expected) => {
    expect(signatureOf(value, keys)).toBe(expected);
  });

  test.each([
    [{ nonce: "k3j9x2" }, "v3"],
    [{ attempt: 3 }, "v1"],
    [{ _ts: "2025-11-28T03:20:05.000Z" }, "v5"],
    [{ timestamp: 1_764_300_005_123 }, "v4"],
    [{ url: "https://example.com/events?_=1764300005123" }, "v6"],
    // A day, a full minute and a page were chosen by somebody.
    [{ timestamp: "2025-11-28" }, "s4"],
    [{ time: "2025-11-28T03:20:00Z" }, "s5"],
    [{ page: 3 }, "n1"],
    [{ url: "https://example.com/events?page=3" }, "s6"],
  ])("of %o says whether it is another one at each try", (value, kind) => {
    const [name = ""] = Object.keys(value);
    expect(signatureOf(value, keys)).toBe(`1{${tag(name)}:${kind}}`);
  });

  test("is the same for values of the same build, whatever the order of keys", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(signatureOf(reversed, keys)).toBe(signatureOf(value, keys));
      }),
    );
    expect(signatureOf({ a: "one", b: 2 }, keys)).toBe(signatureOf({ a: "two", b: 7 }, keys));
    expect(signatureOf({ a: "one" }, keys)).not.toBe(signatureOf({ b: "one" }, keys));
  });

  test("goes two levels deep and keeps 32 keys, so that it stays short", () => {
    expect(signatureOf({ a: { b: { c: 1 } } }, keys)).toBe(`1{${tag("a")}:o1{${tag("b")}:o1}}`);
    const wide = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`k${index}`, "x"]));
    const signature = signatureOf({ wide, more: wide }, keys);
    expect(signature.match(/:/g)).toHaveLength(32);
    expect(signatureOf(wide, keys)).toMatch(/^500\{/);
    expect(signature.length).toBeLessThan(400);
  });
});
