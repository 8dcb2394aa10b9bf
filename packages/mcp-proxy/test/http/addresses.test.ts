import { describe, expect, test } from "vitest";
import { isTrusted } from "../../src/http/host-guard.ts";
import { isLoopback, placeOf } from "../../src/http/place.ts";
import { endToEnd, withHeader } from "../../src/http/raw-headers.ts";

test.each([
  ["4000", { host: "127.0.0.1", port: 4000 }],
  [":4000", { host: "127.0.0.1", port: 4000 }],
  ["127.0.0.1:0", { host: "127.0.0.1", port: 0 }],
  ["localhost:80", { host: "localhost", port: 80 }],
  ["[::1]:80", { host: "::1", port: 80 }],
  ["unix:/run/x.sock", { host: "", port: 0, socketPath: "/run/x.sock" }],
  ["unix:x.sock", undefined],
  ["", undefined],
  ["host", undefined],
  ["host:port", undefined],
  ["1:70000", undefined],
  ["::1:80", undefined],
])("%j is the place %j", (text, expected) => {
  expect(placeOf(text)).toEqual(expected);
});

test.each([
  ["localhost", true],
  ["LOCALHOST", true],
  ["a.localhost", true],
  ["127.0.0.1", true],
  ["127.1.2.3", true],
  ["[::1]", true],
  ["localhost.evil.example", false],
  ["127.0.0.1.evil.example", false],
  ["10.0.0.1", false],
])("%s is this machine: %s", (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});

describe("in front of a distant server", () => {
  test.each([
    ["127.0.0.1:4000", undefined, true],
    ["localhost:4000", "http://localhost:3000", true],
    ["[::1]:4000", "http://127.0.0.1", true],
    ["192.168.1.5:4000", undefined, true],
    ["evil.example", undefined, false],
    ["evil.example:4000", "http://evil.example:4000", false],
    ["localhost:4000", "https://evil.example", false],
    ["localhost:4000", "http://203.0.113.5", false],
    ["127.0.0.1:4000", "http://192.168.1.7:4000", false],
    ["192.168.1.5:4000", "http://192.168.1.5:4000", true],
    ["192.168.1.5:4000", "http://[2001:db8::1]", false],
    ["localhost:4000", "null", false],
    [undefined, undefined, false],
  ])("a request to %s from %s is trusted: %s", (host, origin, expected) => {
    expect(isTrusted(host, origin)).toBe(expected);
  });
});

describe("raw headers", () => {
  test("keep order, case and number, and lose what belongs to the connection", () => {
    const raw = ["B", "1", "Connection", "keep-alive, X-Hop", "x-hop", "2", "b", "3", "TE", "x"];
    expect(endToEnd(raw)).toEqual(["B", "1", "b", "3"]);
  });

  test("keep the length of the body, whatever Connection says", () => {
    const raw = ["Connection", "content-length, transfer-encoding", "Content-Length", "5"];
    expect(endToEnd(raw)).toEqual(["Content-Length", "5"]);
  });

  test("are changed where they stand", () => {
    expect(withHeader(["A", "host", "HOST", "x"], "host", "y")).toEqual(["A", "host", "HOST", "y"]);
  });
});
