import { SessionKeys } from "@caum/core/adapter";
import { loadRootKey } from "@caum/core/machine";
import { expect, test } from "vitest";
import { statusOf, statusOfCode, timestampOf, uuidOf } from "../../src/http/capture.ts";

const keys = new SessionKeys(
  loadRootKey({ home: "", env: { CAUM_DIGEST_KEY: "0".repeat(64) } }),
  "session",
);

test.each([
  [true, "ok"],
  [false, "error"],
  ["OK", "ok"],
  ["not_found", "not_found"],
  ["success", "ok"],
  ["constructor", "unknown"],
  ["something else", "unknown"],
])("the status %j is %s", (sent, status) => expect(statusOf(sent)).toBe(status));

test.each([
  [200, "ok"],
  [0, "ok"],
  [1, "error"],
  [404, "not_found"],
  [429, "rate_limited"],
  [403, "denied"],
  [504, "timeout"],
  [500, "error"],
])("the code %i is %s", (code, status) => expect(statusOfCode(code)).toBe(status));

test("times become UTC milliseconds, or nothing", () => {
  expect(timestampOf("2025-01-15T10:30:00+02:00")).toBe("2025-01-15T08:30:00.000Z");
  expect(timestampOf(1_736_937_000)).toBe("2025-01-15T10:30:00.000Z");
  expect(timestampOf(1_736_937_000_000)).toBe("2025-01-15T10:30:00.000Z");
  for (const wrong of ["yesterday", Number.NaN, 1e300, "+012345-01-01T00:00:00Z"]) {
    expect(timestampOf(wrong)).toBeUndefined();
  }
});

test("any text gives a version 8 UUID of its own, the same each time", () => {
  const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  const ids = ["", "1", "2", "ü".repeat(1_000)].map((text) => uuidOf(text, keys));
  for (const id of ids) expect(id).toMatch(pattern);
  expect(new Set(ids).size).toBe(ids.length);
  expect(uuidOf("1", keys)).toBe(ids[1]);
});
