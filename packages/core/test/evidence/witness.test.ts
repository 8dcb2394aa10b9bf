/** What logs send to witnesses and what those answer, by the texts of C2SP and by another witness. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { formatCheckpoint } from "../../src/evidence/note/checkpoint.ts";
import {
  cosignedText,
  formatNote,
  parseNote,
  type SignatureLine,
} from "../../src/evidence/note/note.ts";
import { signCheckpoint } from "../../src/evidence/note/signer.ts";
import { ML_DSA_COSIGNATURE } from "../../src/evidence/note/verifier-key.ts";
import { encodeVerifierKey, parseVerifierKey } from "../../src/evidence/note/vkey.ts";
import { EMPTY_ROOT } from "../../src/evidence/tree/inclusion.ts";
import { sha256 } from "../../src/evidence/tree/leaf.ts";
import { proveConsistency, rootOf, subtreeRoots } from "../../src/evidence/tree/proofs.ts";
import { nodePlatform } from "../../src/evidence/verify/node-platform.ts";
import { MAX_ANSWER_BYTES, readCosignatures } from "../../src/evidence/witness/answer.ts";
import { judgeSubmission } from "../../src/evidence/witness/judge.ts";
import { formatSubmission, parseSubmission } from "../../src/evidence/witness/submission.ts";
import { mlDsaLine, mlDsaOf } from "./ml-dsa.ts";
import { signerOf } from "./records.ts";

const { served, texts } = JSON.parse(
  readFileSync(join(import.meta.dirname, "fixtures/upstream-witness.json"), "utf8"),
);
const bytes = (text: string) => Buffer.from(text);
const LOG = signerOf("log.example/caum");
const KEYS = [parseVerifierKey(LOG.vkey)];
const WITNESS = signerOf("witness.example/w1");
const OTHER = signerOf("witness.example/w2");

/** A tree of so many leaves; those of another branch are others from some leaf on. */
function leavesOf(size: number, branch = "", from = 0): readonly string[] {
  return Array.from({ length: size }, (_, at) => sha256(`${at < from ? "" : branch}${at}`));
}

function noteOf(leaves: readonly string[], signer = LOG): string {
  return signCheckpoint({ origin: LOG.name, size: leaves.length, root: rootOf(leaves) }, signer);
}

function submitted(old: number, leaves: readonly string[], signer = LOG) {
  const proof =
    old > leaves.length ? [] : proveConsistency(old, leaves.length, subtreeRoots(leaves));
  return parseSubmission(bytes(formatSubmission(old, proof, noteOf(leaves, signer))));
}

const seenOf = (leaves: readonly string[]) => ({ size: leaves.length, root: rootOf(leaves) });

test("the request of the text is read, and written as it stands there", () => {
  const submission = parseSubmission(bytes(texts.request));
  expect(submission).toMatchObject({ old: 20_852_014, checkpoint: { size: 20_852_163 } });
  expect(submission.proof).toHaveLength(4);
  expect(submission.note.signatures).toHaveLength(2);
  const { old, proof, note } = submission;
  expect(formatSubmission(old, proof, formatNote(note))).toBe(texts.request);
});

test("what is cosigned is the message of the text, at the time in the signature", () => {
  const { text, signatures } = parseNote(bytes(texts.cosigned));
  const [, cosignature] = signatures;
  const time = Buffer.from(cosignature?.bytes ?? []).readBigUInt64BE(0);
  expect(cosignedText(text, Number(time))).toBe(texts.signedText);
  expect(cosignature?.bytes).toHaveLength(72);
});

test("lines of keys that are not known are ignored, as in the answer of the text", () => {
  expect(readCosignatures(bytes(texts.answer), texts.cosigned, WITNESS.cosignerKey)).toEqual([]);
});

test("the requests to another witness get the answers that it gave", () => {
  const { publicKeyHex, requests } = served;
  const { origin } = parseSubmission(bytes(requests[0].body)).checkpoint;
  const key = parseVerifierKey(encodeVerifierKey(origin, Buffer.from(publicKeyHex, "hex")));
  let seen: { size: number; root: string } | undefined;
  const answers = requests.map(({ body }: { body: string }) => {
    const submission = submissionIn(body);
    if (submission === undefined) return "400";
    const { checkpoint } = submission;
    const answer = judgeSubmission(submission, checkpoint.origin === origin ? [key] : [], seen);
    if (answer.status === 200) seen = checkpoint;
    return answer.status === 409 ? `409 ${answer.size}` : String(answer.status);
  });
  const expected = requests.map(({ status, size }: { status: number; size?: number }) =>
    size === undefined ? String(status) : `${status} ${size}`,
  );
  // It reads a signature whose base64 is not canonical, which is no note here, and answers 403 for a
  // log that it does not know, where the text asks for 404.
  expect(expected.slice(1, 3)).toEqual(["403", "403"]);
  expect(answers).toEqual(expected.with(1, "400").with(2, "404"));
});

