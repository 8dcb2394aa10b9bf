/** Submissions, judgements and answers at their edges, each with its reason (C2SP tlog-witness). */
import { expect, test, vi } from "vitest";
import { formatCheckpoint } from "../../../src/evidence/note/checkpoint.ts";
import { formatNote, MAX_NOTE_BYTES, parseNote } from "../../../src/evidence/note/note.ts";
import { signCheckpoint } from "../../../src/evidence/note/signer.ts";
import { ML_DSA_COSIGNATURE } from "../../../src/evidence/note/verifier-key.ts";
import { encodeVerifierKey, parseVerifierKey } from "../../../src/evidence/note/vkey.ts";
import { EMPTY_ROOT } from "../../../src/evidence/tree/inclusion.ts";
import { sha256 } from "../../../src/evidence/tree/leaf.ts";
import { proveConsistency, rootOf, subtreeRoots } from "../../../src/evidence/tree/proofs.ts";
import { nodePlatform } from "../../../src/evidence/verify/node-platform.ts";
import { readCosignatures } from "../../../src/evidence/witness/answer.ts";
import { judgeSubmission } from "../../../src/evidence/witness/judge.ts";
import {
  formatSubmission,
  MAX_SUBMISSION_BYTES,
  parseSubmission,
} from "../../../src/evidence/witness/submission.ts";
import { hexOf, signerOf } from "../records.ts";
import { told } from "../told.ts";

const LOG = signerOf("log.example");
const OTHER = signerOf("other.example");
const WITNESS = signerOf("witness.example");
const KEYS = [parseVerifierKey(LOG.vkey)];
const bytes = (text: string) => Buffer.from(text);

const leaves = (size: number, branch = "") =>
  Array.from({ length: size }, (_, at) => sha256(`${branch}${at}`));
const headOf = (of: readonly string[]) => ({ origin: LOG.name, size: of.length, root: rootOf(of) });
const noteOf = (size: number, branch = "", signer = LOG) =>
  signCheckpoint(headOf(leaves(size, branch)), signer);
const proofOf = (old: number, size: number) =>
  proveConsistency(old, size, subtreeRoots(leaves(size)));
const no = (why: string) => `invalid_submission: not a submission: ${why}`;

test("a submission is its old size, its proof and its checkpoint, in that order", () => {
  const text = formatSubmission(3, proofOf(3, 5), noteOf(5));
  const [old, ...rest] = text.split("\n");
  expect(old).toBe("old 3");
  expect(rest.slice(0, 4).map((line) => Buffer.from(line, "base64").toString("hex"))).toEqual(
    [...proofOf(3, 5), ""].slice(0, 4),
  );
  expect(text.endsWith(`\n\n${noteOf(5)}`)).toBe(true);
  expect(parseSubmission(bytes(text))).toEqual({
    old: 3,
    proof: proofOf(3, 5),
    note: parseNote(bytes(noteOf(5))),
    checkpoint: headOf(leaves(5)),
  });
});

const hashes = (count: number) => Array.from({ length: count }, () => hexOf(1, 64));
test.each<[string, string, string]>([
  ["no checkpoint", "old 0\n", no("no empty line stands before the checkpoint")],
  ["no old size", `\n${noteOf(1)}`, no("it does not begin with the old size")],
  [
    "another word",
    formatSubmission(0, [], noteOf(1)).replace("old", "size"),
    no("it does not begin with the old size"),
  ],
  [
    "a negative size",
    formatSubmission(-1, [], noteOf(1)),
    no("it does not begin with the old size"),
  ],
  [
    "a size without its space",
    formatSubmission(0, [], noteOf(1)).replace("old ", "old"),
    no("it does not begin with the old size"),
  ],
  ["64 hashes", formatSubmission(0, hashes(64), noteOf(1)), no("its proof has more than 63 lines")],
  [
    "a hash of 31 bytes",
    formatSubmission(0, [hexOf(1, 62)], noteOf(1)),
    no("a hash of its proof is malformed"),
  ],
  [
    "a hash of 33 bytes",
    formatSubmission(0, [hexOf(1, 66)], noteOf(1)),
    no("a hash of its proof is malformed"),
  ],
  [
    "a hash that is no base64",
    formatSubmission(0, [], noteOf(1)).replace("\n", "\n!\n"),
    no("a hash of its proof is malformed"),
  ],
  [
    "a note that is none",
    formatSubmission(0, [], "hello\n"),
    "invalid_note: not a signed note: text and signatures are not set apart",
  ],
])("with %s it is none", (_what, text, why) => {
  expect(told(() => parseSubmission(bytes(text)))).toBe(why);
});

