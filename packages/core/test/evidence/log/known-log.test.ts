/** A bundle held against what its reader has of the log: heads that were kept, and all heads of the session. */
import { expect, test } from "vitest";
import type { KnownLog } from "../../../src/evidence/log/log-proofs.ts";
import { formatNote, parseNote } from "../../../src/evidence/note/note.ts";
import { formatTlogProof } from "../../../src/evidence/note/tlog-proof.ts";
import { parseVerifierKey } from "../../../src/evidence/note/vkey.ts";
import { hashLeaf } from "../../../src/evidence/tree/leaf.ts";
import { proveInclusion, rootOf, subtreeRoots } from "../../../src/evidence/tree/proofs.ts";
import { verifyBundle } from "../../../src/evidence/verify/verify-bundle.ts";
import { COLLECTOR, leavesOf, noteOf, STRANGER, sessionLines, written } from "../bundles.ts";
import { hexOf } from "../records.ts";
import { headOf, LOG, logNote, SEEN, WITNESS } from "./exported.ts";

const lines = sessionLines();
const rootAt = (size: number) => rootOf(leavesOf(lines).slice(0, size));
const ENTRIES = [headOf("s-0", lines, 4), headOf("s-1", lines, 4), headOf("s-1", lines)];
const proofOf = (index: number, entries: readonly string[] = ENTRIES, note = logNote(entries)) =>
  formatTlogProof({
    index,
    hashes: proveInclusion(index, entries.length, subtreeRoots(entries.map(hashLeaf))),
    note,
  });
const NOTES = { "checkpoints/4.note": noteOf(lines, 4), "checkpoints/12.note": noteOf(lines, 12) };
const keys = [parseVerifierKey(COLLECTOR.vkey)];

function verify(
  files: Readonly<Record<string, string>>,
  log: KnownLog = {},
  of: readonly string[] = lines,
  more: readonly (typeof keys)[0][] = [],
) {
  const path = written({ lines: of, files: { ...NOTES, ...files } });
  return verifyBundle(path, { keys: [...keys, ...more], log });
}
const told = (answer: ReturnType<typeof verify>) =>
  answer.findings.map(({ kind, file, message, line }) => ({ kind, file, message, line }));

const NOT_IN_LOG = "the log of the collector holds another head of these records, or none";

test("proofs say how many records are in the log, and which checkpoint of it is the newest", () => {
  const answer = verify({
    "log/12.tlog-proof": proofOf(2),
    "log/4.tlog-proof": proofOf(1, ENTRIES.slice(0, 2)),
  });
  expect(answer).toMatchObject({
    verdict: "ok",
    logged: 12,
    log: { size: 3, root: rootOf(ENTRIES.map(hashLeaf)) },
  });
  expect(answer.checks.find(({ name }) => name === "log")).toEqual({
    name: "log",
    holds: true,
    detail: "heads are in the log of their collector (2; others: 0)",
  });
  // The order of their sizes is not the order of the log's.
  const older = verify({
    "log/4.tlog-proof": proofOf(1),
    "log/12.tlog-proof": proofOf(2, [ENTRIES[0] ?? "", ENTRIES[2] ?? ""].concat(ENTRIES[2] ?? "")),
  });
  expect(older.log?.size).toBe(3);
  expect(verify({ "log/4.tlog-proof": proofOf(1) })).toMatchObject({ logged: 4, log: { size: 3 } });
  expect(verify({})).toMatchObject({ logged: 0, log: null });
});

test("what a witness saw of the log counts for the head that is in it", () => {
  const witness = parseVerifierKey(WITNESS.cosignerKey);
  const note = logNote(ENTRIES, [[WITNESS, SEEN]]);
  const answer = verify({ "log/12.tlog-proof": proofOf(2, ENTRIES, note) }, {}, lines, [witness]);
  expect(answer.verdict).toBe("ok");
  expect(answer.signedBy).toMatchObject([
    { name: COLLECTOR.name, role: "signed", since: 4, upTo: 12 },
    { name: WITNESS.name, role: "co-signed", since: 12, upTo: 12, timeSeconds: SEEN },
  ]);
});

test("a log is signed by its collector's key for notes, not by the one for cosignatures", () => {
  const { text } = parseNote(Buffer.from(logNote(ENTRIES)));
  const cosigned = formatNote({ text, signatures: [LOG.cosign(text, SEEN)] });
  const more = [parseVerifierKey(COLLECTOR.cosignerKey)];
  const answer = verifyBundle(
    written({ lines, files: { ...NOTES, "log/12.tlog-proof": proofOf(2, ENTRIES, cosigned) } }),
    { keys, knownKeys: more },
  );
  expect(answer).toMatchObject({ verdict: "ok", logged: 0, log: null, findings: [] });
});

