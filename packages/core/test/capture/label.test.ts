import { expect, test } from "vitest";
import { labelOf } from "../../src/capture/label.ts";
import { keysOf } from "./keys.ts";

const keys = keysOf("session");

test.each(["get_weather", "mcp:tools/list", "gpt-4.1@2026-01", "Claude Desktop 1.2", "a", "9"])(
  "a name that looks like one is kept: %s",
  (name) => {
    expect(labelOf(name, keys)).toBe(name);
    expect(labelOf(name, keys, true)).toBe(keys.tag(name));
  },
);

test.each([
  "",
  " padded",
  "-flag",
  "two\nlines",
  "caf\u00e9",
  "a".repeat(65),
  "what is my PIN?",
  "{}",
])("anything else becomes a tag: %j", (name) => {
  expect(labelOf(name, keys)).toMatch(/^x-[0-9a-f]{8}$/);
});
