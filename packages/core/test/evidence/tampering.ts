/** Every kind of damage we can think of, with the verdict it must get and where it must be found. */

import { holeRecord } from "../../src/evidence/acceptance.ts";
import { formatFork, formatTombstone } from "../../src/evidence/bundle/side-lines.ts";
import { hashLeaf } from "../../src/evidence/leaf.ts";
import { encodeLine } from "../../src/evidence/line.ts";
import { runOrigin, sessionOrigin } from "../../src/evidence/note/checkpoint.ts";
import { cosignNote, Signer, signCheckpoint } from "../../src/evidence/note/signer.ts";
import { rootOf } from "../../src/evidence/proofs.ts";
import { RunWriter } from "../../src/evidence/run-writer.ts";
import type { FindingKind, Verdict } from "../../src/evidence/verify/findings.ts";
import {
  bundleOf,
  COLLECTOR,
  edited,
  goodBundle,
  leavesOf,
  noteOf,
  receiptOf,
  rehashed,
  STRANGER,
  sessionLines,
  TENANT,
  type TestBundle,
  WRITER,
} from "./bundles.ts";
import { hexOf, identityOf, OPEN_FACTS, stampOf, toolDraft } from "./records.ts";

export interface Tampering {
  readonly name: string;
  readonly bundle: TestBundle;
  readonly verdict: Verdict;
  /** A finding that must be there; with a line, the first one. */
  readonly kind?: FindingKind;
  /** Line of the first finding, from 1. */
  readonly line?: number | null;
  readonly keys?: readonly string[];
}

const good = goodBundle();
const { lines, files } = good;
const at = (index: number): string => lines[index] ?? "";
const withLines = (changed: readonly string[]): TestBundle => ({ lines: changed, files });
const withFiles = (changed: Readonly<Record<string, string>>): TestBundle => ({
  lines,
  files: { ...files, ...changed },
});
const without = (...names: string[]): TestBundle => ({
  lines,
  files: Object.fromEntries(Object.entries(files).filter(([name]) => !names.includes(name))),
});
const replaced = (index: number, ...line: string[]) => lines.toSpliced(index, 1, ...line);
const swapped = (a: number, b: number) => lines.with(a, at(b)).with(b, at(a));
const note = (name: string): string => files[name] ?? "";
const tombstone = (index: number, change: object = {}): string => {
  const { runId: run, payload } = JSON.parse(at(index));
  return formatTombstone({ run, seq: payload.seq, leaf: hashLeaf(at(index)), ...change });
};

const other = bundleOf(sessionLines("s-2"));
const editedAndRehashed = rehashed(replaced(3, edited(at(3), { status: "error" })));
const LAST = "checkpoints/12.note";

const EDITS: readonly [string, Readonly<Record<string, unknown>>][] = [
  ["status", { status: "error" }],
  ["tool name", { toolName: "shell.run" }],
  ["result hash", { resultHash: hexOf(99, 64) }],
  ["duration", { durationMs: 13 }],
  ["time", { sourceTimestamp: "2026-01-01T00:00:00.000Z" }],
  ["agent", { agentId: "another" }],
  ["event id", { eventId: "00000000-0000-7000-8000-000000000000" }],
];

const edits = EDITS.flatMap(([field, change]): Tampering[] =>
  [1, 3, 5, 8].map((index) => ({
    name: `edit the ${field} of record ${index}`,
    bundle: withLines(replaced(index, edited(at(index), change))),
    verdict: "tampered" as const,
    kind: "altered" as const,
    line: index + 1,
  })),
);

