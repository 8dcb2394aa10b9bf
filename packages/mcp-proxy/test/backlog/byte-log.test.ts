import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteLog } from "../../src/backlog/byte-log.ts";

const MIB = 1024 * 1024;
const EMPTY_ROOM = new ByteLog().room;

interface Entry {
  readonly toServer: boolean;
  readonly time: number;
  readonly bytes: Buffer;
  readonly skipped: number;
}

function keep(log: ByteLog, { toServer, time, bytes, skipped }: Entry): void {
  if (skipped > 0) log.skip(toServer, time, skipped);
  else log.keep(toServer, time, bytes);
}

/** Parts of one entry that was cut to fit are one again. */
function drain(log: ByteLog): Entry[] {
  const entries: Entry[] = [];
  while (!log.isEmpty) {
    const part = log.shift();
    const last = entries.at(-1);
    if (!part) break;
    if (last && last.time === part.time && part.skipped === 0) {
      entries[entries.length - 1] = { ...last, bytes: Buffer.concat([last.bytes, part.bytes]) };
    } else entries.push({ ...part, bytes: Buffer.from(part.bytes) });
  }
  return entries;
}

/** Each has a time of its own, by which its parts are known. */
const entries = fc
  .array(
    fc.record({
      toServer: fc.boolean(),
      length: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 300_000 })),
      skipped: fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: 1, max: 2 ** 40 })),
    }),
    { maxLength: 40 },
  )
  .map((all) =>
    all.map(
      ({ toServer, length, skipped }, time): Entry => ({
        toServer,
        time,
        skipped,
        bytes: skipped > 0 ? Buffer.alloc(0) : Buffer.alloc(length, `${time} bytes,`),
      }),
    ),
  );

test("what was kept comes out in its order, whatever was read in between", () => {
  const runs = fc.property(entries, fc.array(fc.nat(9)), (all, reads) => {
    const log = new ByteLog();
    const seen: Entry[] = [];
    for (const [index, entry] of all.entries()) {
      keep(log, entry);
      if (reads[index] === 0) seen.push(...drain(log));
    }
    seen.push(...drain(log));
    expect(seen.map(({ time }) => time)).toEqual(all.map(({ time }) => time));
    for (const [index, entry] of all.entries()) {
      const { bytes, ...facts } = entry;
      expect(seen[index]).toMatchObject(facts);
      expect(seen[index]?.bytes.equals(bytes)).toBe(true);
    }
    expect(log.shift()).toBeUndefined();
    expect(log.isEmpty).toBe(true);
    expect(log.room).toBe(EMPTY_ROOM);
  });
  fc.assert(runs, { numRuns: 60 });
});

test("the bytes are copied, and a part stays as it is until the next one is asked for", () => {
  const log = new ByteLog();
  const bytes = Buffer.alloc(130_000, "first");
  log.keep(true, 1, bytes);
  bytes.fill("!");
  const first = log.shift();
  for (let count = 0; count < 20; count++) log.keep(false, 2, Buffer.alloc(130_000, "later"));
  expect(first?.bytes.toString().replaceAll("first", "").length).toBeLessThan("first".length);
});

test("room is what is left of 8 MiB, and one text may go beyond it", () => {
  const log = new ByteLog();
  const before = log.room;
  expect(before).toBeLessThanOrEqual(8 * MIB);
  log.keep(true, 0, Buffer.alloc(3 * MIB));
  expect(log.room).toBeLessThanOrEqual(before - 3 * MIB);
  expect(log.room).toBeGreaterThan(before - 3 * MIB - 1_024);
  log.keep(true, 0, Buffer.alloc(7 * MIB));
  expect(log.room).toBe(0);
  expect(drain(log).map(({ bytes }) => bytes.length)).toEqual([10 * MIB]);
  expect(log.room).toBe(before);
});
