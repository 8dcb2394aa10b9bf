import { expect, test } from "vitest";
import { loadRootKey } from "../../src/capture/keys/root-key.ts";
import { SessionKeys } from "../../src/capture/keys/session-keys.ts";
import { openDisclosedKey } from "../../src/evidence/disclosure.ts";

const root = loadRootKey({ home: "", env: { CAUM_DIGEST_KEY: "11".repeat(32) } });
const own = new SessionKeys(root, "s-1");
const other = new SessionKeys(root, "s-2");
const open = { digestKeyCommitment: own.commitment };

test("whoever is given the key of one session can check the digests of that session", () => {
  const keys = openDisclosedKey(own.disclose(), "s-1", open);
  expect(keys.digest("args", '{"pin":7391}')).toBe(own.digest("args", '{"pin":7391}'));
});

test("the key of one session opens no other, and no other key passes for it", () => {
  const keys = openDisclosedKey(own.disclose(), "s-1", open);
  expect(keys.digest("args", "{}")).not.toBe(other.digest("args", "{}"));
  expect(() => openDisclosedKey(other.disclose(), "s-1", open)).toThrow(
    "not the key of this session",
  );
  expect(() => openDisclosedKey("hello", "s-1", open)).toThrow("not a disclosed session key");
  expect(own.disclose()).not.toContain("11".repeat(32));
});