const form: Tampering[] = (
  [
    ["white space", at(3).replace(":", ": ")],
    [
      "another key order",
      at(3).replace(/"status":"ok","toolName":"([a-z.]+)"/, '"toolName":"$1","status":"ok"'),
    ],
    ["1.0 for 1", at(3).replace('"seq":2', '"seq":2.0')],
    ["a __proto__ key", at(3).replace('"payload":{', '"__proto__":{"a":1},"payload":{')],
    ["a duplicate key", at(3).replace('"status":"ok"', '"status":"ok","status":"ok"')],
    ["an escaped letter", at(3).replace("browser", "\\u0062rowser")],
    [
      "a null",
      at(3)
        .replace('"durationMs":16', '"durationMs":null')
        .replace('"durationMs":12', '"durationMs":null'),
    ],
    ["an unknown field", at(3).replace('"status"', '"prompt":"x","status"')],
    [
      "an upper-case hash",
      at(3).replace(/"resultHash":"(.{64})"/, (_, hash) => `"resultHash":"${hash.toUpperCase()}"`),
    ],
    ["a lone surrogate", at(3).replace("support-bot", "\\ud800")],
    ["deep nesting", `${"[".repeat(7_000)}${"]".repeat(7_000)}`],
    ["a huge integer", at(3).replace('"durationMs":12', `"durationMs":${"9".repeat(5_000)}`)],
    ["a float that is an integer", at(3).replace('"durationMs":12', '"durationMs":12e0')],
    ["nothing", ""],
    ["a carriage return", `${at(3)}\r`],
    ["a byte order mark", `\ufeff${at(3)}`],
    ["NaN", at(3).replace('"durationMs":12', '"durationMs":NaN')],
  ] as const
).map(([what, line]) => ({
  name: `a line with ${what}`,
  bundle: withLines(replaced(3, line)),
  verdict: "malformed",
  kind: "malformed_record",
  line: 4,
}));

const order: Tampering[] = [
  {
    name: "drop the first record",
    bundle: withLines(lines.slice(1)),
    verdict: "incomplete",
    kind: "gap",
    line: 1,
  },
  {
    name: "drop a middle record",
    bundle: withLines(replaced(3)),
    verdict: "incomplete",
    kind: "gap",
    line: 6,
  },
  {
    name: "drop the last record",
    bundle: withLines(lines.slice(0, -1)),
    verdict: "incomplete",
    kind: "missing_records",
    line: null,
  },
  {
    name: "drop the last five records",
    bundle: withLines(lines.slice(0, -5)),
    verdict: "incomplete",
  },
  {
    name: "cut the last line",
    bundle: { ...good, lines: lines.slice(0, -1), files: { ...files } },
    verdict: "incomplete",
  },
  {
    name: "swap neighbours of one run",
    bundle: withLines(swapped(4, 5)),
    verdict: "tampered",
    kind: "gap",
    line: 5,
  },
  {
    name: "swap neighbours of two runs",
    bundle: withLines(swapped(3, 4)),
    verdict: "tampered",
    kind: "root_mismatch",
    line: 1,
  },
  {
    name: "repeat a line at once",
    bundle: withLines(replaced(3, at(3), at(3))),
    verdict: "malformed",
    kind: "duplicate",
    line: 5,
  },
  {
    name: "repeat a line later",
    bundle: withLines([...lines, at(3)]),
    verdict: "untrusted",
    kind: "reordered",
    line: 13,
  },
  {
    name: "renumber a record up",
    bundle: withLines(replaced(3, edited(at(3), { seq: 9 }))),
    verdict: "tampered",
    kind: "gap",
    line: 4,
  },
  {
    name: "renumber a record down",
    bundle: withLines(replaced(3, edited(at(3), { seq: 1 }))),
    verdict: "tampered",
    kind: "reordered",
    line: 4,
  },
  {
    name: "move a record to another run",
    bundle: withLines(replaced(3, edited(at(3), { runId: hexOf(7, 32) }))),
    verdict: "tampered",
    kind: "gap",
    line: 4,
  },
  {
    name: "put in a record of another session",
    bundle: withLines(replaced(3, at(3), other.lines[3] ?? "")),
    verdict: "tampered",
    kind: "spliced",
    line: 5,
  },
  {
    name: "replace a record by that of another session",
    bundle: withLines(replaced(3, other.lines[3] ?? "")),
    verdict: "tampered",
    kind: "spliced",
    line: 4,
  },
  {
    name: "the records of another session",
    bundle: withLines(other.lines),
    verdict: "tampered",
    kind: "spliced",
    line: 1,
  },
  {
    name: "first half of one session, second half of another",
    bundle: withLines([...lines.slice(0, 6), ...other.lines.slice(6)]),
    verdict: "tampered",
  },
  {
    name: "edit a previousHash",
    bundle: withLines(replaced(3, edited(at(3), { previousHash: hexOf(5, 64) }))),
    verdict: "tampered",
    kind: "altered",
    line: 4,
  },
  {
    name: "edit the first previousHash",
    bundle: withLines(replaced(0, edited(at(0), { previousHash: hexOf(5, 64) }))),
    verdict: "tampered",
    kind: "altered",
    line: 1,
  },
  {
    name: "edit the last record",
    bundle: withLines(replaced(11, edited(at(11), { dropped: 3 }))),
    verdict: "tampered",
    kind: "root_mismatch",
    line: 5,
  },
  {
    name: "edit one record and rehash the chain",
    bundle: withLines(editedAndRehashed),
    verdict: "tampered",
    kind: "root_mismatch",
    line: 1,
  },
  {
    name: "append a record after the close",
    bundle: withLines([...lines, edited(at(8), { seq: 5, previousHash: hashLeaf(at(10)) })]),
    verdict: "untrusted",
    kind: "unsigned_tail",
    line: 13,
  },
];

