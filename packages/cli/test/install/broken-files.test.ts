import { expect, test } from "vitest";
import type { Format } from "../../src/install/clients/clients.ts";
import { readSource } from "../../src/install/source/read-source.ts";

/** What people leave behind by hand, the line that is to blame, and what they are told of it. */
const BROKEN: readonly (readonly [Format, string, number, string])[] = [
  ["json", '{\n  "a": 1', 2, "a } is missing"],
  ["yaml", "a: 1\nb: [1, 2", 2, "the indentation does not fit, or a bracket is not closed"],
  ["yaml", "a:\n  b: 'x", 2, "a quote, a bracket, a comma or a colon is missing"],
  ["yaml", "a: 1\n\tb: 2", 2, "a tab is used as indentation"],
  ["yaml", "a: b: c", 1, "a colon too many, or one that needs quotes around its text"],
  ["yaml", "a: 1\na: 2", 2, "a key is there twice"],
  ["yaml", "a: @x", 1, "a text begins with a sign that needs quotes around the text"],
  ["yaml", "a: 1\n---\nb: 2", 2, "it holds more than one document"],
  ["yaml", "a: }", 1, "a sign stands where none may be"],
  ["toml", "a = 1\nb = x", 2, "a value is missing, or is a text without quotes"],
  ["toml", "a = [1\n[b]", 2, "a comma or a closing bracket is missing"],
  ["toml", 'a = "x', 1, "a text has no closing quote"],
  ["toml", "[a]\nb = 1\n[a]", 3, "a name is there twice"],
  ["toml", "a b = 1", 1, "a name has a sign that needs quotes, or an equals sign is missing"],
];

test.each(BROKEN)("%s: %j is line %d, in plain words", (format, text, line, message) => {
  expect(() => readSource(text, format)).toThrow(expect.objectContaining({ line, message }));
});
