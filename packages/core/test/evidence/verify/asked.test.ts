/** What a reader asks for: a size, a root, a session, a tree, and whose signatures. */
import { expect, test } from "vitest";
import { signCheckpoint } from "../../../src/evidence/note/signer.ts";
import { parseVerifierKey } from "../../../src/evidence/note/vkey.ts";
import { EMPTY_ROOT } from "../../../src/evidence/tree/inclusion.ts";
import { hashLeaf } from "../../../src/evidence/tree/leaf.ts";
import type { VerifyOptions } from "../../../src/evidence/verify/verify-bundle.ts";
import { COLLECTOR, newFolder, noteOf, STRANGER, type TestBundle, WRITER } from "../bundles.ts";
import { at, files, lines, note, tombstone } from "../tampering/damage.ts";
import { collector, type Found, found, ORIGIN, RECORDS, rootAt } from "./found.ts";

test.each<[string, Partial<VerifyOptions>, readonly Found[]]>([
  ["its own size", { expectSize: 12 }, []],
  ["a smaller size", { expectSize: 4 }, []],
  [
    "a larger size",
    { expectSize: 13 },
    [["missing_records", RECORDS, null, null, "13 records are expected, 12 are there and signed"]],
  ],
  ["no record", { expectSize: 0, expectRoot: EMPTY_ROOT }, []],
  [
    "no record, and a root",
    { expectSize: 0, expectRoot: rootAt(12) },
    [["root_mismatch", RECORDS, null, null, "the records do not have the expected root"]],
  ],
  ["its own root", { expectRoot: rootAt(12) }, []],
  [
    "a root of part of it",
    { expectRoot: rootAt(4) },
    [["root_mismatch", RECORDS, null, null, "the records do not have the expected root"]],
  ],
  ["a size and its root", { expectSize: 7, expectRoot: rootAt(7) }, []],
  [
    "a size and another root",
    { expectSize: 7, expectRoot: rootAt(8) },
    [["root_mismatch", RECORDS, null, null, "the records do not have the expected root"]],
  ],
  [
    "a larger size and a root",
    { expectSize: 13, expectRoot: rootAt(12) },
    [["missing_records", RECORDS, null, null, "13 records are expected, 12 are there and signed"]],
  ],
  [
    "another session",
    { expectSession: "s-2" },
    [["wrong_session", RECORDS, null, null, "the records are of another session than asked for"]],
  ],
  ["its own session", { expectSession: "s-1" }, []],
  ["its own tree", { expectOrigin: ORIGIN }, []],
  [
    "a tree of another key",
    { expectOrigin: "else" },
    [
      [
        "wrong_origin",
        "checkpoints",
        null,
        null,
        "no signed checkpoint is of the tree that was asked for",
      ],
    ],
  ],
])("where %s is asked for", (_what, options, expected) => {
  expect(found({ lines, files }, options)).toEqual(expected);
});

test("where every record was deleted, its checkpoints say which session it was", () => {
  const deleted = tombstone(1);
  const all = {
    lines: [deleted],
    files: {
      "checkpoints/1.note": signCheckpoint(
        { origin: ORIGIN, size: 1, root: hashLeaf(at(1)) },
        COLLECTOR,
      ),
    },
  };
  const kinds = (options: Partial<VerifyOptions>) => found(all, options).map(([kind]) => kind);
  expect(kinds({})).toEqual(["gap"]);
  expect(kinds({ expectSession: "s-1" })).toEqual(["gap"]);
  expect(kinds({ expectSession: "s-2" })).toEqual(["gap", "wrong_session"]);
});

const writer = parseVerifierKey(WRITER.vkey);
const stranger = parseVerifierKey(STRANGER.vkey);
const nobody = (name: string): Found => [
  "no_note",
  "checkpoints",
  null,
  null,
  `no checkpoint is signed by ${name}`,
];
test.each<[string, TestBundle, Partial<VerifyOptions>, readonly Found[]]>([
  ["both that have to", { lines, files }, { keys: [collector, writer] }, []],
  [
    "one of two that have to",
    { lines, files },
    { keys: [collector, stranger] },
    [nobody(STRANGER.name)],
  ],
  ["one that has to, and one that may", { lines, files }, { knownKeys: [stranger] }, []],
  ["one that may", { lines, files }, { keys: [], knownKeys: [collector] }, []],
  [
    "neither of two that may",
    { lines, files: {} },
    { keys: [], knownKeys: [collector, stranger] },
    [nobody(COLLECTOR.name), nobody(STRANGER.name)],
  ],
  ["one that is given twice", { lines, files }, { keys: [collector], knownKeys: [collector] }, []],
  [
    "one with a checkpoint of nothing",
    { lines, files: { "checkpoints/0.note": noteOf(lines, 0) } },
    {},
    [
      ["unsigned_tail", RECORDS, 1, 0, "the records after number 0 are under no signed checkpoint"],
      nobody(COLLECTOR.name),
    ],
  ],
  [
    "one with a receipt alone",
    { lines, files: { "receipts/6.json": note("receipts/6.json") } },
    {},
    [],
  ],
])("signed by %s", (_what, bundle, options, expected) => {
  expect(found(bundle, options)).toEqual(expected);
});

test("what a folder without records is said to be", () => {
  expect(found(newFolder())).toEqual([
    ["not_a_bundle", "", null, null, "not a bundle: it holds no records.ndjson at its top"],
  ]);
});