function submissionIn(body: string) {
  try {
    return parseSubmission(bytes(body));
  } catch {
    return undefined;
  }
}

test.each([
  ["nothing", ""],
  ["no old size", formatSubmission(0, [], noteOf(leavesOf(1))).replace("old 0\n", "")],
  ["a padded old size", formatSubmission(0, [], noteOf(leavesOf(1))).replace("old 0", "old 00")],
  ["64 lines of proof", formatSubmission(1, leavesOf(64), noteOf(leavesOf(3)))],
  ["half a hash", formatSubmission(1, ["abcd"], noteOf(leavesOf(3)))],
  [
    "no signature",
    formatSubmission(0, [], formatCheckpoint({ origin: "x", size: 0, root: EMPTY_ROOT })),
  ],
  ["a long checkpoint", formatSubmission(0, [], longNote(9_000))],
  ["no checkpoint", formatSubmission(0, [], "text\n\n— a AAAAAAAA\n")],
])("%s is no submission", (_what, text) => {
  expect(() => parseSubmission(bytes(text))).toThrow();
});

function longNote(length: number): string {
  const text = `${formatCheckpoint({ origin: LOG.name, ...seenOf(leavesOf(1)) })}${"x".repeat(length)}\n`;
  return formatNote({ text, signatures: [LOG.sign(text)] });
}

test("a checkpoint with lines of its own and 16 signatures of 5 kB is a submission", () => {
  const text = parseNote(bytes(longNote(7_000))).text;
  const more = Array.from({ length: 16 }, (_, at) => ({
    name: `w${at}.example`,
    keyId: "00000000",
    bytes: Buffer.alloc(5_000, at),
  }));
  const note = formatNote({ text, signatures: [...more, LOG.sign(text)] });
  const submission = parseSubmission(bytes(formatSubmission(0, [], note)));
  expect(judgeSubmission(submission, KEYS).status).toBe(200);
});

test.each([
  ["of a log that is not known", 404, submitted(0, leavesOf(3)), [], undefined],
  ["that another key signed", 403, submitted(0, leavesOf(3), OTHER), KEYS, undefined],
  ["that shrinks", 400, submitted(5, leavesOf(3)), KEYS, seenOf(leavesOf(5))],
  ["from a size that was not seen", 409, submitted(2, leavesOf(5)), KEYS, seenOf(leavesOf(3))],
  ["from a size when nothing was seen", 409, submitted(2, leavesOf(5)), KEYS, undefined],
  ["of another branch", 422, submitted(3, leavesOf(5, "x", 2)), KEYS, seenOf(leavesOf(3))],
  ["with another root", 422, submitted(3, leavesOf(3, "x", 2)), KEYS, seenOf(leavesOf(3))],
  ["that grows", 200, submitted(3, leavesOf(5)), KEYS, seenOf(leavesOf(3))],
  ["that is the same", 200, submitted(3, leavesOf(3)), KEYS, seenOf(leavesOf(3))],
  ["of nothing", 200, submitted(0, []), KEYS, undefined],
] as const)("a checkpoint %s gets %d", (_what, status, submission, keys, seen) => {
  expect(judgeSubmission(submission, keys, seen).status).toBe(status);
});

test("two roots of one size are a fork, another proof is none", () => {
  const other = judgeSubmission(submitted(3, leavesOf(3, "x", 2)), KEYS, seenOf(leavesOf(3)));
  expect(other).toMatchObject({ status: 422, isFork: true });
  const unproven = judgeSubmission(submitted(3, leavesOf(5, "x", 2)), KEYS, seenOf(leavesOf(3)));
  expect(unproven).toMatchObject({ status: 422, isFork: false });
});

test("a tree of nothing has one root, and from nothing there is no proof", () => {
  const origin = LOG.name;
  const rooted = signCheckpoint({ origin, size: 0, root: sha256("x") }, LOG);
  const wrong = parseSubmission(bytes(formatSubmission(0, [], rooted)));
  expect(judgeSubmission(wrong, KEYS).status).toBe(422);
  const proof = [sha256("x")];
  const proven = parseSubmission(bytes(formatSubmission(0, proof, noteOf(leavesOf(3)))));
  expect(judgeSubmission(proven, KEYS).status).toBe(422);
});

