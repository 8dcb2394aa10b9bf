import { expect, test } from "vitest";
import { Pending } from "../../../src/report/delivery/pending.ts";
import type { Spool } from "../../../src/report/spool/spool.ts";
import type { Entry } from "../../../src/report/upstream/upstream.ts";

const entry = (seq: number): Entry => ({
  sessionId: "s",
  runId: "0".repeat(32),
  seq,
  line: `line ${seq}`,
  origin: "own",
});

/** Stands for a spool; tells whether it was ever asked for two things at once. */
function spoolOf() {
  const told = { overlaps: 0, kept: [] as number[], end: {} };
  let isBusy = false;
  const slowly = async (work: () => void) => {
    if (isBusy) told.overlaps += 1;
    isBusy = true;
    await new Promise((resolve) => setTimeout(resolve, 2));
    work();
    isBusy = false;
  };
  const spool = {
    get end() {
      return told.end;
    },
    append: (entries: readonly Entry[]) =>
      slowly(() => {
        told.kept.push(...entries.map(({ seq }) => seq));
        told.end = {};
      }),
    clear: () =>
      slowly(() => {
        told.kept = [];
      }),
  };
  // True because these are all that is asked of it here.
  return { told, spool: spool as unknown as Spool };
}

function pendingOn(spool: Spool) {
  return new Pending({ spool, now: () => 0, onKept: () => undefined, onProblem: () => undefined });
}

test("whoever asks at once, the disk does one thing after the other, and each entry is there once", async () => {
  const { told, spool } = spoolOf();
  const pending = pendingOn(spool);
  let next = 0;
  const work: Promise<unknown>[] = [];
  for (let round = 0; round < 30; round++) {
    for (let count = 0; count < 3; count++) pending.ring.push(entry(next++));
    work.push(
      pending.spill(),
      pending.spill(true),
      pending.disk().then(() => pending.spill()),
    );
    if (round % 3 === 0) await work.at(-2);
  }
  await Promise.all(work);
  expect(told.overlaps).toBe(0);
  expect(told.kept).toEqual(Array.from({ length: next }, (_, seq) => seq));
  expect(pending.isEmpty).toBe(true);
});

test("what was added while the disk was read is not cleared away", async () => {
  const { told, spool } = spoolOf();
  const pending = pendingOn(spool);
  pending.ring.push(entry(0));
  await pending.spill();
  const readTo = spool.end;
  pending.ring.push(entry(1));
  const spilled = pending.spill();
  let cleared = 0;
  const first = await pending.clearDisk(readTo, () => (cleared += 1));
  await spilled;
  expect({ first, cleared, kept: told.kept }).toEqual({ first: false, cleared: 0, kept: [0, 1] });
  expect(await pending.clearDisk(spool.end, () => (cleared += 1))).toBe(true);
  expect({ cleared, kept: told.kept, overlaps: told.overlaps }).toEqual({
    cleared: 1,
    kept: [],
    overlaps: 0,
  });
});

test("a unit that went to the disk while it was sent is not in memory any more, and what follows is", async () => {
  const { told, spool } = spoolOf();
  const pending = pendingOn(spool);
  for (let seq = 0; seq < 5; seq++) pending.ring.push(entry(seq));
  expect(pending.takeUnit()).toHaveLength(5);
  const spilled = pending.spill();
  const settled = pending.settleUnit();
  pending.ring.push(entry(5));
  await Promise.all([spilled, settled]);
  expect(told.kept.slice(0, 5)).toEqual([0, 1, 2, 3, 4]);
  const left = [...told.kept.slice(5), ...pending.takeUnit().map(({ seq }) => seq)];
  expect(left).toEqual([5]);
});
