import { createHmac, hkdfSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { derive } from "../../../src/capture/keys/derive.ts";
import { Hmac } from "../../../src/capture/keys/hmac.ts";
import { SessionKeys } from "../../../src/capture/keys/session-keys.ts";
import { keysOf } from "../keys.ts";

test("the digest is HMAC-SHA256 for any key and any data", () => {
  const key = fc.uint8Array({ minLength: 1, maxLength: 64 });
  fc.assert(
    fc.property(key, fc.uint8Array({ maxLength: 2_000 }), (secret, data) => {
      const expected = createHmac("sha256", secret).update(data).digest("hex");
      return new Hmac(secret).digest(data) === expected;
    }),
  );
  for (const length of [65_535, 65_536, 65_600, 65_601, 200_000]) {
    const data = new Uint8Array(length).fill(7);
    const expected = createHmac("sha256", "key").update(data).digest("hex");
    expect(new Hmac(Buffer.from("key")).digest(data)).toBe(expected);
  }
  expect(new Hmac(Buffer.from("key")).digest("text \u20ac")).toBe(
    createHmac("sha256", "key").update("text \u20ac").digest("hex"),
  );
});

test("the digest of a text is that of its UTF-8 bytes, however long it is", () => {
  const unit = fc.constantFrom("a", "\u20ac", "\u{1f600}", "\ud83d");
  const times = fc.constantFrom(1, 500, 11_000, 22_000, 66_000);
  const hmac = new Hmac(Buffer.from("key"));
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 3 }), times, (units, count) => {
      const text = units.join("").repeat(count);
      expect(hmac.digest(text)).toBe(createHmac("sha256", "key").update(text).digest("hex"));
    }),
    { numRuns: 40 },
  );
});

test("a key is derived by HKDF-SHA256 from any key and for any use", () => {
  const key = fc.uint8Array({ minLength: 1, maxLength: 64 });
  fc.assert(
    fc.property(key, fc.string({ unit: "grapheme" }), (secret, use) => {
      const expected = Buffer.from(hkdfSync("sha256", secret, "", `caum/1/${use}`, 32));
      return expected.equals(derive(secret, use));
    }),
  );
});

test("a key that is kept holds no more memory than its bytes", () => {
  expect(derive(Buffer.from("key"), "use").buffer.byteLength).toBe(32);
});

describe("the keys of a session", () => {
  test("are the same in every process that has the root key", () => {
    expect(keysOf("a").digest("args", "x")).toBe(keysOf("a").digest("args", "x"));
    expect(keysOf("a").commitment).toBe(keysOf("a").commitment);
    expect(keysOf("a").id).toBe(keysOf("b").id);
  });

  test("are derived as docs/protocol.md says", () => {
    const root = Buffer.from("0a".repeat(32), "hex");
    const sessionKey = derive(root, "session/a");
    const argsKey = derive(sessionKey, "purpose/args");
    const expected = createHmac("sha256", argsKey).update("{}").digest("hex");
    expect(keysOf("a").digest("args", "{}")).toBe(expected);
    expect(keysOf("a").commitment).toBe(
      Buffer.from(derive(sessionKey, "commitment")).toString("hex"),
    );
    expect(keysOf("a").id).toBe(Buffer.from(derive(root, "root-id")).toString("hex").slice(0, 16));
  });

  test("keep of a parent what they keep of any id, whichever came before", () => {
    const keys = keysOf("a");
    for (const parent of ["", "r1", "r1", "r2", "r1", ""]) {
      expect(keys.parentIdOf(parent)).toBe(keysOf("a").idOf(parent));
    }
  });

  test("differ between sessions and show nothing of the key", () => {
    const keys = keysOf("a");
    expect(keys.commitment).not.toBe(keysOf("b").commitment);
    const shown = JSON.stringify([keys, keys.id, keys.commitment]);
    expect(shown).not.toContain("0a".repeat(16));
  });

  test("of one session can be disclosed without opening another", () => {
    const disclosed = keysOf("a").disclose();
    const opened = SessionKeys.fromDisclosed(`${disclosed}\n`, "a");
    expect(opened.commitment).toBe(keysOf("a").commitment);
    expect(opened.id).toBe(keysOf("a").id);
    expect(opened.digest("result", "x")).toBe(keysOf("a").digest("result", "x"));
    const other = SessionKeys.fromDisclosed(disclosed, "b");
    expect(other.commitment).not.toBe(keysOf("b").commitment);
    expect(other.digest("result", "x")).not.toBe(keysOf("b").digest("result", "x"));
  });

  test.each(["", "x", "caum-session-key+1+2", `caum-session-key+1+${"g".repeat(64)}`])(
    "are not made from anything else: %s",
    (text) => {
      expect(() => SessionKeys.fromDisclosed(text, "a")).toThrow("not a disclosed session key");
    },
  );

  test("give a name one tag, however many names there are", () => {
    const keys = keysOf("a");
    const tag = keys.tag("get_weather");
    expect(tag).toMatch(/^x-[0-9a-f]{8}$/);
    for (let index = 0; index < 3_000; index++) keys.tag(`name ${index}`);
    expect(keys.tag("get_weather")).toBe(tag);
    expect(keysOf("b").tag("get_weather")).not.toBe(tag);
  });
});
