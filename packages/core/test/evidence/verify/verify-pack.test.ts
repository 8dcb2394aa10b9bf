/** Evidence packs: what holds, and every place in which one can lie. */
import { expect, test } from "vitest";
import { sessionOrigin, sessionTag } from "../../../src/evidence/note/origin.ts";
import { signCheckpoint } from "../../../src/evidence/note/signer.ts";
import { parseVerifierKey } from "../../../src/evidence/note/vkey.ts";
import { sha256 } from "../../../src/evidence/tree/leaf.ts";
import { rootOf } from "../../../src/evidence/tree/proofs.ts";
import { PACK_SCHEMA, verifyPack } from "../../../src/evidence/verify/verify-pack.ts";
import {
  COLLECTOR,
  leavesOf,
  noteOf,
  receiptOf,
  STRANGER,
  sessionLines,
  TENANT,
} from "../bundles.ts";
import { hexOf } from "../records.ts";

const keys = [parseVerifierKey(COLLECTOR.vkey)];
type Fields = Readonly<Record<string, unknown>>;

const lines = { "s-1": sessionLines("s-1"), "s-2": sessionLines("s-2") } as const;
type Id = keyof typeof lines;

/** A receipt of the pack: that of a bundle, of this session. */
function receiptFor(id: Id, index: number, size: number) {
  const receipt = JSON.parse(receiptOf(lines[id], index, size));
  const { tlog_proof: proof } = receipt.evidence;
  const note = noteOf(lines[id], size, COLLECTOR, id);
  const tlogProof = `${proof.slice(0, proof.indexOf("\n\n") + 2)}${note}`;
  return { ...receipt, evidence: { ...receipt.evidence, tlog_proof: tlogProof } };
}

function evidenceOf(id: Id, size = 12): Fields {
  return {
    checkpoint: noteOf(lines[id], size, COLLECTOR, id),
    records: size,
    merkle_root: rootOf(leavesOf(lines[id]).slice(0, size)),
    receipt: receiptFor(id, size - 1, size),
  };
}
const sessionOf = (id: Id, evidence: Fields = {}, more: Fields = {}): Fields => ({
  session_id: id,
  session_tag: sessionTag(id),
  evidence: { ...evidenceOf(id), ...evidence },
  ...more,
});

/** With the digest that belongs to it. */
function packOf(sessions: unknown, more: Fields = {}): string {
  const pack = { schema: PACK_SCHEMA, account_id: TENANT, sessions, ...more };
  return JSON.stringify({ ...pack, digest: sha256(JSON.stringify(pack)) });
}
const check = (text: string, of = keys) => verifyPack(text, of);
const found = (text: string, of = keys) => {
  const { verdict, findings } = check(text, of);
  return [verdict, ...findings.map((one) => [one.session, one.verdict, one.message])];
};

test("a whole pack holds, and says what it does not show", () => {
  expect(check(packOf([sessionOf("s-1"), sessionOf("s-2", evidenceOf("s-2", 4))]))).toEqual({
    verdict: "ok",
    sessions: 2,
    held: 2,
    records: 16,
    findings: [],
    notProven: [
      "the figures, labels and times in the pack: only sizes, roots and last records are signed",
      "the records themselves: export each session and verify it, as the pack says",
      "that no session was left out, and that agents reported all they did",
    ],
  });
  expect(check(packOf([]))).toMatchObject({ verdict: "ok", sessions: 0, held: 0, records: 0 });
  const spaced = JSON.stringify(JSON.parse(packOf([sessionOf("s-1")])), undefined, 2);
  expect(check(spaced).verdict).toBe("ok");
});

