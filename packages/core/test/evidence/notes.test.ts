import { generateKeyPairSync, sign } from "node:crypto";
import { expect, test } from "vitest";
import { parseCheckpoint, parseOrigin } from "../../src/evidence/note/checkpoint.ts";
import { formatNote, parseNote, verifySignatures } from "../../src/evidence/note/note.ts";
import { runOrigin, sessionOrigin } from "../../src/evidence/note/origin.ts";
import { cosignNote, Signer, signCheckpoint } from "../../src/evidence/note/signer.ts";
import { formatTlogProof, parseTlogProof } from "../../src/evidence/note/tlog-proof.ts";
import { encodeVerifierKey, parseVerifierKey } from "../../src/evidence/note/vkey.ts";
import { sha256 } from "../../src/evidence/tree/leaf.ts";
import { verifyInclusion } from "../../src/evidence/tree/proofs.ts";
import own from "./fixtures/notes.json" with { type: "json" };
import log from "./fixtures/upstream-checkpoints.json" with { type: "json" };
import upstream from "./fixtures/upstream-notes.json" with { type: "json" };
import { hexOf, signerOf } from "./records.ts";

function isTrusted(note: string, vkeys: readonly string[]): boolean {
  try {
    return verifySignatures(parseNote(Buffer.from(note)), vkeys.map(parseVerifierKey)).length > 0;
  } catch {
    return false;
  }
}

test.each(own.notes)("note: $name", ({ note, trusted, valid }) => {
  expect(isTrusted(note, trusted)).toBe(valid);
});

test.each(upstream.cases)("note: $source", ({ note, vkey, valid }) => {
  expect(isTrusted(note, [vkey])).toBe(valid);
});

test("the 15 checkpoints of the public test log verify and say what they sign", () => {
  for (const [index, note] of log.checkpoints.entries()) {
    expect(isTrusted(note, [log.vkey])).toBe(true);
    expect(parseCheckpoint(parseNote(Buffer.from(note)).text).size).toBe(index + 1);
    expect(formatNote(parseNote(Buffer.from(note)))).toBe(note);
  }
});

test.each(own.checkpointBodies)("checkpoint: $name", ({ body, valid }) => {
  if (valid) expect(parseCheckpoint(body).size).toBeGreaterThanOrEqual(0);
  else expect(() => parseCheckpoint(body)).toThrow("not a checkpoint");
});

test.each(own.tlogProofs)("proof: $name", ({ proof, leafHash, trusted, valid }) => {
  expect(holds(proof, leafHash, trusted)).toBe(valid);
});

function holds(text: string, leaf: string, trusted: readonly string[]): boolean {
  try {
    const proof = parseTlogProof(Buffer.from(text));
    const { size, root } = parseCheckpoint(parseNote(Buffer.from(proof.note)).text);
    return (
      isTrusted(proof.note, trusted) && verifyInclusion(proof.index, size, leaf, proof.hashes, root)
    );
  } catch {
    return false;
  }
}

test("a proof is written as it is read", () => {
  const proof = own.tlogProofs[0]?.proof ?? "";
  expect(formatTlogProof(parseTlogProof(Buffer.from(proof)))).toBe(proof);
});

test.each(own.vkeys)("verifier key $vkey", ({ vkey, valid }) => {
  if (valid) expect(parseVerifierKey(vkey).text).toBe(vkey);
  else expect(() => parseVerifierKey(vkey)).toThrow("key");
});

const LITTLE = (value: bigint) =>
  Buffer.from(value.toString(16).padStart(64, "0"), "hex").reverse().toString("hex");
const FIELD = 2n ** 255n - 19n;
const ORDER_8 = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05";
const ORDER_8_NEGATED = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a";
const withSign = (hex: string) =>
  hex.slice(0, 62) + (Number.parseInt(hex.slice(62), 16) | 0x80).toString(16);
const WEAK = [0n, 1n, FIELD - 1n, FIELD, FIELD + 1n].map(LITTLE).concat(ORDER_8, ORDER_8_NEGATED);

test.each([...WEAK, ...WEAK.map(withSign), "ff".repeat(32)])(
  "the weak key %s is refused",
  (hex) => {
    const vkey = encodeVerifierKey("weak", Buffer.from(hex, "hex"));
    expect(() => parseVerifierKey(vkey)).toThrow(/small order|canonical/);
  },
);

test("other keys verify what they sign and nothing else", () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const key = parseVerifierKey(encodeVerifierKey("a.example/b", raw));
  const signature = sign(null, Buffer.from("text"), privateKey);
  expect(key.verify(Buffer.from("text"), signature)).toBe(true);
  expect(key.verify(Buffer.from("Text"), signature)).toBe(false);
  // The same signature with its scalar moved by the group order is refused.
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const scalar = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString("hex")}`);
  const moved = Buffer.concat([
    signature.subarray(0, 32),
    Buffer.from(LITTLE(scalar + order), "hex"),
  ]);
  expect(key.verify(Buffer.from("text"), moved)).toBe(false);
});

test("signing keys of the vectors give their verifier keys", () => {
  for (const { name, type, seedHex, vkey } of own.keys) {
    const signer = new Signer(name, Buffer.from(seedHex, "hex"));
    expect(type === 4 ? signer.cosignerKey : signer.vkey).toBe(vkey);
    const text = Signer.format(name, Buffer.from(seedHex, "hex"));
    expect(Signer.parse(text).vkey).toBe(signer.vkey);
    expect(() => Signer.parse(text.replace(/.{4}$/, "AAA="))).toThrow("signing key");
  }
});

test("several keys may sign one checkpoint, and one more may co-sign it later", () => {
  const [collector, next, writer] = ["collector.example/c", "next.example", "writer"].map(signerOf);
  if (!collector || !next || !writer) throw new Error("three signers");
  const origin = sessionOrigin(collector.name, "01J9ZQ4M7C3T8V5X2R6N1B0KDE", "s/1\n");
  const note = cosignNote(
    signCheckpoint({ origin, size: 3, root: hexOf(3, 64) }, collector, next),
    writer,
  );
  for (const { vkey } of [collector, next, writer]) expect(isTrusted(note, [vkey])).toBe(true);
  expect(note).not.toContain("s/1");
  expect(parseOrigin(origin)).toMatchObject({ kind: "session", keyName: "collector.example/c" });
});

test("an origin says whether a tree is of a session or of one local run", () => {
  expect(parseOrigin(runOrigin("w", "s-1", "a".repeat(32)))).toEqual({
    kind: "run",
    keyName: "w",
    sessionTag: sha256("s-1").slice(0, 32),
    runId: "a".repeat(32),
  });
  for (const origin of ["", "x", "a/b/c", `a/${"A".repeat(26)}/zz`, `/run/${"a".repeat(32)}`]) {
    expect(parseOrigin(origin)).toBeUndefined();
  }
});

test("a cosignature carries its time and is bound to it", () => {
  const witness = signerOf("witness.example");
  const note = parseNote(
    Buffer.from(signCheckpoint({ origin: "o", size: 1, root: hexOf(1, 64) }, signerOf("log"))),
  );
  const signed = { ...note, signatures: [witness.cosign(note.text, 1_790_000_000)] };
  const key = parseVerifierKey(witness.cosignerKey);
  expect(verifySignatures(signed, [key])).toEqual([{ key, timeSeconds: 1_790_000_000 }]);
});
