import { type KeptRun, keptPath, noteOf } from "./kept-runs.ts";
import { OffsetFile } from "./offset-file.ts";
import { beat, disownFolder, isStillOwned, makeOwnedFolder, removeFolder } from "./owned-folder.ts";
import { seal } from "./sealed-line.ts";
import { bytesIn, bytesInNow, type Cursor, SEGMENT_BYTES, START, segmentPath } from "./segments.ts";

/** What all processes together may leave for one collector. */
const CAP_BYTES = 64 * 1024 * 1024;
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

/** The files of a folder that is written to. */
interface Writing {
  readonly folder: string;
  readonly segment: OffsetFile;
  readonly kept: OffsetFile;
}

/**
 * Appends lines to the spool folder of this process, which is made with the first of them, and then
 * notes which records they are: what is noted is kept, and what is not was cut off.
 */
export class SegmentWriter {
  readonly #parts: SegmentWriterParts;
  #writing: Writing | undefined;
  #end: Cursor = START;
  #beating: NodeJS.Timeout | undefined;
  #lastAt = 0;
  /** Bytes that the cap leaves, as it was seen last. */
  #room = 0;

  constructor(parts: SegmentWriterParts) {
    this.#parts = parts;
  }

  /** Undefined while nothing is spooled. */
  get folder(): string | undefined {
    return this.#writing?.folder;
  }

  /** Behind the last line that is whole. */
  get end(): Cursor {
    return this.#end;
  }

  /**
   * One append at a time.
   *
   * @param kept which records the lines are
   * @throws {SpoolFullError} when the cap is reached; a system error when the disk does not take it
   */
  async append(lines: readonly string[], kept: readonly KeptRun[] = []): Promise<void> {
    const bytes = bytesOf(lines);
    const note = notesOf(kept);
    await this.#prepare(bytes.length + note.length);
    this.#writing ??= this.#start(makeOwnedFolder(this.#parts.root));
    const { segment, kept: noted } = this.#writing;
    await segment.write(bytes);
    await noted.write(note);
    segment.settle();
    noted.settle();
    this.#end = { segment: this.#end.segment, offset: segment.end };
    this.#room -= bytes.length + note.length;
    this.#lastAt = this.#parts.clock();
  }

  /**
   * The same at the end of the process, where nothing can be awaited.
   *
   * @param keptOf which records the first lines are
   * @returns how many of the lines, oldest first, the cap had room for
   */
  appendNow(
    lines: readonly string[],
    keptOf: (count: number) => readonly KeptRun[] = () => [],
  ): number {
    if (lines.length === 0) return 0;
    if (!this.#writing && this.#fitting(lines).length === 0) return 0;
    this.#writing ??= this.#start(makeOwnedFolder(this.#parts.root));
    const { segment, kept: noted } = this.#writing;
    // What an earlier call wrote is written again, and takes no room of its own.
    segment.writeNow(NO_BYTES);
    noted.writeNow(NO_BYTES);
    const fitting = this.#fitting(lines);
    segment.writeNow(bytesOf(fitting));
    noted.writeNow(notesOf(keptOf(fitting.length)));
    return fitting.length;
  }

  /** Everything in the folder has arrived: it goes away, and the next append makes a new one. */
  async clear(): Promise<void> {
    const folder = await this.#leave();
    if (folder !== undefined) await removeFolder(folder);
  }

  /** Leaves the folder to whoever comes next. */
  async close(): Promise<void> {
    const folder = await this.#leave();
    if (folder !== undefined) disownFolder(folder);
  }

  async #prepare(bytes: number): Promise<void> {
    const now = this.#parts.clock();
    const isDue = now - this.#lastAt > ASK_AFTER_MS;
    if (this.#writing && isDue && !(await isStillOwned(this.#writing.folder))) await this.#leave();
    await this.#writing?.segment.mend();
    await this.#writing?.kept.mend();
    const isSameSegment = this.#writing !== undefined && this.#end.offset < SEGMENT_BYTES;
    if (isSameSegment && bytes <= this.#room) return;
    this.#room = this.#cap - (await bytesIn(this.#parts.root));
    if (bytes > this.#room) {
      throw new SpoolFullError("the spool is full: start the collector, or look at its URL");
    }
    if (this.#writing && !isSameSegment) await this.#nextSegment(this.#writing);
  }

  get #cap(): number {
    return this.#parts.capBytes ?? CAP_BYTES;
  }

  /** The oldest lines, as many as the cap leaves room for. */
  #fitting(lines: readonly string[]): readonly string[] {
    let room = this.#cap - bytesInNow(this.#parts.root);
    const end = lines.findIndex((line) => {
      room -= Buffer.byteLength(seal(line)) + 1;
      return room < 0;
    });
    return end < 0 ? lines : lines.slice(0, end);
  }

  #start(folder: string): Writing {
    this.#beating = setInterval(() => {
      beat(folder, this.#parts.clock()).catch(() => undefined);
    }, BEAT_AFTER_MS).unref();
    const segment = new OffsetFile(segmentPath(folder, this.#end.segment));
    return { folder, segment, kept: new OffsetFile(keptPath(folder)) };
  }

  async #nextSegment(writing: Writing): Promise<void> {
    await writing.segment.close();
    this.#end = { segment: this.#end.segment + 1, offset: 0 };
    const segment = new OffsetFile(segmentPath(writing.folder, this.#end.segment));
    this.#writing = { ...writing, segment };
  }

  /** At once: an end of the process meanwhile must not write into what is being left. */
  async #leave(): Promise<string | undefined> {
    const writing = this.#writing;
    clearInterval(this.#beating);
    this.#writing = undefined;
    this.#end = START;
    await writing?.segment.close();
    await writing?.kept.close();
    return writing?.folder;
  }
}

const NO_BYTES = Buffer.alloc(0);

function bytesOf(lines: readonly string[]): Buffer {
  return Buffer.from(lines.map((line) => `${seal(line)}\n`).join(""), "utf8");
}

function notesOf(kept: readonly KeptRun[]): Buffer {
  return kept.length === 0 ? NO_BYTES : Buffer.from(`${noteOf(kept)}\n`, "utf8");
}
