import { expect, test } from "vitest";
import { errorClassOf } from "../../src/capture/error-class.ts";
import { hostSessionId, joinedSessionId } from "../../src/capture/joined-session.ts";
import { loadRootKey } from "../../src/capture/keys/root-key.ts";
import { labelOf, ownLabelOf } from "../../src/capture/label.ts";
import { keysOf } from "./keys.ts";

const keys = keysOf("session");

test.each([
  "get_weather",
  "mcp:tools/list",
  "mcp__github__create-issue",
  "claude-opus-4.1",
  "anthropic/claude-3.5",
  "a".repeat(64),
  "9",
])("a stranger's name that looks like an identifier is kept: %s", (name) => {
  expect(labelOf(name, keys)).toBe(name);
  expect(labelOf(name, keys, true)).toBe(keys.tag(name));
});

/** What a model could write out of a session with, or nobody calls a tool. */
const NO_NAMES = [
  "",
  " padded",
  "-flag",
  "two\nlines",
  "caf\u00e9",
  "a".repeat(65),
  "what is my PIN?",
  "{}",
];
const PERSONS_NAMES = ["the password is hunter2", "jane.doe@example.com", "Claude Desktop 1.2"];

test.each([...NO_NAMES, ...PERSONS_NAMES])("any other name becomes a tag: %j", (name) => {
  expect(labelOf(name, keys)).toMatch(/^x-[0-9a-f]{8}$/);
});

test.each(PERSONS_NAMES)("a name that a person chose may hold blanks and addresses: %s", (name) => {
  expect(ownLabelOf(name, keys)).toBe(name);
  expect(ownLabelOf(name, keys, true)).toBe(keys.tag(name));
});

test.each(NO_NAMES)("and becomes a tag where it is no name either: %j", (name) => {
  expect(ownLabelOf(name, keys)).toMatch(/^x-[0-9a-f]{8}$/);
});

test("an id of a host is kept where it looks like one, and is else keyed, equal ids alike", () => {
  const root = loadRootKey({ home: "", env: { CAUM_DIGEST_KEY: "ab".repeat(32) } });
  expect(hostSessionId(root, "thread-4711")).toBe("thread-4711");
  const keyed = hostSessionId(root, "jane.doe@example.com");
  expect(keyed).toBe(joinedSessionId(root, "jane.doe@example.com"));
  expect(keyed).toMatch(/^s-[0-9a-f]{32}$/);
});

test.each(["jsonrpc:-32602", "http:503", "http:no_answer", "guess:cut", "TypeError", "ValueError"])(
  "a known class of errors is kept: %s",
  (name) => {
    expect(errorClassOf(name)).toBe(name);
  },
);

test.each([
  ["jsonrpc:1234567890123", "jsonrpc:other"],
  ["jsonrpc:-32602 ", "jsonrpc:other"],
  ["http:666", "http:other"],
  ["guess:whatever", "guess:other"],
  ["MyOwnSecretError", "other"],
  ["__proto__", "other"],
  ["constructor:x", "other"],
  [":", "other"],
  ["", "other"],
])("a class of errors that anybody can make up is folded: %s", (name, folded) => {
  expect(errorClassOf(name)).toBe(folded);
});