const heads: Tampering[] = [
  { name: "no checkpoints", bundle: { lines, files: {} }, verdict: "untrusted", kind: "no_note" },
  {
    name: "checkpoints by a stranger",
    bundle: { lines, files: { [LAST]: noteOf(lines, 12, STRANGER) } },
    verdict: "untrusted",
    kind: "no_note",
  },
  {
    name: "rewritten by the collector alone, co-signature dropped",
    bundle: { lines: editedAndRehashed, files: { [LAST]: noteOf(editedAndRehashed, 12) } },
    verdict: "untrusted",
    kind: "no_note",
    keys: [COLLECTOR.vkey, WRITER.vkey],
  },
  {
    name: "rewritten by the collector alone, co-signed note kept",
    bundle: {
      lines: editedAndRehashed,
      files: { [LAST]: noteOf(editedAndRehashed, 12), "checkpoints/old.note": note(LAST) },
    },
    verdict: "forked",
    kind: "checkpoint_fork",
    keys: [COLLECTOR.vkey, WRITER.vkey],
  },
  {
    name: "rewritten by the collector alone, co-signature moved over",
    bundle: {
      lines: editedAndRehashed,
      files: {
        [LAST]:
          noteOf(editedAndRehashed, 12) +
          (note(LAST)
            .split("\n")
            .find((line) => line.startsWith(`\u2014 ${WRITER.name}`)) ?? "") +
          "\n",
      },
    },
    verdict: "tampered",
    kind: "bad_signature",
    keys: [COLLECTOR.vkey, WRITER.vkey],
  },
  {
    name: "two roots for one size",
    bundle: withFiles({ "checkpoints/12-2.note": noteOf(editedAndRehashed, 12) }),
    verdict: "forked",
    kind: "checkpoint_fork",
  },
  {
    name: "a checkpoint of another session",
    bundle: withFiles({ "checkpoints/9.note": noteOf(other.lines, 9, COLLECTOR, "s-2") }),
    verdict: "tampered",
    kind: "wrong_origin",
  },
  {
    name: "only a checkpoint of another session",
    bundle: { lines, files: { [LAST]: noteOf(other.lines, 12, COLLECTOR, "s-2") } },
    verdict: "tampered",
    kind: "spliced",
    line: 1,
  },
  {
    name: "a checkpoint with an origin of no known form",
    bundle: withFiles({
      "checkpoints/9.note": signCheckpoint(
        { origin: "else", size: 9, root: rootOf(leavesOf(lines).slice(0, 9)) },
        COLLECTOR,
      ),
    }),
    verdict: "tampered",
    kind: "wrong_origin",
  },
  {
    name: "a checkpoint of one run in a session bundle",
    bundle: withFiles({
      "checkpoints/9.note": signCheckpoint(
        { origin: runOrigin(COLLECTOR.name, "s-1", hexOf(1, 32)), size: 3, root: hexOf(1, 64) },
        COLLECTOR,
      ),
    }),
    verdict: "tampered",
    kind: "wrong_origin",
  },
  {
    name: "an edited size",
    bundle: withFiles({ [LAST]: note(LAST).replace("\n12\n", "\n11\n") }),
    verdict: "tampered",
    kind: "bad_signature",
  },
  {
    name: "an edited root",
    bundle: withFiles({
      [LAST]: note(LAST)
        .replace(/\n(.)/g, (all, c) => (c === "1" ? all : all))
        .replace(
          /\n([A-Za-z0-9+/]{43}=)\n/,
          `\n${Buffer.from(hexOf(3, 64), "hex").toString("base64")}\n`,
        ),
    }),
    verdict: "tampered",
    kind: "bad_signature",
  },
  {
    name: "a checkpoint that is none",
    bundle: withFiles({ "checkpoints/x.note": "hello\n" }),
    verdict: "malformed",
    kind: "malformed_note",
  },
  {
    name: "an empty checkpoint",
    bundle: withFiles({ "checkpoints/x.note": "" }),
    verdict: "malformed",
    kind: "malformed_note",
  },
  {
    name: "a checkpoint ahead of the records",
    bundle: { lines: lines.slice(0, 4), files },
    verdict: "incomplete",
    kind: "missing_records",
  },
  {
    name: "last checkpoint dropped",
    bundle: without(LAST, "receipts/6.json"),
    verdict: "untrusted",
    kind: "unsigned_tail",
    line: 5,
  },
  {
    name: "truncated to an old checkpoint",
    bundle: {
      lines: lines.slice(0, 4),
      files: { "checkpoints/4.note": note("checkpoints/4.note") },
    },
    verdict: "ok-open",
  },
];

