/** Cosignatures with a time, by both algorithms, and whose of them are needed. */
import { expect, test } from "vitest";
import { parseCheckpoint } from "../../src/evidence/note/checkpoint.ts";
import { cosignedTree, formatNote, parseNote } from "../../src/evidence/note/note.ts";
import { ML_DSA_COSIGNATURE } from "../../src/evidence/note/verifier-key.ts";
import { encodeVerifierKey, parseVerifierKey } from "../../src/evidence/note/vkey.ts";
import { nodePlatform } from "../../src/evidence/verify/node-platform.ts";
import { checkPolicy, parsePolicy } from "../../src/evidence/verify/policy.ts";
import { verifyBundle } from "../../src/evidence/verify/verify-bundle.ts";
import { COLLECTOR, goodBundle, noteOf, STRANGER, WRITER, written } from "./bundles.ts";
import { mlDsaLine, mlDsaOf } from "./ml-dsa.ts";
import { hasPython, verifyWithPython } from "./python-verifier.ts";
import { signerOf } from "./records.ts";
import { LAST, note } from "./tampering/damage.ts";

const good = goodBundle();
const NOW = 1_800_000_000;
const SEEN = 1_790_000_100;
const WITNESSES = ["w1", "w22", "w333"].map((name) => signerOf(`witness.example/${name}`));
const [FIRST = COLLECTOR, SECOND = COLLECTOR, THIRD = COLLECTOR] = WITNESSES;

/** The good bundle with more lines under its last checkpoint. */
function cosigned(...lines: readonly Parameters<typeof formatNote>[0]["signatures"][number][]) {
  const { text, signatures } = parseNote(Buffer.from(note(LAST)));
  const last = formatNote({ text, signatures: [...signatures, ...lines] });
  return written({ ...good, files: { ...good.files, [LAST]: last } });
}
const { text } = parseNote(Buffer.from(note(LAST)));
const seenAt = (seconds: number, witness = FIRST) => witness.cosign(text, seconds);

function check(path: string, ...keys: readonly string[]) {
  return verifyBundle(path, { keys: keys.map(parseVerifierKey), nowMs: NOW * 1_000 });
}

test("a time is kept, and the sentence says since when at the latest", () => {
  const path = cosigned(seenAt(SEEN));
  const { verdict, signedBy, proven } = check(path, COLLECTOR.vkey, FIRST.cosignerKey);
  expect(verdict).toBe("ok");
  expect(signedBy).toContainEqual(
    expect.objectContaining({ name: FIRST.name, timeSeconds: SEEN, timeFault: null, upTo: 12 }),
  );
  expect(signedBy[0]).toMatchObject({ name: COLLECTOR.name, timeSeconds: null, timeFault: null });
  expect(proven).toBe(
    "All 12 records are as collector.example/caum signed them and witness.example/w1 co-signed them, " +
      "at 2026-09-21T14:15:00Z at the latest by witness.example/w1; not proved: what happened before " +
      "that, and that all who signed did not rewrite them together.",
  );
});

test.each([
  [1_000_000_000, "before_records", "before that of the records"],
  [4_102_444_800, "in_future", "in the future"],
  [2 ** 53 - 1, "in_future", "in the future"],
] as const)("second %d is said to be impossible", (seconds, timeFault, words) => {
  const answer = check(cosigned(seenAt(seconds)), COLLECTOR.vkey, FIRST.cosignerKey);
  expect(answer.verdict).toBe("ok");
  expect(answer.signedBy[1]).toMatchObject({ timeSeconds: seconds, timeFault });
  expect(answer.notProven.join("\n")).toContain(`when ${FIRST.name} saw it: the time it gives`);
  expect(answer.notProven.join("\n")).toContain(words);
  expect(answer.proven).not.toContain("at the latest");
});

test("of two times for one size the earlier one is kept", () => {
  const earlier = formatNote({ text, signatures: [COLLECTOR.sign(text), seenAt(SEEN)] });
  const later = formatNote({ text, signatures: [COLLECTOR.sign(text), seenAt(SEEN + 60)] });
  const files = { ...good.files, "checkpoints/a.note": later, "checkpoints/b.note": earlier };
  const answer = check(written({ ...good, files }), COLLECTOR.vkey, FIRST.cosignerKey);
  expect(answer.signedBy.find(({ name }) => name === FIRST.name)?.timeSeconds).toBe(SEEN);
});

