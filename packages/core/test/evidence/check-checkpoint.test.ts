import { expect, test } from "vitest";
import { checkCheckpoint } from "../../src/evidence/check-checkpoint.ts";
import { parseCheckpoint, sessionOrigin } from "../../src/evidence/note/checkpoint.ts";
import { parseNote } from "../../src/evidence/note/note.ts";
import { parseVerifierKey } from "../../src/evidence/note/vkey.ts";
import {
  proveConsistency,
  proveInclusion,
  rootOf,
  subtreeRoots,
} from "../../src/evidence/proofs.ts";
import {
  COLLECTOR,
  leavesOf,
  noteOf,
  rehashed,
  STRANGER,
  sessionLines,
  TENANT,
} from "./bundles.ts";
import { closedRun } from "./records.ts";

const collectorKey = parseVerifierKey(COLLECTOR.vkey);
const origin = sessionOrigin(COLLECTOR.name, TENANT, "s-1");
const checkpointOf = (note: string) => parseCheckpoint(parseNote(Buffer.from(note)).text);

const single = closedRun(1, 5);
const viewOf = (size: number) => {
  const leaves = leavesOf(single).slice(0, size);
  return { collectorKey, origin, run: { size, root: rootOf(leaves), head: leaves.at(-1) ?? "" } };
};

test("a session of one run must have the root that the writer has", () => {
  const offered = { note: noteOf(single, 4), consistency: [] };
  expect(checkCheckpoint(offered, viewOf(4)).size).toBe(4);
  expect(() => checkCheckpoint(offered, viewOf(5))).toThrow("does not cover");
  const rewritten = rehashed(single.with(2, single[2]?.replace('"ok"', '"error"') ?? ""));
  const forged = { note: noteOf(rewritten, 4), consistency: [] };
  expect(() => checkCheckpoint(forged, viewOf(4))).toThrow("does not cover");
});

test("a checkpoint by another key or of another session is refused", () => {
  const stranger = { note: noteOf(single, 4, STRANGER), consistency: [] };
  expect(() => checkCheckpoint(stranger, viewOf(4))).toThrow("not signed");
  const other = { note: noteOf(single, 4, COLLECTOR, "s-2"), consistency: [] };
  expect(() => checkCheckpoint(other, viewOf(4))).toThrow("another session");
});

const lines = sessionLines();
const leaves = leavesOf(lines);
const inclusionOf = (index: number, size: number) => ({
  index,
  hashes: proveInclusion(index, size, subtreeRoots(leaves)),
});
const run = { size: 4, root: "", head: leaves[6] ?? "" };

test("among other runs, the writer's head must be in the tree, behind its earlier heads", () => {
  const offered = { note: noteOf(lines, 8), consistency: [], inclusion: inclusionOf(6, 8) };
  expect(checkCheckpoint(offered, { collectorKey, origin, run }).size).toBe(8);
  const last = { checkpoint: checkpointOf(noteOf(lines, 8)), index: 6 };
  expect(() => checkCheckpoint(offered, { collectorKey, origin, run, last })).toThrow(
    "does not cover",
  );
  const elsewhere = { ...offered, inclusion: inclusionOf(5, 8) };
  expect(() => checkCheckpoint(elsewhere, { collectorKey, origin, run })).toThrow("does not cover");
});

test("what was signed before must still be there", () => {
  const last = { checkpoint: checkpointOf(noteOf(lines, 3)) };
  const consistency = proveConsistency(3, 8, subtreeRoots(leaves));
  const offered = { note: noteOf(lines, 8), consistency, inclusion: inclusionOf(6, 8) };
  expect(checkCheckpoint(offered, { collectorKey, origin, run, last }).size).toBe(8);
  const rewritten = rehashed(lines.with(1, lines[1]?.replace('"ok"', '"error"') ?? ""));
  const contradicted = { checkpoint: checkpointOf(noteOf(rewritten, 3)) };
  expect(() => checkCheckpoint(offered, { collectorKey, origin, run, last: contradicted })).toThrow(
    "contradicts",
  );
});