test("63 hashes, 8 KiB of checkpoint and the longest note are a submission, and nothing longer", () => {
  expect(
    told(() => parseSubmission(bytes(formatSubmission(0, hashes(63), noteOf(1))))),
  ).toMatchObject({ old: 0 });
  const sized = (length: number) => {
    const start = formatCheckpoint(headOf(leaves(1)));
    const text = `${start}${"x".repeat(length - start.length - 1)}\n`;
    const note = formatNote({ text, signatures: [LOG.sign(text)] });
    return told(() => parseSubmission(bytes(formatSubmission(0, [], note))));
  };
  expect(sized(8_192)).toMatchObject({ checkpoint: { size: 1 } });
  expect(sized(8_193)).toBe(no("its checkpoint is too long"));
  expect(MAX_SUBMISSION_BYTES).toBe(MAX_NOTE_BYTES + 4_096);
  const long = told(() => parseSubmission(Buffer.alloc(MAX_SUBMISSION_BYTES, "x")));
  expect(long).toBe(no("no empty line stands before the checkpoint"));
  const longer = told(() => parseSubmission(Buffer.alloc(MAX_SUBMISSION_BYTES + 1, "x")));
  expect(longer).toBe(no("it is too long or not UTF-8"));
  expect(told(() => parseSubmission(Buffer.from("\xff", "latin1")))).toBe(
    no("it is too long or not UTF-8"),
  );
});

const submitted = (old: number, proof: readonly string[], note: string) =>
  parseSubmission(bytes(formatSubmission(old, proof, note)));
const seen = (size: number) => ({ size, root: rootOf(leaves(size)) });
const UNPROVEN = "the proof does not lead from what was seen before to this checkpoint";
const bent = noteOf(3).replace(/.{4}\n$/, "AAA=\n");

test.each<
  [string, ReturnType<typeof submitted>, typeof KEYS, ReturnType<typeof seen> | undefined, object]