const sides: Tampering[] = [
  {
    name: "receipts swapped",
    bundle: withFiles({
      "receipts/1.json": note("receipts/6.json"),
      "receipts/6.json": note("receipts/1.json"),
    }),
    verdict: "tampered",
    kind: "bad_receipt",
    line: 2,
  },
  {
    name: "a receipt of another session",
    bundle: withFiles({ "receipts/1.json": receiptOf(other.lines, 1, 4) }),
    verdict: "tampered",
    kind: "bad_receipt",
  },
  {
    name: "an old receipt for a rewritten record",
    bundle: {
      lines: editedAndRehashed,
      files: { ...bundleOf(editedAndRehashed).files, "receipts/6.json": note("receipts/6.json") },
    },
    verdict: "tampered",
    kind: "bad_receipt",
    line: 7,
  },
  {
    name: "a receipt that claims another record",
    bundle: withFiles({
      "receipts/1.json": note("receipts/1.json").replace(
        /"event_hash":"[0-9a-f]{64}"/,
        `"event_hash":"${hexOf(1, 64)}"`,
      ),
    }),
    verdict: "tampered",
    kind: "bad_receipt",
    line: 2,
  },
  {
    name: "a receipt with an edited proof",
    bundle: withFiles({ "receipts/1.json": note("receipts/1.json").replace("index 1", "index 2") }),
    verdict: "tampered",
    kind: "bad_receipt",
    line: 2,
  },
  {
    name: "a receipt that is none",
    bundle: withFiles({ "receipts/1.json": "[]" }),
    verdict: "malformed",
    kind: "malformed_receipt",
  },
  {
    name: "a receipt with a proof that is none",
    bundle: withFiles({ "receipts/3.tlog-proof": "c2sp.org/tlog-proof@v2\n" }),
    verdict: "malformed",
    kind: "malformed_receipt",
  },
  {
    name: "a receipt for a record that is not there",
    bundle: {
      lines: lines.slice(0, 4),
      files: {
        "checkpoints/4.note": note("checkpoints/4.note"),
        "receipts/6.json": note("receipts/6.json"),
      },
    },
    verdict: "incomplete",
    kind: "missing_records",
  },
  {
    name: "a record set aside",
    bundle: withFiles({
      "forks.ndjson": `${formatFork({ run: hexOf(1, 32), seq: 3, leaf: hexOf(8, 64), reason: "seq" })}\n`,
    }),
    verdict: "forked",
    kind: "fork",
    line: 1,
  },
  {
    name: "a fork that is none",
    bundle: withFiles({ "forks.ndjson": "{}\n" }),
    verdict: "malformed",
    kind: "malformed_fork",
    line: 1,
  },
  { name: "a tombstone", bundle: withLines(replaced(3, tombstone(3))), verdict: "ok-redacted" },
  {
    name: "a tombstone with another leaf",
    bundle: withLines(replaced(3, tombstone(3, { leaf: hexOf(4, 64) }))),
    verdict: "tampered",
    kind: "altered",
    line: 4,
  },
  {
    name: "a tombstone with another seq",
    bundle: withLines(replaced(3, tombstone(3, { seq: 4 }))),
    verdict: "tampered",
    kind: "gap",
    line: 4,
  },
  {
    name: "a tombstone of another run",
    bundle: withLines(replaced(3, tombstone(3, { run: hexOf(2, 32) }))),
    verdict: "tampered",
    kind: "gap",
  },
  {
    name: "a tombstone for an open record",
    bundle: withLines(replaced(0, tombstone(0))),
    verdict: "malformed",
    kind: "malformed_tombstone",
    line: 1,
  },
  {
    name: "a tombstone with white space",
    bundle: withLines(replaced(3, tombstone(3).replace(":", ": "))),
    verdict: "malformed",
    kind: "malformed_tombstone",
    line: 4,
  },
  {
    name: "a tombstone with a leading zero",
    bundle: withLines(replaced(3, tombstone(3).replace('"seq":', '"seq":0'))),
    verdict: "malformed",
    kind: "malformed_tombstone",
    line: 4,
  },
];

