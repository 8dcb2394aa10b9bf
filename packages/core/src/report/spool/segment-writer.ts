import { closeSync, constants, ftruncateSync, openSync, writeSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { beat, disownFolder, isStillOwned, makeOwnedFolder, removeFolder } from "./owned-folder.ts";
import { bytesIn, bytesInNow, type Cursor, SEGMENT_BYTES, START, segmentPath } from "./segments.ts";

/** What all processes together may leave for one collector. */
const CAP_BYTES = 64 * 1024 * 1024;
const FILE_MODE = 0o600;
const BEAT_AFTER_MS = 10_000;
/** After such a pause somebody may have taken this process for dead. */
const ASK_AFTER_MS = 30_000;

export class SpoolFullError extends Error {
  override readonly name = "SpoolFullError";
}

export interface SegmentWriterParts {
  /** The spool of one collector and key. */
  readonly root: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly capBytes?: number | undefined;
}

/**
 * Appends lines to the spool folder of this process, which is made with the first of them.
 *
 * Lines are written at known offsets: an append that failed, or that the end of the process cut
 * off, is repeated over the same bytes instead of after them.
 */
export class SegmentWriter {
  readonly #parts: SegmentWriterParts;
  #folder: string | undefined;
  #handle: FileHandle | undefined;
  #end: Cursor = START;
  #beating: NodeJS.Timeout | undefined;
  #lastAt = 0;
  /** Bytes that the cap leaves, as it was seen last. */
  #room = 0;
  /** An append began and has not ended: what follows the end is no line. */
  #isTorn = false;

  constructor(parts: SegmentWriterParts) {
    this.#parts = parts;
  }

  /** Undefined while nothing is spooled. */
  get folder(): string | undefined {
    return this.#folder;
  }

  /** Behind the last line that is whole. */
  get end(): Cursor {
    return this.#end;
  }

  /**
   * One append at a time.
   *
   * @throws {SpoolFullError} when the cap is reached; a system error when the disk does not take it
   */
  async append(lines: readonly string[]): Promise<void> {
    const bytes = bytesOf(lines);
    await this.#prepare(bytes.length);
    this.#handle ??= await this.#openSegment();
    this.#isTorn = true;
    let written = 0;
    while (written < bytes.length) {
      const at = this.#end.offset + written;
      const part = await this.#handle.write(bytes, written, bytes.length - written, at);
      written += part.bytesWritten;
    }
    this.#end = { segment: this.#end.segment, offset: this.#end.offset + bytes.length };
    this.#room -= bytes.length;
    this.#isTorn = false;
    this.#lastAt = this.#parts.clock();
  }

  /**
   * The same at the end of the process, where nothing can be awaited.
   *
   * @returns how many of the lines, oldest first, the cap had room for
   */
  appendNow(lines: readonly string[]): number {
    if (lines.length === 0) return 0;
    if (this.#folder === undefined && this.#fitting(lines).length === 0) return 0;
    this.#folder ??= makeOwnedFolder(this.#parts.root);
    const path = segmentPath(this.#folder, this.#end.segment);
    const file = openSync(path, constants.O_WRONLY | constants.O_CREAT, FILE_MODE);
    try {
      ftruncateSync(file, this.#end.offset);
      const fitting = this.#fitting(lines);
      const bytes = fitting.length === 0 ? Buffer.alloc(0) : bytesOf(fitting);
      let written = 0;
      while (written < bytes.length) {
        const at = this.#end.offset + written;
        written += writeSync(file, bytes, written, bytes.length - written, at);
      }
      return fitting.length;
    } finally {
      closeSync(file);
    }
  }

  /** Everything in the folder has arrived: it goes away, and the next append makes a new one. */
  async clear(): Promise<void> {
    const folder = this.#folder;
    const closing = this.#closeSegment();
    // At once: an end of the process meanwhile must not write into what is being removed.
    this.#forgetFolder();
    await closing;
    if (folder !== undefined) await removeFolder(folder);
  }

  /** Leaves the folder to whoever comes next. */
  async close(): Promise<void> {
    const folder = this.#folder;
    const closing = this.#closeSegment();
    this.#forgetFolder();
    await closing;
    if (folder !== undefined) disownFolder(folder);
  }

  async #prepare(bytes: number): Promise<void> {
    const now = this.#parts.clock();
    const isDue = now - this.#lastAt > ASK_AFTER_MS;
    if (this.#folder && isDue && !(await isStillOwned(this.#folder))) {
      await this.#closeSegment();
      this.#forgetFolder();
    }
    if (this.#handle && this.#isTorn) await this.#handle.truncate(this.#end.offset);
    const isSameSegment = this.#handle !== undefined && this.#end.offset < SEGMENT_BYTES;
    if (isSameSegment && bytes <= this.#room) return;
    this.#room = this.#cap - (await bytesIn(this.#parts.root));
    if (bytes > this.#room) {
      throw new SpoolFullError("the spool is full: start the collector, or look at its URL");
    }
    if (this.#handle && !isSameSegment) {
      await this.#closeSegment();
      this.#end = { segment: this.#end.segment + 1, offset: 0 };
    }
  }

  get #cap(): number {
    return this.#parts.capBytes ?? CAP_BYTES;
  }

  /** The oldest lines, as many as the cap leaves room for. */
  #fitting(lines: readonly string[]): readonly string[] {
    let room = this.#cap - bytesInNow(this.#parts.root);
    const end = lines.findIndex((line) => {
      room -= Buffer.byteLength(line) + 1;
      return room < 0;
    });
    return end < 0 ? lines : lines.slice(0, end);
  }

  async #openSegment(): Promise<FileHandle> {
    this.#folder ??= this.#makeFolder();
    const flags = constants.O_WRONLY | constants.O_CREAT;
    return open(segmentPath(this.#folder, this.#end.segment), flags, FILE_MODE);
  }

  #makeFolder(): string {
    const folder = makeOwnedFolder(this.#parts.root);
    this.#beating = setInterval(() => {
      beat(folder, this.#parts.clock()).catch(() => undefined);
    }, BEAT_AFTER_MS).unref();
    return folder;
  }

  #forgetFolder(): void {
    clearInterval(this.#beating);
    this.#folder = undefined;
    this.#end = START;
  }

  async #closeSegment(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close().catch(() => undefined);
  }
}

function bytesOf(lines: readonly string[]): Buffer {
  return Buffer.from(`${lines.join("\n")}\n`, "utf8");
}
