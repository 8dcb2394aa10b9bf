import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { signatureOf } from "../../src/capture/signature.ts";
import { keysOf } from "./keys.ts";

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
  ])("of %o is %s", (value, expected) => {
    expect(signatureOf(value, keys)).toBe(expected);
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