const fine: Tampering[] = [
  { name: "untouched", bundle: good, verdict: "ok", keys: [COLLECTOR.vkey] },
  {
    name: "untouched, both keys",
    bundle: good,
    verdict: "ok",
    keys: [COLLECTOR.vkey, WRITER.vkey],
  },
  { name: "untouched, only the co-signer known", bundle: good, verdict: "ok", keys: [WRITER.vkey] },
  {
    name: "a third, unknown signer",
    bundle: withFiles({ [LAST]: cosignNote(note(LAST), STRANGER) }),
    verdict: "ok",
  },
  {
    name: "without receipts",
    bundle: without("receipts/1.json", "receipts/6.json"),
    verdict: "ok",
  },
  {
    name: "files that are unknown",
    bundle: withFiles({ "README.txt": "x", "receipts/readme": "x" }),
    verdict: "ok",
  },
  {
    name: "an open session",
    bundle: { lines: lines.slice(0, 8), files: { "checkpoints/8.note": noteOf(lines, 8) } },
    verdict: "ok-open",
  },
  {
    name: "an empty checkpoint of size 0",
    bundle: withFiles({
      "checkpoints/0.note": signCheckpoint(
        { origin: sessionOrigin(COLLECTOR.name, TENANT, "s-1"), size: 0, root: rootOf([]) },
        COLLECTOR,
      ),
    }),
    verdict: "ok",
  },
];

const OLD_KEY = COLLECTOR;
const NEW_KEY = new Signer(COLLECTOR.name, Buffer.from(hexOf(77, 64), "hex"));

