/** Records that are dropped, moved, repeated, renumbered or of another session. */

import { hashLeaf } from "../../../src/evidence/tree/leaf.ts";
import { edited } from "../bundles.ts";
import { hexOf } from "../records.ts";
import {
  at,
  editedAndRehashed,
  lines,
  other,
  replaced,
  swapped,
  type Tampering,
  withLines,
} from "./damage.ts";

export const order: Tampering[] = [
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
    verdict: "tampered",
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
    verdict: "ok-open",
    kind: "unsigned_tail",
    line: 13,
  },
];
