import { expect, test } from "vitest";
import { isTrusted } from "../../src/http/host-guard.ts";

test.each([
  ["127.0.0.1:4071", undefined],
  ["127.0.0.1:4071", "http://localhost:3000"],
  ["[::1]:4071", "http://[::1]"],
  ["192.0.2.7:4071", "http://192.0.2.7:4071"],
])("a request to %s from %s may go on", (host, origin) => {
  expect(isTrusted(host, origin)).toBe(true);
});

test.each([
  ["127.0.0.1:4071", "203.0.113.9"],
  ["127.0.0.1:4071", "http://203.0.113.9"],
  ["127.0.0.1:4071", "https://[2001:db8::9]"],
  ["127.0.0.1:4071", "http://evil.example"],
  ["192.0.2.7:4071", "http://203.0.113.9"],
  ["127.0.0.1:4071", "null"],
  ["127.0.0.1:4071", ""],
  ["evil.example:4071", undefined],
  [undefined, undefined],
])("a request to %s from %j is refused", (host, origin) => {
  expect(isTrusted(host, origin)).toBe(false);
});
