import { expect, test } from "vitest";
import { parseJson, plainOfText } from "../../src/capture/foreign-json.ts";

test("a text is what its JSON says, and itself where it is none", () => {
  expect(plainOfText('{"a":[1]}')).toEqual({ a: [1] });
  expect(plainOfText("null")).toBe(null);
  expect(plainOfText('{"a":[1')).toBe('{"a":[1');
  expect(plainOfText("")).toBe("");
  const value = { a: 1 };
  expect(plainOfText(value)).toBe(value);
});

test("what is no JSON is undefined, and so is what is longer than 64 Mi characters", () => {
  expect(parseJson("{")).toBe(undefined);
  const longest = `"${"a".repeat(64 * 1024 * 1024 - 2)}"`;
  expect(parseJson(longest)).toHaveLength(longest.length - 2);
  expect(parseJson(`${longest} `)).toBe(undefined);
});
