/** A verdict as an in-toto statement in a signed envelope; the oracle signs and hashes by itself. */
import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { attest, digestOfRecords, PREDICATE_TYPE } from "../../../src/evidence/attestation.ts";
import { parseVerifierKey } from "../../../src/evidence/note/vkey.ts";
import { verifyBundle } from "../../../src/evidence/verify/verify-bundle.ts";
import { tarOf } from "../bundle/archives.ts";
import { COLLECTOR, goodBundle, newFolder, WRITER, written } from "../bundles.ts";

const path = written(goodBundle());
const keys = [parseVerifierKey(COLLECTOR.vkey)];
const VERDICT = {
  verification: verifyBundle(path, { keys }),
  policy: undefined,
  records: digestOfRecords(path),
  version: "1.2.3",
  nowMs: 1_790_000_000_123,
};

test("what is signed is the payload and its type, as DSSE has it", () => {
  const { payloadType, payload, signatures } = attest(VERDICT, WRITER);
  expect(payloadType).toBe("application/vnd.in-toto+json");
  const { name, id, publicKey } = parseVerifierKey(WRITER.vkey);
  expect(signatures).toEqual([{ keyid: `${name}+${id}`, sig: expect.any(String) }]);
  const body = Buffer.from(payload, "base64");
  const signed = Buffer.concat([
    Buffer.from(`DSSEv1 28 application/vnd.in-toto+json ${body.length} `),
    body,
  ]);
  const der = Buffer.from(`302a300506032b6570032100${publicKey}`, "hex");
  const key = createPublicKey({ key: der, format: "der", type: "spki" });
  expect(verify(null, signed, key, Buffer.from(signatures[0]?.sig ?? "", "base64"))).toBe(true);
});

test("the length that is signed is that of bytes, not of characters", () => {
  const { payload, signatures } = attest({ ...VERDICT, version: "1.2.3-é" }, WRITER);
  const body = Buffer.from(payload, "base64");
  const signed = Buffer.concat([
    Buffer.from(`DSSEv1 28 application/vnd.in-toto+json ${body.length} `),
    body,
  ]);
  const key = parseVerifierKey(WRITER.vkey);
  expect(key.verify(new Uint8Array(signed), Buffer.from(signatures[0]?.sig ?? "", "base64"))).toBe(
    true,
  );
});

const statementOf = (change: object = {}) =>
  JSON.parse(Buffer.from(attest({ ...VERDICT, ...change }, WRITER).payload, "base64").toString());

test("a statement says what was verified, when, by whom and with which verdict", () => {
  const statement = statementOf();
  expect(statement).toMatchObject({
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: "records.ndjson", digest: { sha256: VERDICT.records } }],
    predicateType: PREDICATE_TYPE,
    predicate: {
      verifier: { name: "caum verify", version: "1.2.3" },
      verifiedAt: "2026-09-21T14:13:20.123Z",
      verdict: "ok",
      records: 12,
      runs: 2,
      size: 12,
      closed: true,
      findings: [],
      root: VERDICT.verification.root,
      signedBy: VERDICT.verification.signedBy,
      proven: VERDICT.verification.proven,
    },
  });
  expect(PREDICATE_TYPE).toBe("urn:caum:session-verdict:v1");
  expect(statement.predicate).not.toHaveProperty("policy");
});

test("it holds no name that a person chose, no check and no wording of a finding", () => {
  const bundle = goodBundle();
  const broken = written({ ...bundle, lines: bundle.lines.toSpliced(3, 1) });
  const verification = verifyBundle(broken, { keys });
  const { predicate } = statementOf({ verification });
  expect(predicate).not.toHaveProperty("sessionId");
  expect(predicate).not.toHaveProperty("checks");
  expect(predicate.findings.length).toBeGreaterThan(0);
  expect(predicate.findings).toEqual(
    verification.findings.map(({ kind, file, line, run, seq }) => ({ kind, file, line, run, seq })),
  );
});

test("where a policy was asked for, its answer is in the statement", () => {
  const policy = { holds: false, unmet: ["the quorum g did not co-sign all records"] };
  expect(statementOf({ policy }).predicate.policy).toEqual(policy);
});

test("the digest of the records is that of their file, wherever and however long it is", () => {
  const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
  const records = readFileSync(join(path, "records.ndjson"));
  expect(VERDICT.records).toBe(sha256(records));
  const archive = join(newFolder(), "bundle.tar");
  const long = "x\n".repeat(100_000);
  for (const text of [records.toString(), "", long]) {
    writeFileSync(
      archive,
      tarOf([
        { name: "a", text: "first" },
        { name: "records.ndjson", text },
      ]),
    );
    expect(digestOfRecords(archive)).toBe(sha256(Buffer.from(text)));
  }
  expect(() => digestOfRecords(newFolder())).toThrow("it holds no records.ndjson");
});
