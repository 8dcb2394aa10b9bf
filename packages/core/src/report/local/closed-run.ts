import { open } from "node:fs/promises";
import { join } from "node:path";

/** Where the last line of a closed run is: it is short. */
const TAIL_BYTES = 4_096;

/** Whether the last record of a run closes it, as far as its end tells. */
export async function isClosedRun(folder: string): Promise<boolean> {
  const file = await open(join(folder, "records.ndjson"), "r").catch(() => undefined);
  if (!file) return false;
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - TAIL_BYTES);
    const bytes = Buffer.alloc(size - start);
    await file.read(bytes, 0, bytes.length, start);
    const last = bytes.toString("utf8").trimEnd().split("\n").at(-1) ?? "";
    return last.includes('"category":"lifecycle"') && last.includes('"type":"close"');
  } catch {
    return false;
  } finally {
    await file.close();
  }
}
