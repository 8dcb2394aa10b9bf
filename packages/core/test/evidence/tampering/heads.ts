/** Checkpoints that are missing, forged, of another tree, or at odds with each other. */

import { runOrigin } from "../../../src/evidence/note/origin.ts";
import { cosignNote, signCheckpoint } from "../../../src/evidence/note/signer.ts";
import { rootOf } from "../../../src/evidence/tree/proofs.ts";
import { COLLECTOR, edited, leavesOf, noteOf, STRANGER, WRITER } from "../bundles.ts";
import { hexOf } from "../records.ts";
import {
  at,
  editedAndRehashed,
  files,
  LAST,
  lines,
  note,
  other,
  replaced,
  type Tampering,
  tombstone,
  withFiles,
  without,
} from "./damage.ts";

export const heads: Tampering[] = [
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
      [LAST]: note(LAST).replace(
        /\n[A-Za-z0-9+/]{43}=\n/,
        `\n${Buffer.from(hexOf(3, 64), "hex").toString("base64")}\n`,
      ),
    }),
    verdict: "tampered",
    kind: "bad_signature",
  },
  {
    name: "a longer checkpoint than any needs to be",
    bundle: withFiles({ [LAST]: note(LAST).replace("\n\n", `\n${"x".repeat(131_072)}\n\n`) }),
    verdict: "malformed",
    kind: "malformed_note",
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
    verdict: "ok-open",
    kind: "unsigned_tail",
    line: 5,
  },
  {
    name: "last checkpoint dropped and a record deleted",
    bundle: {
      lines: replaced(3, tombstone(3)),
      files: { "checkpoints/4.note": note("checkpoints/4.note") },
    },
    verdict: "ok-redacted",
    kind: "unsigned_tail",
    line: 5,
  },
  {
    name: "last checkpoint dropped and a later record edited",
    bundle: {
      lines: replaced(5, edited(at(5), { status: "error" })),
      files: { "checkpoints/4.note": note("checkpoints/4.note") },
    },
    verdict: "tampered",
    kind: "unsigned_tail",
    line: 5,
  },
  {
    name: "every checkpoint but an empty one dropped",
    bundle: { lines, files: { "checkpoints/0.note": noteOf(lines, 0) } },
    verdict: "untrusted",
    kind: "no_note",
  },
  {
    name: "a co-signer who signed nothing but an empty checkpoint",
    bundle: {
      lines,
      files: {
        "checkpoints/0.note": cosignNote(noteOf(lines, 0), WRITER),
        [LAST]: noteOf(lines, 12),
      },
    },
    verdict: "untrusted",
    kind: "no_note",
    keys: [COLLECTOR.vkey, WRITER.vkey],
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