const NO_PACK = `not a pack of the schema ${PACK_SCHEMA}`;
test.each([
  ["no JSON", "hello"],
  ["nothing", ""],
  ["null", "null"],
  ["a list", "[]"],
  ["a text", '"pack"'],
  ["another schema", packOf([], { schema: "caum.agent_evidence_pack.v2.0" })],
  ["no sessions", packOf(undefined)],
  ["sessions that are no list", packOf({})],
])("%s is no pack", (_what, text) => {
  expect(found(text)).toEqual(["malformed", [null, "malformed", NO_PACK]]);
  expect(check(text)).toMatchObject({ sessions: 0, held: 0, records: 0 });
});

const NO_NOTE = "not a signed note: text and signatures are not set apart";
const OF_ANOTHER = "its checkpoint is of another session";
const NOT_LAST = "its receipt is not for the last record under its checkpoint";
const receipt = receiptFor("s-1", 11, 12);
const runNote = signCheckpoint(
  {
    origin: `${COLLECTOR.name}/run/${sessionTag("s-1")}/${hexOf(1, 32)}`,
    size: 12,
    root: rootOf(leavesOf(lines["s-1"])),
  },
  COLLECTOR,
);

test.each<[string, Fields, string, string]>([
  ["no evidence", { session_id: "s-1", session_tag: sessionTag("s-1") }, "malformed", NO_NOTE],
  ["evidence that is a list", { ...sessionOf("s-1"), evidence: [] }, "malformed", NO_NOTE],
  ["a checkpoint that is none", sessionOf("s-1", { checkpoint: "hello" }), "malformed", NO_NOTE],
  [
    "a checkpoint by a stranger",
    sessionOf("s-1", { checkpoint: noteOf(lines["s-1"], 12, STRANGER) }),
    "untrusted",
    "no given key signed its checkpoint",
  ],
  [
    "a forged checkpoint",
    sessionOf("s-1", { checkpoint: noteOf(lines["s-1"], 12).replace("\n12\n", "\n13\n") }),
    "tampered",
    `the signature by ${COLLECTOR.name} does not fit the note`,
  ],
  ["a checkpoint of another session", sessionOf("s-1", evidenceOf("s-2")), "tampered", OF_ANOTHER],
  ["a checkpoint of a run", sessionOf("s-1", { checkpoint: runNote }), "tampered", OF_ANOTHER],
  [
    "a checkpoint of no tree that is known",
    sessionOf("s-1", {
      checkpoint: signCheckpoint({ origin: "x", size: 12, root: hexOf(1, 64) }, COLLECTOR),
    }),
    "tampered",
    OF_ANOTHER,
  ],
  ["another tag", sessionOf("s-1", {}, { session_tag: sessionTag("s-2") }), "tampered", OF_ANOTHER],
  ["another id", sessionOf("s-1", {}, { session_id: "s-3" }), "tampered", OF_ANOTHER],
  [
    "another number of records",
    sessionOf("s-1", { records: 11 }),
    "tampered",
    "its checkpoint is over another number of records",
  ],
  [
    "a number as text",
    sessionOf("s-1", { records: "12" }),
    "tampered",
    "its checkpoint is over another number of records",
  ],
  [
    "another root",
    sessionOf("s-1", { merkle_root: hexOf(1, 64) }),
    "tampered",
    "its checkpoint has another root",
  ],
  [
    "no root",
    sessionOf("s-1", { merkle_root: undefined }),
    "tampered",
    "its checkpoint has another root",
  ],
  [
    "no receipt",
    sessionOf("s-1", { receipt: undefined }),
    "malformed",
    "not a receipt: it is no JSON object",
  ],
  [
    "a receipt that is none",
    sessionOf("s-1", { receipt: {} }),
    "malformed",
    "not a receipt: it holds no id, hash or proof",
  ],
  [
    "a receipt of an earlier record",
    sessionOf("s-1", { receipt: receiptFor("s-1", 10, 12) }),
    "tampered",
    NOT_LAST,
  ],
  [
    "a receipt under an earlier checkpoint",
    sessionOf("s-1", { receipt: receiptFor("s-1", 3, 4) }),
    "tampered",
    NOT_LAST,
  ],
  [
    "a receipt of another session",
    sessionOf("s-1", { receipt: receiptFor("s-2", 11, 12) }),
    "tampered",
    NOT_LAST,
  ],
  [
    "a receipt with another id",
    sessionOf("s-1", { receipt: { ...receipt, receipt_id: "caum_live_receipt_x" } }),
    "tampered",
    NOT_LAST,
  ],
  [
    "a receipt with another hash",
    sessionOf("s-1", {
      receipt: { ...receipt, evidence: { ...receipt.evidence, event_hash: hexOf(1, 64) } },
    }),
    "tampered",
    NOT_LAST,
  ],
  [
    "a receipt by a stranger",
    sessionOf("s-1", {
      receipt: {
        ...receipt,
        evidence: {
          ...receipt.evidence,
          tlog_proof: receipt.evidence.tlog_proof.replace(
            /\n\n(?:.|\n)*$/,
            `\n\n${noteOf(lines["s-1"], 12, STRANGER)}`,
          ),
        },
      },
    }),
    "tampered",
    NOT_LAST,
  ],
  [
    "a receipt with a shorter proof",
    sessionOf("s-1", {
      receipt: {
        ...receipt,
        evidence: {
          ...receipt.evidence,
          tlog_proof: receipt.evidence.tlog_proof.replace(/(index 11\n)[^\n]+\n/, "$1"),
        },
      },
    }),
    "tampered",
    NOT_LAST,
  ],
])("a session with %s does not hold, and the others do", (_what, session, verdict, message) => {
  const text = packOf([sessionOf("s-2"), session]);
  expect(found(text)).toEqual([verdict, [1, verdict, message]]);
  expect(check(text)).toMatchObject({ sessions: 2, held: 1, records: 12 });
});

