import { expect, test } from "vitest";
import { filterPart, splitParts, withSessionAlone } from "../../src/index.ts";

const NOW = Date.parse("2026-11-15T12:00:00Z");

test.each([
  ["session=a,b=c", { session: "a,b=c" }],
  ["workflow=checkout,since=7d", { workflow: "checkout", sinceMs: NOW - 7 * 86_400_000 }],
  ["until=2026-11-01,last=5", { untilMs: Date.parse("2026-11-01"), last: 5 }],
])("%s", (text, filter) => {
  const parts = splitParts(text).map((part) => filterPart(part, NOW));
  expect(withSessionAlone(Object.assign({}, ...parts))).toEqual(filter);
});

test("the id of a session is all that follows its name", () => {
  expect(splitParts("runs:,session=a,b")).toEqual(["runs:", "session=a,b"]);
  expect(splitParts("session=a,session=b")).toEqual(["session=a,session=b"]);
  expect(splitParts("a.session=b")).toEqual(["a.session=b"]);
  expect(splitParts("a,b")).toEqual(["a", "b"]);
});

test.each([
  ["since=yesterday", "since=yesterday is no time"],
  ["last=0", "last=0 is no number"],
])("%s is refused", (part, message) => {
  expect(() => filterPart(part, NOW)).toThrow(message);
});

test("what is no part of a filter is none, and a session is named alone", () => {
  for (const part of ["workflw=a", "workflow=", "a", ""])
    expect(filterPart(part, NOW)).toBeUndefined();
  expect(() => withSessionAlone({ session: "a", workflow: "b" })).toThrow("no other filter");
});
