import { expect, test } from "vitest";
import { type BundleParts, bundleOf, type RecordReaders } from "../../src/evidence/bundle.ts";

/** Of a session with one record; what no bundle asks for here is left out. */
const PARTS = {
  owner: { tenant: 1 },
  view: { id: "s" },
  head: { size: 1, note: "note" },
  notes: [],
  forks: [],
  timeStamps: [],
  receipts: new Map(),
  logProofs: [],
  manifest: {},
} as unknown as BundleParts;

async function bytesOf(lines: readonly string[]): Promise<number> {
  let looks = 0;
  const records = async () => [{ line: lines[looks++ % lines.length] }];
  const readers = { reader: { records }, replica: { records } } as unknown as RecordReaders;
  let bytes = 0;
  for await (const piece of bundleOf(PARTS, readers)) bytes += piece.length;
  return bytes;
}

test("an export ends where records were buried while it was written", async () => {
  expect((await bytesOf(["a record"])) % 512).toBe(0);
  await expect(bytesOf(["a record", "a tombstone"])).rejects.toThrow("deleted meanwhile");
});
