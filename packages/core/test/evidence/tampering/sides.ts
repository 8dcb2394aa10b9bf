/** Receipts, forks and tombstones. */

import { formatFork } from "../../../src/evidence/rules/side-lines.ts";
import { bundleOf, receiptOf } from "../bundles.ts";
import { hexOf } from "../records.ts";
import {
  editedAndRehashed,
  lines,
  note,
  other,
  replaced,
  type Tampering,
  tombstone,
  withFiles,
  withLines,
} from "./damage.ts";

const nested = (depth: number) => `${"[".repeat(depth)}"]\\"["${"]".repeat(depth)}`;
const receiptWith = (value: string) => note("receipts/1.json").replace("{", `{"more":${value},`);

export const sides: Tampering[] = [
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
    name: "a receipt with a number longer than any integer",
    bundle: withFiles({ "receipts/1.json": receiptWith(`${"9".repeat(5_000)}`) }),
    verdict: "ok",
  },
  {
    name: "a receipt nested as deep as may be",
    bundle: withFiles({ "receipts/1.json": receiptWith(nested(63)) }),
    verdict: "ok",
  },
  {
    name: "a receipt nested deeper than every reader can follow",
    bundle: withFiles({ "receipts/1.json": receiptWith(nested(64)) }),
    verdict: "malformed",
    kind: "malformed_receipt",
  },
  {
    name: "a receipt nested much deeper, hidden by a second field of that name",
    bundle: withFiles({ "receipts/1.json": receiptWith(`${nested(9_000)},"more":1`) }),
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
  {
    name: "a tombstone after the end",
    bundle: withLines(replaced(10, tombstone(10))),
    verdict: "ok-redacted",
    closed: false,
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