test("proofs by others, or of heads that nobody signed here, are counted and say nothing", () => {
  const foreign = proofOf(2, ENTRIES, logNote(ENTRIES, [], STRANGER.named(LOG.name)));
  const answer = verify({ "log/12.tlog-proof": foreign, "log/7.tlog-proof": proofOf(1) });
  expect(answer).toMatchObject({ verdict: "ok", logged: 0, findings: [] });
  expect(answer.checks.find(({ name }) => name === "log")?.detail).toBe(
    "heads are in the log of their collector (0; others: 2)",
  );
});

test("a proof of another place is of another head, or of none", () => {
  expect(told(verify({ "log/12.tlog-proof": proofOf(1) }))).toEqual([
    { kind: "not_in_log", file: "log/12.tlog-proof", message: NOT_IN_LOG, line: null },
  ]);
});

test("a head of the log that was kept agrees, or there are two logs", () => {
  const files = { "log/12.tlog-proof": proofOf(2) };
  const size = ENTRIES.length;
  const root = rootOf(ENTRIES.map(hashLeaf));
  const heads = (...kept: readonly [number, string][]) => ({
    heads: kept.map(([of, at]) => ({ size: of, root: at, file: "kept.note" })),
  });
  expect(verify(files, heads([size, root])).verdict).toBe("ok");
  expect(verify(files, heads([size + 1, hexOf(9, 64)])).verdict).toBe("ok");
  const forked = verify(files, heads([1, hexOf(8, 64)], [size, hexOf(9, 64)]));
  expect(told(forked)).toEqual([
    {
      kind: "log_fork",
      file: "log/12.tlog-proof",
      message: `the log has two roots of size ${size}: also another one in kept.note`,
      line: null,
    },
  ]);
});

test("two proofs with two roots of one size name each other", () => {
  const other = ENTRIES.with(0, headOf("s-9", lines, 4));
  const answer = verify({
    "log/12-0.tlog-proof": proofOf(2),
    "log/12-1.tlog-proof": proofOf(2, other),
  });
  expect(told(answer)).toMatchObject([
    {
      kind: "log_fork",
      file: "log/12-1.tlog-proof",
      message: "the log has two roots of size 3: also another one in log/12-0.tlog-proof",
    },
  ]);
});

test.each<[string, readonly [number, string][], number, readonly string[]]>([
  ["no head", [], 12, []],
  [
    "the heads that the records have",
    [
      [4, rootAt(4)],
      [7, rootAt(7)],
      [12, rootAt(12)],
    ],
    12,
    [],
  ],
  [
    "another root",
    [
      [4, rootAt(4)],
      [7, hexOf(9, 64)],
    ],
    12,
    [`not_in_log log ${NOT_IN_LOG}`],
  ],
  ["another root of all", [[12, hexOf(9, 64)]], 12, [`not_in_log log ${NOT_IN_LOG}`]],
  [
    "two other roots",
    [
      [3, hexOf(9, 64)],
      [7, hexOf(9, 64)],
    ],
    12,
    [`not_in_log log ${NOT_IN_LOG}`, `not_in_log log ${NOT_IN_LOG}`],
  ],
  [
    "a head of one more",
    [
      [12, rootAt(12)],
      [13, hexOf(9, 64)],
    ],
    12,
    ["missing_records log the log holds a head of 13 records, 12 are there"],
  ],
  [
    "heads of more, the largest first",
    [
      [15, hexOf(9, 64)],
      [13, hexOf(9, 64)],
    ],
    12,
    ["missing_records log the log holds a head of 15 records, 12 are there"],
  ],
])("a session of which the log holds %s", (_what, session, _size, expected) => {
  const answer = verify({}, { session: new Map(session) });
  expect(told(answer).map(({ kind, file, message }) => `${kind} ${file} ${message}`)).toEqual(
    expected,
  );
});

test("records that are missing explain why heads of the log do not fit", () => {
  const answer = verify(
    { "log/12.tlog-proof": proofOf(2) },
    { session: new Map([[11, rootAt(11)]]) },
    lines.toSpliced(3, 1),
  );
  expect(told(answer).map(({ kind }) => kind)).toEqual(["gap", "missing_records"]);
});