/** One run that names a new key in its third record. */
const rotating = (() => {
  const writer = new RunWriter(identityOf(3));
  const rotate = { type: "key_rotate", newKey: NEW_KEY.vkey } as const;
  return [
    writer.open(OPEN_FACTS, stampOf(31)),
    writer.append(toolDraft(32)),
    writer.append({ ...stampOf(33), category: "lifecycle", payload: rotate }),
    writer.append(toolDraft(34)),
    writer.append({ ...stampOf(35), category: "lifecycle", payload: { type: "end" } }),
  ].map(({ line }) => line);
})();
const rotatingNote = (size: number, ...signers: readonly Signer[]) =>
  signCheckpoint(
    {
      origin: sessionOrigin(COLLECTOR.name, TENANT, "s-1"),
      size,
      root: rootOf(leavesOf(rotating).slice(0, size)),
    },
    ...(signers as [Signer]),
  );
const rotated = (last: string, middle = rotatingNote(3, OLD_KEY, NEW_KEY)): TestBundle => ({
  lines: rotating,
  files: { "checkpoints/3.note": middle, "checkpoints/5.note": last },
});
const bothKeys = [OLD_KEY.vkey, NEW_KEY.vkey];

const rotation: Tampering[] = [
  {
    name: "rotation: the new key signs on",
    bundle: rotated(rotatingNote(5, NEW_KEY)),
    verdict: "ok",
    keys: bothKeys,
  },
  {
    name: "rotation: only the new key is known",
    bundle: rotated(rotatingNote(5, NEW_KEY)),
    verdict: "ok",
    keys: [NEW_KEY.vkey],
  },
  {
    name: "rotation: only the old key is known, both signed",
    bundle: rotated(rotatingNote(5, OLD_KEY, NEW_KEY)),
    verdict: "ok",
    keys: [OLD_KEY.vkey],
  },
  {
    name: "rotation: only the old key is known, it signed no more",
    bundle: rotated(rotatingNote(5, NEW_KEY)),
    verdict: "untrusted",
    kind: "unsigned_tail",
    keys: [OLD_KEY.vkey],
  },
  {
    name: "rotation: a retired key signs on alone",
    bundle: rotated(rotatingNote(5, OLD_KEY)),
    verdict: "untrusted",
    kind: "retired_key",
    keys: bothKeys,
  },
  {
    name: "rotation: the old key alone signs the rotating record",
    bundle: rotated(rotatingNote(5, NEW_KEY), rotatingNote(3, OLD_KEY)),
    verdict: "untrusted",
    kind: "retired_key",
    keys: bothKeys,
  },
  {
    name: "rotation: the new key's signature beside a retired one is bad",
    bundle: rotated(rotatingNote(5, OLD_KEY, NEW_KEY).replace(/....\n$/, "AAA=\n")),
    verdict: "untrusted",
    kind: "retired_key",
    keys: [OLD_KEY.vkey],
  },
];

/** The first run alone, where the writer lost two records and says so. */
const holed = (() => {
  const whole = lines.filter((line) => line.includes(`"runId":"${hexOf(1, 32)}"`));
  const [, second = ""] = whole;
  const record = JSON.parse(second);
  const hole = holeRecord(record, { from: 2, to: 3 }, hashLeaf(second), stampOf(500));
  return [...whole.slice(0, 2), encodeLine(hole), ...whole.slice(4)];
})();

const holedBundle: TestBundle = {
  lines: holed,
  files: { "checkpoints/head.note": noteOf(holed, holed.length) },
};

const losses: Tampering[] = [
  {
    name: "a declared hole",
    bundle: holedBundle,
    verdict: "incomplete",
    kind: "hole",
    line: 3,
  },
  {
    name: "a hole that is taken out",
    bundle: { ...holedBundle, lines: holed.toSpliced(2, 1) },
    verdict: "incomplete",
    kind: "gap",
    line: 3,
  },
  {
    name: "records after the end",
    bundle: bundleOf([...lines, edited(at(8), { seq: 5, previousHash: hashLeaf(at(10)) })]),
    verdict: "ok-open",
  },
];

export const TAMPERINGS: readonly Tampering[] = [
  ...rotation,
  ...losses,
  ...fine,
  ...edits,
  ...form,
  ...order,
  ...heads,
  ...sides,
];
