/** What is found in checkpoints, receipts and forks: its kind, its file and its sentence. */
import { expect, test } from "vitest";
import { runOrigin } from "../../../src/evidence/note/origin.ts";
import { signCheckpoint } from "../../../src/evidence/note/signer.ts";
import { formatTlogProof } from "../../../src/evidence/note/tlog-proof.ts";
import { formatFork } from "../../../src/evidence/rules/side-lines.ts";
import { proveInclusion, subtreeRoots } from "../../../src/evidence/tree/proofs.ts";
import { COLLECTOR, leavesOf, noteOf, type TestBundle } from "../bundles.ts";
import { hexOf } from "../records.ts";
import { editedAndRehashed, LAST, lines, note, other, withFiles } from "../tampering/damage.ts";
import { type Found, found, ORIGIN, RECORDS, rootAt } from "./found.ts";

const MISMATCH = (size: number) => `the first ${size} records are not the ones that were signed`;
const receipt = note("receipts/1.json");

test.each<[string, TestBundle, readonly Found[]]>([
  [
    "two roots of one size",
    withFiles({ "checkpoints/12-2.note": noteOf(editedAndRehashed, 12) }),
    [["checkpoint_fork", "checkpoints/12-2.note", null, null, "two roots are signed for size 12"]],
  ],
  [
    "two roots of no record",
    withFiles({
      "checkpoints/0.note": noteOf(lines, 0),
      "checkpoints/00.note": signCheckpoint(
        { origin: ORIGIN, size: 0, root: hexOf(1, 64) },
        COLLECTOR,
      ),
    }),
    [["checkpoint_fork", "checkpoints/0.note", null, null, "two roots are signed for size 0"]],
  ],
  [
    "a root that no empty tree has",
    withFiles({
      "checkpoints/0.note": signCheckpoint(
        { origin: ORIGIN, size: 0, root: hexOf(1, 64) },
        COLLECTOR,
      ),
    }),
    [["root_mismatch", RECORDS, null, null, MISMATCH(0)]],
  ],
  [
    "a checkpoint of another session",
    withFiles({ "checkpoints/9.note": noteOf(other.lines, 9, COLLECTOR, "s-2") }),
    [
      [
        "wrong_origin",
        "checkpoints/9.note",
        null,
        null,
        "the checkpoint is of another session or run",
      ],
    ],
  ],
  [
    "a checkpoint of no known origin",
    withFiles({
      "checkpoints/9.note": signCheckpoint({ origin: "else", size: 9, root: rootAt(9) }, COLLECTOR),
    }),
    [
      [
        "wrong_origin",
        "checkpoints/9.note",
        null,
        null,
        "the signed origin names neither session nor run",
      ],
    ],
  ],
  [
    "a forged checkpoint",
    withFiles({ "checkpoints/9.note": note(LAST).replace("\n12\n", "\n11\n") }),
    [
      [
        "bad_signature",
        "checkpoints/9.note",
        null,
        null,
        `the signature by ${COLLECTOR.name} does not fit the note`,
      ],
    ],
  ],
  [
    "a checkpoint that is none",
    withFiles({ "checkpoints/9.note": "hello\n" }),
    [
      [
        "malformed_note",
        "checkpoints/9.note",
        null,
        null,
        "not a signed note: text and signatures are not set apart",
      ],
    ],
  ],
  [
    "a checkpoint that is too long",
    withFiles({ "checkpoints/9.note": "x".repeat(131_073) }),
    [["malformed_note", "checkpoints/9.note", null, null, "longer than 131072 bytes"]],
  ],
  [
    "a receipt of another record",
    withFiles({ "receipts/2.json": receipt }),
    [["bad_receipt", "receipts/2.json", 3, 0, "the receipt is not for this record"]],
  ],
  [
    "a receipt with another id",
    withFiles({ "receipts/1.json": receipt.replace("caum_live_receipt_", "caum_live_receipt_0") }),
    [["bad_receipt", "receipts/1.json", 2, 1, "the receipt is not for this record"]],
  ],
  [
    "a receipt that is none",
    withFiles({ "receipts/2.json": "{}" }),
    [
      [
        "malformed_receipt",
        "receipts/2.json",
        null,
        null,
        "not a receipt: it holds no id, hash or proof",
      ],
    ],
  ],
  [
    "a receipt that is too long",
    withFiles({ "receipts/2.json": "x".repeat(196_609) }),
    [["malformed_receipt", "receipts/2.json", null, null, "longer than 196608 bytes"]],
  ],
  [
    "a receipt of a record behind the last",
    withFiles({ "receipts/12.json": receipt }),
    [["bad_receipt", "receipts/12.json", null, null, "the receipt is not for this record"]],
  ],
  [
    "a receipt under a checkpoint of another session",
    withFiles({
      "receipts/2.tlog-proof": formatTlogProof({
        index: 2,
        hashes: proveInclusion(2, 9, subtreeRoots(leavesOf(other.lines))),
        note: noteOf(other.lines, 9, COLLECTOR, "s-2"),
      }),
    }),
    [
      [
        "wrong_origin",
        "receipts/2.tlog-proof",
        null,
        null,
        "the checkpoint is of another session or run",
      ],
    ],
  ],
  [
    "a fork",
    withFiles({
      "forks.ndjson":
        `${formatFork({ run: hexOf(1, 32), seq: 3, leaf: hexOf(8, 64), reason: "seq" })}\n`.repeat(
          2,
        ),
    }),
    [
      ["fork", "forks.ndjson", 1, 3, "another record claimed this place and was set aside"],
      ["fork", "forks.ndjson", 2, 3, "another record claimed this place and was set aside"],
    ],
  ],
  [
    "a fork that is none behind one that is",
    withFiles({
      "forks.ndjson": `${formatFork({ run: hexOf(1, 32), seq: 3, leaf: hexOf(8, 64), reason: "seq" })}\n{}\n{}\n`,
    }),
    [
      ["fork", "forks.ndjson", 1, 3, "another record claimed this place and was set aside"],
      ["malformed_fork", "forks.ndjson", 2, null, "the line describes no fork"],
    ],
  ],
  [
    "a fork that was torn",
    withFiles({
      "forks.ndjson": formatFork({ run: hexOf(1, 32), seq: 3, leaf: hexOf(8, 64), reason: "seq" }),
    }),
    [["malformed_fork", "forks.ndjson", 1, null, "the line describes no fork"]],
  ],
  ["no fork", withFiles({ "forks.ndjson": "" }), []],
])("%s", (_what, bundle, expected) => {
  expect(found(bundle)).toEqual(expected);
});

test("a bundle is that of the session of its first record, in whichever order its heads lie", () => {
  const foreign = { "checkpoints/1.note": noteOf(other.lines, 9, COLLECTOR, "s-2") };
  expect(found(withFiles(foreign))).toEqual([
    [
      "wrong_origin",
      "checkpoints/1.note",
      null,
      null,
      "the checkpoint is of another session or run",
    ],
  ]);
  const run = signCheckpoint(
    { origin: runOrigin(COLLECTOR.name, "s-1", hexOf(1, 32)), size: 3, root: hexOf(1, 64) },
    COLLECTOR,
  );
  expect(found(withFiles({ "checkpoints/9.note": run }))).toEqual([
    [
      "wrong_origin",
      "checkpoints/9.note",
      null,
      null,
      "the checkpoint is of another session or run",
    ],
  ]);
});
