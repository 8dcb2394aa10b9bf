/** `caum attest`, verified by sigstore's own library for DSSE. */
import { createHash, createPublicKey } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dsse } from "@sigstore/core";
import { toSignedEntity, Verifier } from "@sigstore/verify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Signer } from "../../core/src/evidence/note/signer.ts";
import { noteOf } from "../../core/test/evidence/bundles.ts";
import { closedRun, signerOf } from "../../core/test/evidence/records.ts";
import { TemporaryHome } from "./install/temporary-home.ts";

const COLLECTOR = signerOf("collector.example/caum");
const WRITER_SEED = Buffer.alloc(32, 7);
const OTHER = signerOf("somebody.example");

let machine: TemporaryHome;
let bundle = "";
beforeAll(() => {
  machine = new TemporaryHome();
  const writer = Signer.format("caum-writer-1", WRITER_SEED);
  for (const [place, text] of [
    ["u/.caum/keys/writer.key", writer],
    ["u/.caum/collector/keys/signing.key", Signer.format("caum-collector-1", Buffer.alloc(32, 8))],
  ] as const) {
    machine.write(place, `${text}\n`);
  }
  const lines = closedRun(1, 3);
  bundle = join(machine.root, "bundle");
  mkdirSync(join(bundle, "checkpoints"), { recursive: true });
  writeFileSync(join(bundle, "records.ndjson"), lines.map((line) => `${line}\n`).join(""));
  writeFileSync(join(bundle, "checkpoints", "head.note"), noteOf(lines, lines.length));
});
afterAll(() => machine.remove());

interface Read {
  readonly payloadType: string;
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** What sigstore's verifier makes of an envelope: nothing when it is good. */
function verified({ payloadType, payload, signatures }: Read, vkey: string): void {
  const raw = Buffer.from(vkey.split("+").slice(2).join("+"), "base64").subarray(1);
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw]);
  const publicKey = createPublicKey({ key: der, format: "der", type: "spki" });
  const trust = {
    certificateAuthorities: [],
    timestampAuthorities: [],
    tlogs: [],
    ctlogs: [],
    publicKey: () => ({ publicKey, validFor: () => true }),
  };
  const none = { ctlogThreshold: 0, tlogThreshold: 0, timestampThreshold: 0 };
  const envelope = {
    payloadType,
    payload: Buffer.from(payload, "base64"),
    signatures: signatures.map(({ keyid, sig }) => ({ keyid, sig: Buffer.from(sig, "base64") })),
  };
  const entity = toSignedEntity({
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: {
      content: { $case: "publicKey", publicKey: { hint: signatures[0]?.keyid ?? "" } },
      tlogEntries: [],
      timestampVerificationData: undefined,
    },
    content: { $case: "dsseEnvelope", dsseEnvelope: envelope },
  });
  new Verifier(trust, none).verify(entity);
  expect(dsse.preAuthEncoding(payloadType, envelope.payload).toString()).toMatch(/^DSSEv1 28 /);
}

async function attested(name: string, ...words: readonly string[]) {
  const out = join(machine.root, name);
  const run = await machine.caum(["attest", bundle, "--out", out, "--json", ...words]);
  const envelope: Read = JSON.parse(readFileSync(out, "utf8"));
  const statement = JSON.parse(Buffer.from(envelope.payload, "base64").toString());
  return { ...run, told: JSON.parse(run.stdout), envelope, statement };
}

test("a verdict is signed by this machine's key, and sigstore's library verifies it", async () => {
  const { code, told, envelope, statement } = await attested("a", "--key", COLLECTOR.vkey);
  expect(code).toBe(0);
  expect(told).toMatchObject({
    verdict: "ok-open",
    verifierKey: new Signer("caum-writer-1", WRITER_SEED).vkey,
  });
  expect(() => verified(envelope, told.verifierKey)).not.toThrow();
  expect(() => verified(envelope, OTHER.vkey)).toThrow("signature");
  const changed = envelope.payload.replace("eyJ", "eyK");
  expect(() => verified({ ...envelope, payload: changed }, told.verifierKey)).toThrow("signature");
  const records = readFileSync(join(bundle, "records.ndjson"));
  expect(statement).toMatchObject({
    _type: "https://in-toto.io/Statement/v1",
    subject: [
      {
        name: "records.ndjson",
        digest: { sha256: createHash("sha256").update(records).digest("hex") },
      },
    ],
    predicateType: "urn:caum:session-verdict:v1",
    predicate: {
      verdict: "ok-open",
      proven: expect.stringContaining("All 5 records are as collector.example/caum signed them"),
      records: 5,
      signedBy: [{ name: COLLECTOR.name }],
      findings: [],
    },
  });
  // The name that a person gave the session is not in it.
  expect(JSON.stringify(statement)).not.toContain("s-1");
}, 120_000);

test("the collector's key signs when it is asked for; a bad verdict is signed too, and exits with 1", async () => {
  const policy = machine.write(
    "policy",
    `log ${COLLECTOR.vkey}\nwitness W ${OTHER.cosignerKey}\nquorum W\n`,
  );
  const { code, told, envelope, statement } = await attested(
    "b",
    "--policy",
    policy,
    "--by",
    "collector",
  );
  expect(code).toBe(1);
  expect(told.verifierKey).toContain("caum-collector-1+");
  expect(() => verified(envelope, told.verifierKey)).not.toThrow();
  expect(statement.predicate.policy).toEqual({
    holds: false,
    unmet: ["the quorum W did not co-sign all records"],
  });
  const untrusted = await attested("c", "--key", OTHER.vkey);
  expect(untrusted.code).toBe(1);
  expect(untrusted.statement.predicate).toMatchObject({ verdict: "untrusted" });
}, 120_000);

test("without a key nothing is written, and none is made", async () => {
  const other = new TemporaryHome();
  const out = join(other.root, "out");
  const { code, stderr } = await other.caum([
    "attest",
    bundle,
    "--out",
    out,
    "--key",
    COLLECTOR.vkey,
  ]);
  expect([code, stderr]).toEqual([2, expect.stringContaining("there is no key")]);
  expect(existsSync(out) || existsSync(join(other.caumHome, "keys"))).toBe(false);
  other.remove();
}, 120_000);