>([
  [
    "of a log that nobody named",
    submitted(0, [], noteOf(3)),
    [],
    undefined,
    { status: 404, why: "this log is not witnessed here" },
  ],
  [
    "by another key",
    submitted(0, [], noteOf(3, "", OTHER)),
    KEYS,
    undefined,
    { status: 403, why: "no key that is trusted for this log signed the checkpoint" },
  ],
  [
    "with a signature that does not fit",
    submitted(0, [], bent),
    KEYS,
    undefined,
    { status: 403, why: "no key that is trusted for this log signed the checkpoint" },
  ],
  [
    "from a larger size",
    submitted(4, [], noteOf(3)),
    KEYS,
    seen(4),
    { status: 400, why: "the old size is larger than that of the checkpoint" },
  ],
  [
    "from another size",
    submitted(2, proofOf(2, 5), noteOf(5)),
    KEYS,
    seen(3),
    { status: 409, why: "another size was cosigned last", size: 3 },
  ],
  [
    "from a size, where nothing was seen",
    submitted(2, proofOf(2, 5), noteOf(5)),
    KEYS,
    undefined,
    { status: 409, why: "another size was cosigned last", size: 0 },
  ],
  [
    "without its proof",
    submitted(3, [], noteOf(5)),
    KEYS,
    seen(3),
    { status: 422, why: UNPROVEN, isFork: false },
  ],
  [
    "of another branch",
    submitted(3, proofOf(3, 5), noteOf(5, "x")),
    KEYS,
    seen(3),
    { status: 422, why: UNPROVEN, isFork: false },
  ],
  [
    "of another root",
    submitted(3, [], noteOf(3, "x")),
    KEYS,
    seen(3),
    { status: 422, why: "another root of this size was seen before", isFork: true },
  ],
  [
    "of the same root with a proof",
    submitted(3, hashes(1), noteOf(3)),
    KEYS,
    seen(3),
    { status: 422, why: UNPROVEN, isFork: false },
  ],
  ["that is the same", submitted(3, [], noteOf(3)), KEYS, seen(3), { status: 200 }],
  ["that grew", submitted(3, proofOf(3, 5), noteOf(5)), KEYS, seen(3), { status: 200 }],
  ["that is the first", submitted(0, [], noteOf(5)), KEYS, undefined, { status: 200 }],
  [
    "that grew from nothing",
    submitted(0, [], noteOf(5)),
    KEYS,
    { size: 0, root: EMPTY_ROOT },
    { status: 200 },
  ],
])("a checkpoint %s", (_what, submission, keys, before, answer) => {
  expect(judgeSubmission(submission, keys, before)).toEqual(answer);
});

test("an answer gives the first line of the witness, as it was signed, and no other", () => {
  const note = noteOf(3);
  const { text } = parseNote(bytes(note));
  const linesOf = (...signatures: Parameters<typeof formatNote>[0]["signatures"][number][]) =>
    formatNote({ text, signatures }).slice(text.length + 1);
  const read = (answer: string | Uint8Array, vkey = WITNESS.cosignerKey) =>
    told(() => readCosignatures(bytes(answer as string), note, vkey));
  const [one, two] = [WITNESS.cosign(text, 7), WITNESS.cosign(text, 8)];
  expect(read(linesOf(one))).toEqual([linesOf(one).trimEnd()]);
  expect(read(linesOf(one, two))).toEqual([linesOf(one).trimEnd()]);
  expect(read(linesOf(OTHER.cosign(text, 7), two))).toEqual([linesOf(two).trimEnd()]);
  // The same name with another key, and the same key by another name, are not the witness.
  expect(read(linesOf(WITNESS.sign(text)))).toEqual([]);
  expect(read(linesOf({ ...one, name: "another.example" }))).toEqual([]);
  expect(read(linesOf(one), WITNESS.vkey)).toEqual([]);
  expect(read(linesOf({ ...one, bytes: two.bytes.with(9, 1) }))).toBe(
    "bad_signature: the signature by witness.example does not fit the note",
  );
  expect(read(Buffer.from("\xff", "latin1"))).toContain("invalid_note");
});

test("where Node has no ML-DSA-44, a cosignature by it is kept by its length, for those who can check it", () => {
  const knows = vi.spyOn(nodePlatform, "knows").mockImplementation((of) => of === "Ed25519");
  try {
    const vkey = encodeVerifierKey("w.example", Buffer.alloc(1_312, 7), ML_DSA_COSIGNATURE);
    const note = noteOf(3);
    const { text } = parseNote(bytes(note));
    const read = (length: number, keyId = vkey.split("+")[1] ?? "") => {
      const signatures = [{ name: "w.example", keyId, bytes: Buffer.alloc(length, 1) }];
      const answer = formatNote({ text, signatures }).slice(text.length + 1);
      return { answer, lines: readCosignatures(bytes(answer), note, vkey) };
    };
    const { answer, lines } = read(2_428);
    expect(lines).toEqual([answer.trimEnd()]);
    for (const length of [8, 72, 2_427, 2_429]) expect(read(length).lines).toEqual([]);
    expect(read(2_428, "00000000").lines).toEqual([]);
  } finally {
    knows.mockRestore();
  }
});
