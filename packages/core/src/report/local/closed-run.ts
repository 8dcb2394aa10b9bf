import { open, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Where the last line of a closed run is: it is short. */
const TAIL_BYTES = 4_096;
const NOTES = ["head.note", "recovered.note"];

/** Whether the last record of a run closes it, as far as its end tells. */
export async function isClosedRun(folder: string): Promise<boolean> {
  return (await closedSize(folder)) !== undefined;
}

/** Whether it is closed, and a note beside it speaks of all its records. */
export async function isSignedRun(folder: string): Promise<boolean> {
  const size = await closedSize(folder);
  if (size === undefined) return false;
  const sizes = await Promise.all(NOTES.map((name) => sizeIn(join(folder, "checkpoints", name))));
  return sizes.includes(String(size));
}

/** @returns how many records a closed run has, as its last one says */
async function closedSize(folder: string): Promise<number | undefined> {
  const file = await open(join(folder, "records.ndjson"), "r").catch(() => undefined);
  if (!file) return undefined;
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - TAIL_BYTES);
    const bytes = Buffer.alloc(size - start);
    await file.read(bytes, 0, bytes.length, start);
    const last = bytes.toString("utf8").trimEnd().split("\n").at(-1) ?? "";
    const isClose = last.includes('"category":"lifecycle"') && last.includes('"type":"close"');
    const events = /"events":(\d+)/.exec(last)?.[1];
    return isClose && events !== undefined ? Number(events) + 1 : undefined;
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

/** The second line of a checkpoint is its size. */
async function sizeIn(note: string): Promise<string | undefined> {
  const text = await readFile(note, "utf8").catch(() => "");
  return text.split("\n")[1];
}
