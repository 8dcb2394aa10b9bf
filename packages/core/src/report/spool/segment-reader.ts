import type { Entry } from "../upstream/upstream.ts";
import type { KeptRun } from "./kept-runs.ts";
import { unseal } from "./sealed-line.ts";
import {
  type Cursor,
  removeSegment,
  SEGMENT_BYTES,
  START,
  segmentPath,
  segmentsIn,
} from "./segments.ts";
import { openTrusted } from "./trusted.ts";

const NEWLINE = 0x0a;

/** Whole lines of one segment, and where the next ones begin. */
export interface Chunk {
  /** Those that are as they were written. */
  readonly lines: readonly string[];
  /** How many others there are. */
  readonly damaged: number;
  readonly next: Cursor;
}

export interface ReadLimits {
  /** Where to stop, when the folder is still written to. */
  readonly end?: Cursor | undefined;
  /** A segment is a link, belongs to somebody else, is open to others, or cannot be read. */
  readonly onUnread?: ((segment: number) => void) | undefined;
}

/**
 * The next lines of a spool folder.
 *
 * Bytes after the last newline of a segment are a torn line, or one that is being written; they are
 * left out.
 *
 * @returns undefined when there is nothing more
 */
export async function readChunk(
  folder: string,
  from: Cursor,
  { end, onUnread }: ReadLimits = {},
): Promise<Chunk | undefined> {
  const segments = await segmentsIn(folder);
  for (const segment of segments.filter((number) => number >= from.segment)) {
    if (end && segment > end.segment) return undefined;
    const offset = segment === from.segment ? from.offset : 0;
    const limit = end?.segment === segment ? end.offset : Number.POSITIVE_INFINITY;
    const bytes = await readBytes(segmentPath(folder, segment), offset, limit);
    if (!bytes) onUnread?.(segment);
    const length = bytes ? bytes.lastIndexOf(NEWLINE) + 1 : 0;
    if (!bytes || length === 0) continue;
    const sealed = bytes.toString("utf8", 0, length - 1).split("\n");
    const lines = sealed.map(unseal).filter((line) => line !== undefined);
    const next = { segment, offset: offset + length };
    return { lines, damaged: sealed.length - lines.length, next };
  }
  return undefined;
}

/** One folder of a spool while it is read: how far it has arrived, and what of it was whole. */
export class SpoolFolder {
  readonly folder: string;
  readonly origin: "own" | "adopted";
  /** Segments that are links, of somebody else, open to others, or that the disk does not give. */
  readonly unread = new Set<number>();
  #from: Cursor = START;
  /** Seq of the last record of each run that was as it was written. */
  readonly #last = new Map<string, number>();

  constructor(folder: string, origin: "own" | "adopted") {
    this.folder = folder;
    this.origin = origin;
  }

  get from(): Cursor {
    return this.#from;
  }

  /** What comes next; the same again until it has arrived. */
  read(end?: Cursor): Promise<Chunk | undefined> {
    return readChunk(this.folder, this.#from, {
      end,
      onUnread: (segment) => this.unread.add(segment),
    });
  }

  async arrived(entries: readonly Entry[], next: Cursor): Promise<void> {
    for (const { runId, seq } of entries) {
      this.#last.set(runId, Math.max(seq, this.#last.get(runId) ?? 0));
    }
    const { segment: first } = this.#from;
    this.#from = next;
    for (let segment = first; segment < next.segment; segment++) {
      if (!this.unread.has(segment)) await removeSegment(this.folder, segment);
    }
  }

  /** The runs whose last records were not there. */
  missing(kept: Iterable<KeptRun>): readonly KeptRun[] {
    return [...kept].filter(({ runId, to }) => (this.#last.get(runId) ?? -1) < to);
  }
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

/** @returns undefined when the file must not or cannot be read */
async function readBytes(path: string, offset: number, limit: number): Promise<Buffer | undefined> {
  const file = await openTrusted(path);
  if (!file) return undefined;
  try {
    const { size } = await file.stat();
    const length = Math.max(0, Math.min(size, limit, offset + SEGMENT_BYTES) - offset);
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await file.read(bytes, 0, length, offset);
    return bytes.subarray(0, bytesRead);
  } catch {
    return undefined;
  } finally {
    await file.close().catch(() => undefined);
  }
}
