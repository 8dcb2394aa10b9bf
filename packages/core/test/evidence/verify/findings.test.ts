/** What is found in records: its kind, its place and its sentence. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { holeRecord } from "../../../src/evidence/acceptance.ts";
import { encodeLine } from "../../../src/evidence/line/line.ts";
import { signRun } from "../../../src/evidence/local-run.ts";
import { parseVerifierKey } from "../../../src/evidence/note/vkey.ts";
import { RunWriter } from "../../../src/evidence/run-writer.ts";
import { hashLeaf } from "../../../src/evidence/tree/leaf.ts";
import { verifyBundle } from "../../../src/evidence/verify/verify-bundle.ts";
import {
  COLLECTOR,
  edited,
  noteOf,
  STRANGER,
  type TestBundle,
  WRITER,
  written,
} from "../bundles.ts";
import { closedRun, hexOf, identityOf, OPEN_FACTS, stampOf, toolDraft } from "../records.ts";
import {
  at,
  editedAndRehashed,
  files,
  LAST,
  lines,
  note,
  other,
  replaced,
  tombstone,
  withLines,
} from "../tampering/damage.ts";
import { type Found, found, RECORDS } from "./found.ts";

const MISMATCH = (size: number) => `the first ${size} records are not the ones that were signed`;
const ALTERED = "the record is not the one that the records around it link to";
const CANONICAL = "the line is not its own canonical form";

test.each<[string, TestBundle, readonly Found[]]>([
  [
    "a record that was changed",
    withLines(replaced(3, edited(at(3), { status: "error" }))),
    [
      ["altered", RECORDS, 4, 2, ALTERED],
      ["root_mismatch", RECORDS, null, null, MISMATCH(4)],
    ],
  ],
  [
    "a last record that was changed",
    withLines(replaced(11, edited(at(11), { dropped: 3 }))),
    [["root_mismatch", RECORDS, 5, 1, MISMATCH(12)]],
  ],
  [
    "records that were made anew",
    { lines: editedAndRehashed, files: { [LAST]: note(LAST) } },
    [["root_mismatch", RECORDS, 1, 0, MISMATCH(12)]],
  ],
  [
    "a missing record",
    withLines(replaced(3)),
    [
      ["gap", RECORDS, 6, 3, "seq 2 to 2 are missing before this record"],
      ["missing_records", RECORDS, null, null, "12 records are signed, 11 are there"],
    ],
  ],
  [
    "missing records at the end",
    withLines(lines.slice(0, 9)),
    [["missing_records", RECORDS, null, null, "12 records are signed, 9 are there"]],
  ],
  [
    "a tail that nobody signed",
    { lines, files: { "checkpoints/4.note": note("checkpoints/4.note") } },
    [["unsigned_tail", RECORDS, 5, 1, "the records after number 4 are under no signed checkpoint"]],
  ],
  [
    "a tail behind records that were changed",
    {
      lines: replaced(1, edited(at(1), { status: "error" })),
      files: { "checkpoints/4.note": note("checkpoints/4.note") },
    },
    [
      ["altered", RECORDS, 2, 1, ALTERED],
      ["root_mismatch", RECORDS, null, null, MISMATCH(4)],
    ],
  ],
  [
    "an empty line",
    withLines(replaced(3, "")),
    [["malformed_record", RECORDS, 4, null, CANONICAL]],
  ],
  [
    "a line with a space",
    withLines(replaced(3, ` ${at(3)}`)),
    [["malformed_record", RECORDS, 4, null, CANONICAL]],
  ],
  [
    "a field that does not fit",
    withLines(replaced(3, at(3).replace('"durationMs":12', '"durationMs":-1'))),
    [
      [
        "malformed_record",
        RECORDS,
        4,
        null,
        "the field payload.durationMs does not fit the schema",
      ],
    ],
  ],
  [
    "a tombstone that is none",
    withLines(replaced(3, `${tombstone(3)} `)),
    [
      [
        "malformed_tombstone",
        RECORDS,
        4,
        null,
        "not a tombstone, or one for the record that opens a run",
      ],
    ],
  ],
  [
    "a tombstone of a record that opens a run",
    withLines(replaced(0, tombstone(0))),
    [
      [
        "malformed_tombstone",
        RECORDS,
        1,
        null,
        "not a tombstone, or one for the record that opens a run",
      ],
    ],
  ],
  [
    "a record of another session",
    withLines(replaced(3, at(3), other.lines[3] ?? "")),
    [
      ["spliced", RECORDS, 5, 2, "the record is of another session"],
      ["reordered", RECORDS, 5, 2, "seq 2 comes after seq 2"],
      ["bad_receipt", "receipts/6.json", 7, 2, "the receipt is not for this record"],
      ["root_mismatch", RECORDS, null, null, MISMATCH(12)],
    ],
  ],
  [
    "a line twice",
    withLines(replaced(3, at(3), at(3))),
    [["duplicate", RECORDS, 5, 2, "the record is there twice"]],
  ],
  [
    "no record",
    { lines: [], files },
    [["not_a_bundle", RECORDS, null, null, "not a bundle: it holds no record"]],
  ],
  [
    "nobody's signature",
    { lines, files: {} },
    [["no_note", "checkpoints", null, null, `no checkpoint is signed by ${COLLECTOR.name}`]],
  ],
])("%s", (_what, bundle, expected) => {
  expect(found(bundle)).toEqual(expected);
});

test.each<[string, Buffer, readonly Found[]]>([
  [
    "is torn",
    Buffer.from(`${at(0)}\n{"agentId"`),
    [["torn_line", RECORDS, 2, null, "the file ends in the middle of a line"]],
  ],
  [
    "is too long",
    Buffer.from(`${at(0)}\n${"x".repeat(16_385)}\n`),
    [["line_too_long", RECORDS, 2, null, "the line is longer than 16 KiB"]],
  ],
  [
    "is no text",
    Buffer.from(`${at(0)}\n\xff\n`, "latin1"),
    [["malformed_record", RECORDS, 2, null, "the line is not UTF-8"]],
  ],
])("a line that %s ends the reading", (_what, bytes, expected) => {
  const folder = written({ lines: [], files: { "checkpoints/1.note": noteOf(lines, 1) } });
  writeFileSync(join(folder, RECORDS), bytes);
  expect(found(folder)).toEqual(expected);
});

test("a hole and what the writer lost by it are told at its place", () => {
  const run = closedRun(1, 4);
  const [first = "", second = "", , , fifth = "", last = ""] = run;
  const hole = encodeLine(
    holeRecord(JSON.parse(second), { from: 2, to: 3 }, hashLeaf(second), stampOf(9)),
  );
  const holed = [first, second, hole, fifth, last];
  expect(found({ lines: holed, files: { "checkpoints/h.note": noteOf(holed, 5) } })).toEqual([
    ["hole", RECORDS, 3, 2, "the writer lost seq 2 to 3"],
  ]);
});

test("a record of another run has no place in a local run, and is told by its run", () => {
  const run = new RunWriter(identityOf(6));
  const own = [run.open(OPEN_FACTS, stampOf(1)).line, run.append(toolDraft(2)).line];
  const foreign = new RunWriter(identityOf(7)).open(OPEN_FACTS, stampOf(3)).line;
  const path = written({
    lines: [...own, foreign],
    files: { "checkpoints/h.note": signRun(run, WRITER) },
  });
  const { findings } = verifyBundle(path, { keys: [parseVerifierKey(WRITER.vkey)] });
  expect(findings).toEqual([
    {
      kind: "spliced",
      file: RECORDS,
      line: 3,
      run: hexOf(7, 32),
      seq: 0,
      message: "the record is of another run",
    },
    {
      kind: "unsigned_tail",
      file: RECORDS,
      line: 3,
      run: hexOf(7, 32),
      seq: 0,
      message: "the records after number 2 are under no signed checkpoint",
    },
  ]);
});

test("a key that is no key, or that was replaced, is told where it is", () => {
  const rotating = (newKey: string) => {
    const run = new RunWriter(identityOf(3));
    const payload = { type: "key_rotate", newKey } as const;
    return [
      run.open(OPEN_FACTS, stampOf(31)),
      run.append({ ...stampOf(33), category: "lifecycle", payload }),
      run.append(toolDraft(34)),
    ].map(({ line }) => line);
  };
  const bad = rotating("hello");
  expect(found({ lines: bad, files: { "checkpoints/3.note": noteOf(bad, 3) } })).toEqual([
    ["malformed_record", RECORDS, 2, 1, "the field payload.newKey does not fit the schema"],
  ]);
  const good = rotating(STRANGER.named(COLLECTOR.name).vkey);
  expect(found({ lines: good, files: { "checkpoints/3.note": noteOf(good, 3) } })).toEqual([
    [
      "retired_key",
      "checkpoints/3.note",
      null,
      null,
      `${COLLECTOR.name} signed with a key that was replaced before this size`,
    ],
  ]);
  // A head of fewer records than the one that names the new key is under the old one.
  const early = { "checkpoints/1.note": noteOf(good, 1) };
  expect(found({ lines: good, files: early }).map(([kind]) => kind)).toEqual(["unsigned_tail"]);
  // A key by another name replaces nothing.
  const others = rotating(STRANGER.vkey);
  expect(found({ lines: others, files: { "checkpoints/3.note": noteOf(others, 3) } })).toEqual([]);
});