test("an account is that of the checkpoints", () => {
  const other = packOf([sessionOf("s-1")], { account_id: TENANT.replace("0KDE", "0KDF") });
  expect(found(other)).toEqual([
    "tampered",
    [0, "tampered", "its checkpoint is of another account"],
  ]);
  // The end of an account is not all of it.
  const part = packOf([sessionOf("s-1")], { account_id: TENANT.slice(1) });
  expect(found(part)[0]).toBe("tampered");
  expect(sessionOrigin(COLLECTOR.name, TENANT, "s-1")).toContain(TENANT);
});

test("a session is there once, and what is no session is malformed", () => {
  expect(found(packOf([sessionOf("s-1"), sessionOf("s-1")]))).toEqual([
    "tampered",
    [1, "tampered", "the session is there twice"],
  ]);
  expect(found(packOf(["session"]))).toMatchObject([
    "malformed",
    [0, "malformed", expect.any(String)],
  ]);
});

test("a pack that was changed has another digest", () => {
  const pack = JSON.parse(packOf([sessionOf("s-1")]));
  const changed = "the digest does not fit the pack: it was changed";
  expect(found(JSON.stringify({ ...pack, workflow: "x" }))).toEqual([
    "tampered",
    [null, "tampered", changed],
  ]);
  expect(found(JSON.stringify({ ...pack, digest: undefined }))).toEqual([
    "tampered",
    [null, "tampered", changed],
  ]);
  expect(check(JSON.stringify({ ...pack, workflow: "x" }))).toMatchObject({ held: 1, records: 12 });
});

test("of several findings the gravest is the verdict", () => {
  const text = packOf([
    sessionOf("s-1", { records: 11 }),
    sessionOf("s-2", { checkpoint: noteOf(lines["s-2"], 12, STRANGER, "s-2") }),
  ]);
  expect(check(text)).toMatchObject({
    verdict: "untrusted",
    held: 0,
    records: 0,
    findings: { length: 2 },
  });
  expect(found(packOf([sessionOf("s-1")]), [parseVerifierKey(STRANGER.vkey)])[0]).toBe("untrusted");
});
