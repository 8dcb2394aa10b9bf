import { expect, test } from "vitest";
import { Signer } from "../../../src/evidence/note/signer.ts";
import { encodeVerifierKey, parseVerifierKey } from "../../../src/evidence/note/vkey.ts";
import { signerOf } from "../records.ts";
import { told } from "../told.ts";

const ONE = signerOf("one.example");
const key = (why: string) => `invalid_key: ${why}`;
const NO_KEY = key("not a verifier key: expected <name>+<key id>+<base64>");
const [, ID = "", ENCODED = ""] = /^[^+]+\+([^+]+)\+(.+)$/.exec(ONE.vkey) ?? [];
const typed = (type: number, length: number) =>
  Buffer.concat([Buffer.of(type), Buffer.alloc(length, 5)]).toString("base64");

test.each<[string, string, string]>([
  ["nothing", "", NO_KEY],
  ["a name alone", "one.example", NO_KEY],
  ["no name", `+${ID}+${ENCODED}`, NO_KEY],
  ["a name with a space", `one example+${ID}+${ENCODED}`, NO_KEY],
  ["a name with a control", `one\u0001+${ID}+${ENCODED}`, NO_KEY],
  ["a name with half a pair", `one\ud800+${ID}+${ENCODED}`, NO_KEY],
  ["an id in upper case", `one.example+ABCDEF01+${ENCODED}`, NO_KEY],
  ["an id that is too short", `one.example+${ID.slice(1)}+${ENCODED}`, NO_KEY],
  ["an id that is too long", `one.example+${ID}0+${ENCODED}`, NO_KEY],
  ["a key that is no base64", `one.example+${ID}+${ENCODED}!`, NO_KEY],
  [
    "another name",
    `two.example+${ID}+${ENCODED}`,
    key("the key id does not belong to this name and key"),
  ],
  [
    "another id",
    `one.example+00000000+${ENCODED}`,
    key("the key id does not belong to this name and key"),
  ],
  [
    "no key",
    `one.example+${ID}+`,
    key("the key is of an unknown type: only Ed25519 and ML-DSA-44 are known"),
  ],
  [
    "an unknown type",
    `one.example+${ID}+${typed(2, 32)}`,
    key("the key is of an unknown type: only Ed25519 and ML-DSA-44 are known"),
  ],
  [
    "31 bytes",
    `one.example+${ID}+${typed(1, 31)}`,
    key("not a verifier key: it has the wrong length"),
  ],
  [
    "33 bytes",
    `one.example+${ID}+${typed(1, 33)}`,
    key("not a verifier key: it has the wrong length"),
  ],
  [
    "31 bytes for cosignatures",
    `one.example+${ID}+${typed(4, 31)}`,
    key("not a verifier key: it has the wrong length"),
  ],
  [
    "32 bytes for ML-DSA",
    `one.example+${ID}+${typed(6, 32)}`,
    key("not a verifier key: it has the wrong length"),
  ],
  [
    "1,313 bytes for ML-DSA",
    `one.example+${ID}+${typed(6, 1_313)}`,
    key("not a verifier key: it has the wrong length"),
  ],
])("a verifier key of %s is refused", (_what, vkey, why) => {
  expect(told(() => parseVerifierKey(vkey))).toBe(why);
});

test("a verifier key says its name, id, type and key", () => {
  const raw = Buffer.from(ENCODED, "base64").subarray(1);
  expect(parseVerifierKey(ONE.vkey)).toMatchObject({
    name: "one.example",
    id: ID,
    type: 1,
    text: ONE.vkey,
    publicKey: raw.toString("hex"),
    isCheckable: true,
  });
  expect(parseVerifierKey(ONE.cosignerKey)).toMatchObject({
    type: 4,
    publicKey: raw.toString("hex"),
  });
  expect(encodeVerifierKey("one.example", raw)).toBe(ONE.vkey);
  // Base64 may hold the sign that stands between the parts.
  for (let seed = 0; seed < 40; seed += 1) {
    const { vkey } = new Signer("x", Buffer.alloc(32, seed));
    expect(parseVerifierKey(vkey).text).toBe(vkey);
  }
});

test.each([
  ["the y of a small order", 0n, "the key has a small order: anyone can sign under it"],
  ["the largest y", 2n ** 255n - 20n, "the key has a small order: anyone can sign under it"],
  ["a y of the field's size", 2n ** 255n - 19n, "the key is not in its canonical form"],
])("a key of %s says why it is refused", (_what, y, why) => {
  const raw = Buffer.from(y.toString(16).padStart(64, "0"), "hex").reverse();
  expect(told(() => parseVerifierKey(encodeVerifierKey("weak", raw)))).toBe(key(why));
});

const PRIVATE = Signer.format("one.example", Buffer.alloc(32, 3));
const NO_SIGNER = key("not a signing key: expected PRIVATE+KEY+<name>+...");
const OTHER_ID = key("the id of the signing key does not belong to it");

test.each<[string, string, string]>([
  ["nothing", "", NO_SIGNER],
  ["another first word", PRIVATE.replace("PRIVATE", "PUBLIC"), NO_SIGNER],
  ["another second word", PRIVATE.replace("+KEY+", "+KEYS+"), NO_SIGNER],
  ["a verifier key", ONE.vkey, NO_SIGNER],
  ["31 bytes", PRIVATE.replace(/[^+]+$/, typed(1, 31)), NO_SIGNER],
  ["33 bytes", PRIVATE.replace(/[^+]+$/, typed(1, 33)), NO_SIGNER],
  ["no base64", PRIVATE.replace(/.$/, "!"), NO_SIGNER],
  ["another name", PRIVATE.replace("one.example", "two.example"), OTHER_ID],
  ["another seed", PRIVATE.replace(/[^+]+$/, typed(1, 32)), OTHER_ID],
  [
    "another type",
    PRIVATE.replace(
      /[^+]+$/,
      Buffer.concat([Buffer.of(4), Buffer.alloc(32, 3)]).toString("base64"),
    ),
    OTHER_ID,
  ],
  [
    "no name",
    PRIVATE.replace("one.example", ""),
    key("a signing key is a name and a seed of 32 bytes"),
  ],
])("a signing key of %s is refused, and is not repeated", (_what, text, why) => {
  expect(told(() => Signer.parse(text))).toBe(why);
});

test("a signing key has a name and 32 bytes, and is read with white space around it", () => {
  expect(PRIVATE).toMatch(/^PRIVATE\+KEY\+one\.example\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/);
  const signer = new Signer("one.example", Buffer.alloc(32, 3));
  expect(Signer.parse(` ${PRIVATE}\n`).vkey).toBe(signer.vkey);
  expect(PRIVATE.split("+")[3]).toBe(signer.vkey.split("+")[1]);
  for (const length of [31, 33]) {
    expect(() => new Signer("x", Buffer.alloc(length))).toThrow("a seed of 32 bytes");
  }
  expect(() => new Signer("x y", Buffer.alloc(32))).toThrow("a name");
  const named = signer.named("other");
  expect(named.name).toBe("other");
  expect(named.vkey).toBe(new Signer("other", Buffer.alloc(32, 3)).vkey);
});