test("what ML-DSA-44 signs has the bytes of C2SP tlog-cosignature", () => {
  const { origin, size, root } = parseCheckpoint(text);
  const eight = (number: number) => number.toString(16).padStart(16, "0");
  const sized = (name: string) =>
    name.length.toString(16).padStart(2, "0") + Buffer.from(name).toString("hex");
  expect(Buffer.from(cosignedTree(text, "w.example", 1_679_315_147) ?? []).toString("hex")).toBe(
    `737562747265652f76310a00${sized("w.example")}${eight(1_679_315_147)}` +
      `${sized(origin)}${eight(0)}${eight(size)}${root}`,
  );
  expect(cosignedTree(text, "w".repeat(256), 1)).toBeUndefined();
});

const hasMlDsa = nodePlatform.knows("ML-DSA-44");
if (!hasMlDsa)
  console.warn("NOT TESTED on this machine: cosignatures by ML-DSA-44 (needs OpenSSL 3.5)");

test.skipIf(!hasMlDsa)("16 witnesses sign with ML-DSA-44", () => {
  const witnesses = Array.from({ length: 16 }, (_, at) => mlDsaOf(`w${at}.example`));
  const path = cosigned(...witnesses.map((witness) => mlDsaLine(text, witness, SEEN)));
  const vkeys = witnesses.map(({ vkey }) => vkey);
  const answer = check(path, COLLECTOR.vkey, ...vkeys);
  expect(answer.verdict).toBe("ok");
  expect(answer.signedBy.filter(({ timeSeconds }) => timeSeconds === SEEN)).toHaveLength(16);
  expect(check(path, COLLECTOR.vkey)).toMatchObject({ verdict: "ok", signedBy: { length: 1 } });
  const [witness = mlDsaOf("x")] = witnesses;
  const moved = { ...mlDsaLine(text, witness, SEEN) };
  moved.bytes[7] = (moved.bytes[7] ?? 0) ^ 1;
  expect(check(cosigned(moved), witness.vkey)).toMatchObject({
    verdict: "tampered",
    findings: [{ kind: "bad_signature", file: LAST }],
  });
  const untimed = check(cosigned(mlDsaLine(text, witness, 0)), COLLECTOR.vkey, witness.vkey);
  expect(untimed).toMatchObject({ verdict: "ok", signedBy: { 1: { timeSeconds: null } } });
  if (!hasPython) return;
  // Python's standard library has no ML-DSA: such keys are left out of the judgement.
  const jobs = [
    { path, keys: [COLLECTOR.vkey, ...vkeys], now: NOW },
    { path, keys: vkeys, now: NOW },
  ];
  expect(verifyWithPython(jobs)).toMatchObject([
    { verdict: "ok", signedBy: [{ name: COLLECTOR.name }] },
    { verdict: "untrusted" },
  ]);
});

test("where a platform has no ML-DSA-44, such keys are named and ignored", async () => {
  const { checkBundle } = await import("../../src/evidence/verify/check-bundle.ts");
  const { openBundle } = await import("../../src/evidence/bundle/open-bundle.ts");
  const { readVerifierKey } = await import("../../src/evidence/note/verifier-key.ts");
  const platform = { ...nodePlatform, knows: (algorithm: string) => algorithm === "Ed25519" };
  const vkey = encodeVerifierKey("w.example", Buffer.alloc(1_312, 7), ML_DSA_COSIGNATURE);
  const line = { name: "w.example", keyId: vkey.split("+")[1] ?? "", bytes: Buffer.alloc(2_428) };
  const path = cosigned(line);
  const keys = [COLLECTOR.vkey, vkey].map((one) => readVerifierKey(one, platform));
  const answer = checkBundle(() => openBundle(path), { keys }, platform);
  expect(answer.verdict).toBe("ok");
  expect(answer.notProven).toContain("that w.example signed it: this machine has no ML-DSA-44");
  const alone = checkBundle(() => openBundle(path), { keys: keys.slice(1) }, platform);
  expect(alone.verdict).toBe("untrusted");
});

