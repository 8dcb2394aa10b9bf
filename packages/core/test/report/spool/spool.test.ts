import { chmodSync, linkSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { mayBeAlive, thisProcess } from "../../../src/report/spool/process-identity.ts";
import { readChunk } from "../../../src/report/spool/segment-reader.ts";
import { SegmentWriter, SpoolFullError } from "../../../src/report/spool/segment-writer.ts";
import { bytesIn, START } from "../../../src/report/spool/segments.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "caum-spool-"));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const clock = () => Date.now();
const megabyte = "x".repeat(1024 * 1024);

test("segments are cut at a megabyte, and read back in order", async () => {
  const writer = new SegmentWriter({ root, clock });
  await writer.append(["one", megabyte]);
  await writer.append(["two"]);
  const folder = writer.folder ?? "";
  expect(readdirSync(folder).sort()).toEqual(["00000001.ndjson", "00000002.ndjson", "owner.json"]);
  const lines: string[] = [];
  let from = START;
  // A line longer than what is read at once is cut by no reader of ours: records are 16 KiB at most.
  for (let chunk = await readChunk(folder, from); chunk; chunk = await readChunk(folder, from)) {
    lines.push(...chunk.lines);
    from = chunk.next;
  }
  expect(lines).toEqual(["one", "two"]);
  await writer.close();
});

test("at the cap of all processes together nothing more is taken", async () => {
  const first = new SegmentWriter({ root, clock, capBytes: 1_500_000 });
  const second = new SegmentWriter({ root, clock, capBytes: 1_500_000 });
  await first.append([megabyte]);
  await expect(second.append([megabyte])).rejects.toThrow(SpoolFullError);
  await first.clear();
  await second.append([megabyte]);
  await second.close();
});

test("a batch that would go over the cap is not taken, and a smaller one still is", async () => {
  const writer = new SegmentWriter({ root, clock, capBytes: 1_500_000 });
  await writer.append(["one"]);
  await expect(writer.append([megabyte, megabyte])).rejects.toThrow(SpoolFullError);
  await writer.append([megabyte]);
  await expect(writer.append([megabyte])).rejects.toThrow(SpoolFullError);
  await writer.append(["two"]);
  expect(await bytesIn(root)).toBeLessThanOrEqual(1_500_000);
  await writer.close();
});

test("the cap holds at the end of processes as well: what fits is written, the rest is counted", async () => {
  const lines = Array.from({ length: 100 }, (_, index) => `${index}`.padEnd(9_990, "x"));
  const capBytes = 1_500_000;
  const written = [1, 2, 3].map(() =>
    new SegmentWriter({ root, clock, capBytes }).appendNow(lines),
  );
  expect(written).toEqual([100, 50, 0]);
  expect(await bytesIn(root)).toBe(capBytes);
  expect(readdirSync(root)).toHaveLength(2);
});

test("what is written at exit replaces what was cut off, byte for byte", async () => {
  const writer = new SegmentWriter({ root, clock });
  await writer.append(["one"]);
  writer.appendNow(["two", "three"]);
  writer.appendNow(["two", "three", "four"]);
  const chunk = await readChunk(writer.folder ?? "", START);
  expect(chunk?.lines).toEqual(["one", "two", "three", "four"]);
  await writer.close();
});

test("segments that have a second name, or that others may write, are not read", async () => {
  const writer = new SegmentWriter({ root, clock });
  await writer.append(["one"]);
  const folder = writer.folder ?? "";
  const segment = join(folder, "00000001.ndjson");
  linkSync(segment, join(root, "second-name"));
  expect(await readChunk(folder, START)).toBeUndefined();
  rmSync(join(root, "second-name"));
  expect((await readChunk(folder, START))?.lines).toEqual(["one"]);
  chmodSync(segment, 0o666);
  expect(await readChunk(folder, START)).toBeUndefined();
  await writer.close();
});

test("an owner is dead when its boot, its process or its start time is another", () => {
  const here = thisProcess();
  expect(mayBeAlive(here, 0)).toBe(true);
  if (here.boot !== "") expect(mayBeAlive({ ...here, boot: "earlier" }, 0)).toBe(false);
  if (here.startedAt !== "") expect(mayBeAlive({ ...here, startedAt: "1" }, 0)).toBe(false);
  const elsewhere = { ...here, host: "another" };
  expect(mayBeAlive(elsewhere, 60_000)).toBe(true);
  expect(mayBeAlive(elsewhere, 6 * 60_000)).toBe(false);
});

test("a folder that is a file is told by an error, and works once it is gone", async () => {
  const blocked = join(root, "a-file");
  writeFileSync(blocked, "");
  const writer = new SegmentWriter({ root: join(blocked, "spool"), clock });
  await expect(writer.append(["one"])).rejects.toThrow();
  rmSync(blocked);
  await writer.append(["one"]);
  expect((await readChunk(writer.folder ?? "", START))?.lines).toEqual(["one"]);
  await writer.close();
});
