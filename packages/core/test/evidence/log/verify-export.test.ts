/** All sessions of a tenant against the log of their heads: what is proved, and every lie we know. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  type ExportOptions,
  isExport,
  verifyExport,
} from "../../../src/evidence/log/verify-export.ts";
import { parseNote } from "../../../src/evidence/note/note.ts";
import { logOrigin, sessionOrigin } from "../../../src/evidence/note/origin.ts";
import { signCheckpoint } from "../../../src/evidence/note/signer.ts";
import { formatTlogProof } from "../../../src/evidence/note/tlog-proof.ts";
import { parseVerifierKey } from "../../../src/evidence/note/vkey.ts";
import { formatTombstone } from "../../../src/evidence/rules/side-lines.ts";
import { hashLeaf } from "../../../src/evidence/tree/leaf.ts";
import { proveInclusion, rootOf, subtreeRoots } from "../../../src/evidence/tree/proofs.ts";
import { COLLECTOR, newFolder, STRANGER, TENANT, WRITER, written } from "../bundles.ts";
import { signerOf } from "../records.ts";
import {
  archiveOf,
  ENTRIES,
  exported,
  headOf,
  LINES,
  LOG,
  linesOf,
  logNote,
  NOW_SECONDS,
  ORIGIN,
  SEEN,
  TAGS,
  WITNESS,
} from "./exported.ts";

const OTHER_WITNESS = signerOf("witness.example/second");
const keys = [parseVerifierKey(COLLECTOR.vkey)];
const knownKeys = [WITNESS, OTHER_WITNESS].map(({ cosignerKey }) => parseVerifierKey(cosignerKey));
const verify = (folder: string, more: Partial<ExportOptions> = {}) =>
  verifyExport(folder, { keys, knownKeys, nowMs: NOW_SECONDS * 1_000, ...more });

const TRUE_OF_ALL = "that agents reported all they did, and that clocks were right";
const NOBODY =
  "that the operator did not make another log with all its sessions: nobody co-signed it";
const all = (count: number, seen: string) =>
  `All sessions that the log holds are here or were deleted (${count} are here), as the log has them, which ${seen}.`;

test("what is honest verifies, and says what it proves and what not", () => {
  const collector = { name: COLLECTOR.name, keyId: keys[0]?.id, role: "signed", timeSeconds: null };
  const witness = {
    name: WITNESS.name,
    keyId: knownKeys[0]?.id,
    role: "co-signed",
    timeSeconds: SEEN,
  };
  expect(verify(exported({}))).toEqual({
    verdict: "ok",
    proven: all(3, `${WITNESS.name} co-signed, at 2026-11-18T11:06:40Z at the latest`),
    origin: ORIGIN,
    size: 4,
    logged: 3,
    sessions: 3,
    held: 3,
    deleted: 0,
    records: 4 + 5 + 3,
    signedBy: [collector, witness].map((one) => ({ ...one, since: 4, upTo: 4, timeFault: null })),
    findings: [],
    notProven: [TRUE_OF_ALL],
  });
});

test.each<[string, Parameters<typeof logNote>[1], string, readonly string[]]>([
  ["nobody", [], "nobody co-signed", [NOBODY, TRUE_OF_ALL]],
  ["a witness whom nobody named", [[WRITER, SEEN]], "nobody co-signed", [NOBODY, TRUE_OF_ALL]],
  ["a witness in the future", [[WITNESS, NOW_SECONDS + 601]], "nobody co-signed", [TRUE_OF_ALL]],
  [
    "two witnesses",
    [
      [WITNESS, SEEN + 60],
      [OTHER_WITNESS, SEEN],
    ],
    `${WITNESS.name}, ${OTHER_WITNESS.name} co-signed, at 2026-11-18T11:06:40Z at the latest`,
    [TRUE_OF_ALL],
  ],
])("%s saw the log", (_who, seen, words, notProven) => {
  const answer = verify(exported({ "log/checkpoint.note": logNote(ENTRIES, seen) }));
  expect(answer).toMatchObject({ verdict: "ok", proven: all(3, words), notProven });
});

test("without a time to hold it against, what is later than now is in the future", () => {
  const now = Math.floor(Date.now() / 1_000);
  const at = (seconds: number) => {
    const folder = exported({ "log/checkpoint.note": logNote(ENTRIES, [[WITNESS, seconds]]) });
    return verifyExport(folder, { keys, knownKeys }).signedBy[1]?.timeFault;
  };
  expect([at(now - 10), at(now + 100_000)]).toEqual([null, "in_future"]);
});

const putLog = (entries: readonly string[], note = logNote(entries)) => ({
  "log/entries.txt": entries.join(""),
  "log/checkpoint.note": note,
});
const proofIn = (entries: readonly string[], index: number) =>
  formatTlogProof({
    index,
    hashes: proveInclusion(index, entries.length, subtreeRoots(entries.map(hashLeaf))),
    note: logNote(entries),
  });

test("a session whose proof is in this log holds, and so does one that was logged when the log was smaller", () => {
  const now = { "log/3.tlog-proof": proofIn(ENTRIES, 3) };
  const before = { "log/5.tlog-proof": proofIn(ENTRIES.slice(0, 3), 1) };
  const folder = exported({
    [`sessions/${TAGS.c}.tar`]: archiveOf("c", LINES.c, now),
    [`sessions/${TAGS.b}.tar`]: archiveOf("b", LINES.b, before),
  });
  expect(verify(folder)).toMatchObject({ verdict: "ok", findings: [], held: 3 });
});

test("what was deleted is told by whoever deleted it, and believed for no session that is here", () => {
  const without = { [`sessions/${TAGS.c}.tar`]: undefined };
  const deleted = (text: string, files = {}) =>
    verify(exported({ ...without, "log/deleted.txt": text, ...files }));
  const told = `what 1 deleted sessions held, and who deleted them`;
  expect(deleted(`${TAGS.c}\n`)).toMatchObject({
    verdict: "ok-redacted",
    deleted: 1,
    sessions: 2,
    held: 2,
    findings: [],
    notProven: [told, TRUE_OF_ALL],
  });
  expect(deleted(TAGS.c)).toMatchObject({ verdict: "ok-redacted", deleted: 1 });
  // One that the log never had counts for nothing.
  const unknown = `${TAGS.c}\n${"0".repeat(32)}\n`;
  expect(deleted(unknown)).toMatchObject({ verdict: "ok-redacted", deleted: 1 });
  const here = verify(exported({ "log/deleted.txt": `${TAGS.c}\n` }));
  expect(here).toMatchObject({ verdict: "ok", deleted: 0, notProven: [TRUE_OF_ALL] });
  expect(deleted("")).toMatchObject({ verdict: "incomplete", deleted: 0 });
});

test("a session with deleted records is here and holds, and all of it is a part", () => {
  const [, second = ""] = LINES.a;
  const { runId: run, payload } = JSON.parse(second);
  const tombstone = formatTombstone({ run, seq: payload.seq, leaf: hashLeaf(second) });
  const tar = archiveOf("a", LINES.a, {
    "records.ndjson": LINES.a
      .with(1, tombstone)
      .map((line) => `${line}\n`)
      .join(""),
  });
  const answer = verify(exported({ [`sessions/${TAGS.a}.tar`]: tar }));
  expect(answer).toMatchObject({ verdict: "ok-redacted", held: 3, deleted: 0, findings: [] });
});

test("a session that the log does not hold yet is here, and may have been rewritten", () => {
  const answer = verify(exported(putLog(ENTRIES.slice(0, 3))));
  expect(answer).toMatchObject({
    verdict: "ok",
    size: 3,
    logged: 2,
    sessions: 3,
    held: 3,
    notProven: [
      NOBODY,
      "that 1 sessions were not rewritten: the log does not hold them yet",
      TRUE_OF_ALL,
    ],
  });
});

test("an empty log of no sessions is whole", () => {
  const none = Object.fromEntries(
    Object.values(TAGS).map((tag) => [`sessions/${tag}.tar`, undefined]),
  );
  const answer = verify(exported({ ...none, ...putLog([]) }));
  expect(answer).toMatchObject({ verdict: "ok", size: 0, sessions: 0, records: 0, findings: [] });
});

const NOT_THIS = "the kept head is of another log, or not signed by this one";
test.each<[string, string, readonly (readonly [string, string])[]]>([
  ["the same head", logNote(ENTRIES), []],
  ["an earlier head", logNote(ENTRIES.slice(0, 2)), []],
  ["a head of nothing", logNote([]), []],
  [
    "a head of more",
    logNote([...ENTRIES, headOf("c", linesOf("c", 4))]),
    [["forked", "the log was rolled back: it held 5 heads, and holds 4"]],
  ],
  [
    "another history",
    logNote(ENTRIES.slice(0, 2).toReversed()),
    [["forked", "the log is another one than was kept: its first 2 heads differ"]],
  ],
  [
    "a head that a stranger signed",
    logNote(ENTRIES, [], STRANGER.named(ORIGIN)),
    [["untrusted", NOT_THIS]],
  ],
  [
    "a head of another tenant",
    logNote(
      ENTRIES,
      [],
      COLLECTOR.named(logOrigin(COLLECTOR.name, TENANT.replace("0KDE", "0KDF"))),
      logOrigin(COLLECTOR.name, TENANT.replace("0KDE", "0KDF")),
    ),
    [["untrusted", NOT_THIS]],
  ],
])("held against %s that was kept", (_what, note, findings) => {
  const answer = verify(exported({}), { keptHead: Buffer.from(note) });
  const expected = findings.map(([verdict, message]) => ({ session: null, verdict, message }));
  expect(answer.findings).toEqual(expected);
  expect(answer.held).toBe(3);
});

test("a kept head that is none is said to be none, and nothing is proved", () => {
  const answer = verify(exported({}), { keptHead: Buffer.from("hello\n") });
  expect(answer).toMatchObject({ verdict: "malformed", findings: [{ session: null }] });
});

test("an export is told by the entries of its log", () => {
  expect(isExport(exported({}))).toBe(true);
  expect(isExport(exported({ "log/entries.txt": undefined }))).toBe(false);
  expect(isExport(written({ lines: [], files: {} }))).toBe(false);
  expect(isExport(join(newFolder(), "missing"))).toBe(false);
});

test("what reading the folder itself throws is thrown", () => {
  const folder = exported({});
  rmSync(join(folder, "log", "checkpoint.note"));
  expect(() => verify(folder)).toThrow("ENOENT");
});

test("the log's own key may be given beside its collector's, and counts once", () => {
  const own = [parseVerifierKey(LOG.vkey)];
  const answer = verify(exported({}), { keys: [], knownKeys: [...own, ...keys, ...knownKeys] });
  expect(answer.verdict).toBe("ok");
  expect(answer.signedBy.map(({ name, role }) => [name, role])).toEqual([
    [COLLECTOR.name, "signed"],
    [WITNESS.name, "co-signed"],
  ]);
});

test("a collector may have the word for its log in its own name", () => {
  const other = signerOf("log.example/log");
  const origin = logOrigin(other.name, TENANT);
  const lines = linesOf("a", 1);
  const checkpoint = {
    origin: sessionOrigin(other.name, TENANT, "a"),
    size: lines.length,
    root: rootOf(lines.map(hashLeaf)),
  };
  const note = signCheckpoint(checkpoint, other);
  const entries = [parseNote(Buffer.from(note)).text];
  const folder = exported({
    [`sessions/${TAGS.a}.tar`]: archiveOf("a", lines, { "checkpoints/head.note": note }),
    [`sessions/${TAGS.b}.tar`]: undefined,
    [`sessions/${TAGS.c}.tar`]: undefined,
    "log/entries.txt": entries.join(""),
    "log/checkpoint.note": logNote(entries, [], other.named(origin), origin),
  });
  // Nobody else is known.
  const answer = verifyExport(folder, { keys: [parseVerifierKey(other.vkey)] });
  expect(answer).toMatchObject({
    verdict: "ok",
    findings: [],
    held: 1,
    signedBy: [{ name: other.name, role: "signed" }],
  });
});
