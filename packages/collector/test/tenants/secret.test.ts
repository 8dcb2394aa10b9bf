import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { formatSecret, isWellFormed, SECRET_BYTES, visiblePart } from "../../src/tenants/secret.ts";
import { newUlid } from "../../src/tenants/ulid.ts";

test("a key is recognised by its form, and a typing error is not", () => {
  const key = formatSecret("caum_live_", randomBytes(SECRET_BYTES));
  expect(isWellFormed(key)).toBe(true);
  const last = key.at(-1) === "0" ? "1" : "0";
  expect(isWellFormed(key.slice(0, -1) + last)).toBe(false);
  expect(isWellFormed("caum_live_YOUR_KEY")).toBe(false);
  expect(key.startsWith(visiblePart(key))).toBe(true);
  expect(visiblePart(key)).toHaveLength("caum_live_".length + 4);
});

test("a ULID is 26 characters and sorts by time", () => {
  const random = randomBytes(10);
  const ids = [0, 1, 1_700_000_000_000, 281_474_976_710_655].map((ms) => newUlid(ms, random));
  for (const id of ids) expect(id).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
  expect(ids).toEqual(ids.toSorted());
});
