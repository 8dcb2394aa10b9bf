import { type Cursor, SEGMENT_BYTES, segmentPath, segmentsIn } from "./segments.ts";
import { openTrusted } from "./trusted.ts";

const NEWLINE = 0x0a;

/** Whole lines of one segment, and where the next ones begin. */
export interface Chunk {
  readonly lines: readonly string[];
  readonly next: Cursor;
}

/**
 * The next lines of a spool folder.
 *
 * Bytes after the last newline of a segment are a torn line, or one that is being written; they are
 * left out.
 *
 * @param end where to stop, when the folder is still written to
 * @returns undefined when there is nothing more
 */
export async function readChunk(
  folder: string,
  from: Cursor,
  end?: Cursor,
): Promise<Chunk | undefined> {
  const segments = await segmentsIn(folder);
  for (const segment of segments.filter((number) => number >= from.segment)) {
    if (end && segment > end.segment) return undefined;
    const offset = segment === from.segment ? from.offset : 0;
    const limit = end?.segment === segment ? end.offset : Number.POSITIVE_INFINITY;
    const bytes = await readBytes(segmentPath(folder, segment), offset, limit);
    const length = bytes.lastIndexOf(NEWLINE) + 1;
    if (length === 0) continue;
    const lines = bytes.toString("utf8", 0, length - 1).split("\n");
    return { lines, next: { segment, offset: offset + length } };
  }
  return undefined;
}

/** Segments that are links, belong to somebody else or are open to others; they are not read. */
export async function countUntrusted(folder: string): Promise<number> {
  let count = 0;
  for (const segment of await segmentsIn(folder)) {
    const file = await openTrusted(segmentPath(folder, segment));
    if (!file) count += 1;
    await file?.close();
  }
  return count;
}

async function readBytes(path: string, offset: number, limit: number): Promise<Buffer> {
  const file = await openTrusted(path);
  if (!file) return Buffer.alloc(0);
  try {
    const { size } = await file.stat();
    const length = Math.max(0, Math.min(size, limit, offset + SEGMENT_BYTES) - offset);
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await file.read(bytes, 0, length, offset);
    return bytes.subarray(0, bytesRead);
  } catch {
    return Buffer.alloc(0);
  } finally {
    await file.close().catch(() => undefined);
  }
}