test("a signature of a trusted key that does not fit makes the checkpoint count for nothing", () => {
  const { text, signatures } = parseNote(bytes(noteOf(leavesOf(3))));
  const [line = WITNESS.sign(text)] = signatures;
  const bent = { ...line, bytes: line.bytes.with(5, (line.bytes[5] ?? 0) ^ 1) };
  const note = formatNote({ text, signatures: [bent] });
  const submission = parseSubmission(bytes(formatSubmission(0, [], note)));
  expect(judgeSubmission(submission, KEYS).status).toBe(403);
});

test("of an answer the line of the witness is taken, once it is verified", () => {
  const note = noteOf(leavesOf(3));
  const { text } = parseNote(bytes(note));
  const lineOf = (line: ReturnType<typeof WITNESS.cosign>) =>
    formatNote({ text, signatures: [line] }).slice(text.length + 1);
  const own = lineOf(WITNESS.cosign(text, 1_790_000_000));
  const others = lineOf(OTHER.cosign(text, 1_790_000_000));
  const read = (answer: string) => readCosignatures(bytes(answer), note, WITNESS.cosignerKey);
  expect(read(`${others}${own}`)).toEqual([own.trimEnd()]);
  expect(read(others)).toEqual([]);
  const ofAnother = lineOf(WITNESS.cosign(`${text}more\n`, 1_790_000_000));
  expect(() => read(ofAnother)).toThrow("does not fit");
  expect(() => read("<html>")).toThrow("not a signed note");
  expect(() => read("")).toThrow("not a signed note");
});

test("cosignatures by ML-DSA-44 are taken, verified where Node can and by their length where not", () => {
  const note = noteOf(leavesOf(3));
  const { text } = parseNote(bytes(note));
  const answerOf = (signatures: readonly SignatureLine[]) =>
    bytes(formatNote({ text, signatures }).slice(text.length + 1));
  const vkey = encodeVerifierKey("w.example", Buffer.alloc(1_312, 7), ML_DSA_COSIGNATURE);
  const lineOf = (length: number) => ({
    name: "w.example",
    keyId: vkey.split("+")[1] ?? "",
    bytes: Buffer.alloc(length),
  });
  const read = (length: number) => readCosignatures(answerOf([lineOf(length)]), note, vkey);
  if (!nodePlatform.knows("ML-DSA-44")) {
    expect([read(2_428).length, read(99).length]).toEqual([1, 0]);
    return;
  }
  expect(() => read(99)).toThrow("does not fit");
  expect(() => read(2_428)).toThrow("does not fit");
  const witnesses = Array.from({ length: 16 }, (_, at) => mlDsaOf(`w${at}.example`));
  const answer = answerOf(witnesses.map((witness) => mlDsaLine(text, witness, 1_790_000_000)));
  expect(answer.length).toBeLessThan(MAX_ANSWER_BYTES);
  const lines = witnesses.flatMap((witness) => readCosignatures(answer, note, witness.vkey));
  expect(lines).toHaveLength(16);
  const whole = parseNote(bytes(`${note}${lines.join("\n")}\n`));
  expect(whole.signatures).toHaveLength(17);
});

test("whatever is submitted, all that is cosigned is one tree, and what only grows always is", () => {
  const step = fc.record({
    isHonest: fc.boolean(),
    grow: fc.nat({ max: 9 }),
    old: fc.nat({ max: 60 }),
    branchAt: fc.nat({ max: 40 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      let cosigned: readonly string[] = [];
      for (const [number, { isHonest, grow, old, branchAt }] of steps.entries()) {
        const size = cosigned.length + grow;
        const kept = isHonest ? cosigned : cosigned.slice(0, branchAt);
        const leaves = [...kept, ...leavesOf(size, `${number}.`).slice(kept.length)];
        const submission = submitted(isHonest ? cosigned.length : old, leaves);
        const { status } = judgeSubmission(submission, KEYS, seenOf(cosigned));
        if (isHonest) expect(status).toBe(200);
        if (status !== 200) continue;
        expect(leaves.slice(0, cosigned.length)).toEqual(cosigned);
        cosigned = leaves;
      }
    }),
    { numRuns: 300 },
  );
});