test("the example of C2SP tlog-cosignature is a note, whoever its signers are", () => {
  const example = [
    "example.com/behind-the-sofa",
    "20852163",
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
    "",
    "\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=",
    "\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==",
    "",
  ].join("\n");
  const { text: told, signatures } = parseNote(Buffer.from(example));
  expect(parseCheckpoint(told)).toMatchObject({ size: 20_852_163 });
  const [, witness] = signatures;
  const time = new DataView(witness!.bytes.buffer, witness!.bytes.byteOffset).getBigUint64(0);
  expect(time).toBe(1_679_315_147n);
});

const lines = (quorum: string) => [
  "# who must have signed",
  `log ${COLLECTOR.vkey} https://collector.example`,
  ...WITNESSES.map((witness, at) => `witness X${at} ${witness.cosignerKey}`),
  "\tgroup two 2\tX0 X1 X2 ",
  `quorum ${quorum}`,
];

function judged(path: string, policyLines: readonly string[]) {
  const policy = parsePolicy(`${policyLines.join("\n")}\n`);
  const knownKeys = [...policy.logs, ...policy.witnesses];
  const answer = verifyBundle(path, { keys: [], knownKeys, nowMs: NOW * 1_000 });
  return [answer.verdict, checkPolicy(policy, answer).holds];
}

test("a policy asks for a log and a quorum of witnesses over all records", () => {
  const two = cosigned(seenAt(SEEN, FIRST), seenAt(SEEN, THIRD));
  expect(judged(two, lines("two"))).toEqual(["ok", true]);
  expect(judged(two, lines("X0"))).toEqual(["ok", true]);
  expect(judged(two, lines("X1"))).toEqual(["ok", false]);
  expect(judged(two, lines("none"))).toEqual(["ok", true]);
  expect(judged(cosigned(seenAt(SEEN)), lines("two"))).toEqual(["ok", false]);
  const impossible = cosigned(seenAt(SEEN, FIRST), seenAt(1_000_000_000, SECOND));
  expect(judged(impossible, lines("two"))).toEqual(["ok", false]);
  const other = [`log ${STRANGER.vkey}`, `witness W ${WRITER.vkey}`, "quorum W"];
  expect(judged(two, other)).toEqual(["ok", false]);
  expect(judged(two, [`log ${COLLECTOR.vkey}`, ...other.slice(1)])).toEqual(["ok", true]);
  expect(judged(two, [`log ${STRANGER.vkey}`, "quorum none"])).toEqual(["untrusted", false]);
  const early = written({
    ...good,
    files: {
      ...good.files,
      "checkpoints/4.note": (() => {
        const four = parseNote(Buffer.from(noteOf(good.lines, 4)));
        const seen = FIRST.cosign(four.text, SEEN);
        return formatNote({ text: four.text, signatures: [...four.signatures, seen] });
      })(),
    },
  });
  expect(judged(early, lines("X0"))).toEqual(["ok", false]);
});

test.each([
  ["no quorum", lines("two").slice(0, -1), "names no quorum"],
  ["two quorums", [...lines("two"), "quorum none"], "one quorum"],
  ["a quorum that is not defined", lines("three"), "not defined before"],
  ["a group of more than it has", [...lines("two"), "group more 2 two"], "cannot be needed"],
  ["a member twice", [...lines("two"), "group more any X0"], "a member already"],
  ["a name twice", [...lines("two"), "group two any two"], "is a member|taken"],
  ["a member named none", [...lines("two"), "group more any none"], "not defined before"],
  ["a key that is none", ["log x", "quorum none"], "line 1"],
  [
    "a key twice",
    [`witness a ${FIRST.vkey}`, `witness b ${FIRST.cosignerKey}`, "quorum a"],
    "twice",
  ],
  ["an unknown word", ["logs x", "quorum none"], "expected log"],
  ["a control character", ["quorum none\r"], "no text"],
])("a policy with %s is refused", (_what, policyLines, why) => {
  expect(() => parsePolicy(`${policyLines.join("\n")}\n`)).toThrow(new RegExp(why));
});
