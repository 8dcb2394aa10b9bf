/** The questions that are put to a bundle: what was looked at, with its numbers, and what fails by what. */
import { expect, test } from "vitest";
import { formatTlogProof } from "../../../src/evidence/note/tlog-proof.ts";
import { parseVerifierKey } from "../../../src/evidence/note/vkey.ts";
import { formatFork } from "../../../src/evidence/rules/side-lines.ts";
import { proveInclusion, subtreeRoots } from "../../../src/evidence/tree/proofs.ts";
import { verifyBundle } from "../../../src/evidence/verify/verify-bundle.ts";
import {
  COLLECTOR,
  edited,
  leavesOf,
  noteOf,
  STRANGER,
  type TestBundle,
  written,
} from "../bundles.ts";
import { hexOf } from "../records.ts";
import {
  at,
  files,
  good,
  LAST,
  lines,
  note,
  replaced,
  withFiles,
  withLines,
} from "../tampering/damage.ts";

const keys = [parseVerifierKey(COLLECTOR.vkey)];
const checksOf = (bundle: TestBundle) => verifyBundle(written(bundle), { keys }).checks;
const failed = (bundle: TestBundle) =>
  checksOf(bundle).flatMap(({ name, holds }) => (holds ? [] : [name]));

test("every question says what was looked at", () => {
  expect(checksOf(good)).toEqual([
    {
      name: "form",
      holds: true,
      detail: "every line is its own canonical form and fits the schema",
    },
    {
      name: "order",
      holds: true,
      detail: "every run is whole, in order and linked record by record",
    },
    { name: "tree", holds: true, detail: "the records have every root that is signed (4)" },
    {
      name: "signatures",
      holds: true,
      detail: "every given key name signed a checkpoint of this tree",
    },
    {
      name: "receipts",
      holds: true,
      detail: "receipts are for their records (2; by other keys: 0)",
    },
    { name: "forks", holds: true, detail: "no record was set aside for contradicting another one" },
  ]);
});

test("receipts by keys that nobody gave are counted apart", () => {
  const foreign = formatTlogProof({
    index: 5,
    hashes: proveInclusion(5, 12, subtreeRoots(leavesOf(lines))),
    note: noteOf(lines, 12, STRANGER),
  });
  const checks = checksOf(withFiles({ "receipts/5.tlog-proof": foreign }));
  expect(checks.find(({ name }) => name === "receipts")).toEqual({
    name: "receipts",
    holds: true,
    detail: "receipts are for their records (2; by other keys: 1)",
  });
});

test("the order of a tail is nobody's word, and that is said", () => {
  const open = { lines, files: { "checkpoints/4.note": note("checkpoints/4.note") } };
  expect(checksOf(open).find(({ name }) => name === "order")?.detail).toBe(
    "every run is whole, in order and linked record by record, up to the last one that is signed (4)",
  );
});

const fork = formatFork({ run: hexOf(1, 32), seq: 3, leaf: hexOf(8, 64), reason: "seq" });
test.each<[string, TestBundle, readonly string[]]>([
  ["nothing", good, []],
  ["a line that is none", withLines(replaced(3, "{}")), ["form"]],
  ["a checkpoint that is none", withFiles({ "checkpoints/9.note": "hello\n" }), ["form"]],
  [
    "a record that was changed",
    withLines(replaced(3, edited(at(3), { status: "error" }))),
    ["order", "tree"],
  ],
  ["a missing record", withLines(replaced(3)), ["order", "tree"]],
  ["a missing end", withLines(lines.slice(0, -1)), ["tree"]],
  [
    "two roots of one size",
    withFiles({ "checkpoints/9.note": noteOf(lines.toReversed(), 12) }),
    ["tree"],
  ],
  [
    "a forged checkpoint",
    withFiles({ "checkpoints/9.note": note(LAST).replace("\n12\n", "\n11\n") }),
    ["signatures"],
  ],
  ["a receipt that is none", withFiles({ "receipts/2.json": "{}" }), ["receipts"]],
  [
    "a receipt of another record",
    withFiles({ "receipts/2.json": note("receipts/1.json") }),
    ["receipts"],
  ],
  ["a proof of the log that is none", withFiles({ "log/12.tlog-proof": "hello\n" }), ["log"]],
  ["a fork", withFiles({ "forks.ndjson": `${fork}\n` }), ["forks"]],
  ["a fork that is none", withFiles({ "forks.ndjson": "{}\n" }), ["forks"]],
  ["no signature", { lines, files: {} }, ["signatures"]],
])("%s fails the questions that it belongs to", (_what, bundle, names) => {
  expect(failed(bundle)).toEqual(names);
});

test("heads of a log are asked for only where there are proofs of it", () => {
  expect(checksOf({ lines, files }).map(({ name }) => name)).not.toContain("log");
  const foreign = formatTlogProof({ index: 0, hashes: [], note: noteOf(lines, 1, STRANGER) });
  expect(checksOf(withFiles({ "log/12.tlog-proof": foreign }))).toContainEqual({
    name: "log",
    holds: true,
    detail: "heads are in the log of their collector (0; others: 1)",
  });
});
