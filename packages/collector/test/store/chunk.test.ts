import { formatTombstone } from "@caum/core/collector";
import { hashLeaf } from "@caum/core/verify";
import { expect, test } from "vitest";
import { decodeChunk, encodeChunks } from "../../src/store/chunks/chunk.ts";
import { recordRun } from "../native-lines.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z");

async function kept(calls: number) {
  const { lines } = await recordRun("s", calls);
  return lines.map((line, index) => {
    const standing = index % 3 === 0 ? undefined : `[${index},"x"]`;
    // Also a clock that was set back.
    return { index, line, receivedMs: NOW + (index % 5) * 1_000, standing, leaf: hashLeaf(line) };
  });
}

test("records come out of their chunks as they went in, each chunk by itself", async () => {
  const records = await kept(600);
  const chunks = encodeChunks(records);
  expect(chunks.map(({ first, count }) => [first, count])).toEqual([
    [0, 256],
    [256, 256],
    [512, records.length - 512],
  ]);
  expect(chunks.flatMap(decodeChunk)).toEqual(records);
  const bytes = chunks.reduce((sum, { body }) => sum + body.length, 0);
  const asRows = records.reduce((sum, { line }) => sum + line.length + 32, 0);
  expect(bytes / asRows).toBeLessThan(0.2);
});

test("records of several runs, and what is left of others, keep what they say", async () => {
  const [one, other] = [await kept(20), await kept(20)];
  const mixed = one.flatMap((record, at) => [record, other[at] ?? record]).slice(3);
  const records = mixed.map((record, at) => {
    const { line } = record;
    const { runId: run, payload } = JSON.parse(line);
    const tombstone = formatTombstone({ run, seq: payload.seq, leaf: record.leaf });
    return { ...record, index: 7 + at, line: at % 4 === 0 ? tombstone : line };
  });
  expect(encodeChunks(records).flatMap(decodeChunk)).toEqual(records);
});

test("what is damaged is refused, and not read as something else", async () => {
  const [chunk] = encodeChunks(await kept(40));
  if (chunk === undefined) throw new Error("no chunk");
  const { body } = chunk;
  expect(() => decodeChunk({ ...chunk, count: chunk.count - 1 })).toThrow();
  expect(() => decodeChunk({ ...chunk, body: body.subarray(0, body.length - 9) })).toThrow();
  const newer = Uint8Array.from(body);
  newer[chunk.count * 32] = 9;
  expect(() => decodeChunk({ ...chunk, body: newer })).toThrow("update caum");
});
