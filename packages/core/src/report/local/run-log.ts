/** One run on the local disk: lines in memory first, appended in the background, signed now and then. */
import { closeSync, mkdirSync, openSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { type FileHandle, mkdir, open, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inLane } from "../disk-lanes.ts";
import type { EventLog } from "../event-log.ts";
import { RUN_OWNER, runOwnerText } from "./run-owner.ts";

/** How long lines may stay in memory when nothing else asks for a flush. */
const FLUSH_AFTER_MS = 250;
const FLUSH_AT_LINES = 100;
const FLUSH_AT_BYTES = 64 * 1024;
/** What memory may hold while the disk does not take lines. */
const MAX_LINES = 10_000;
const MAX_BYTES = 8 * 1024 * 1024;
/** A failing disk is asked again after this long, not at every flush. */
const RETRY_AFTER_MS = 5_000;
/** A signature costs about forty hashes; the tail of a crashed run is unsigned for at most this long. */
const SIGN_AFTER_MS = 1_000;

const RECORDS = "records.ndjson";
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

export interface RunLogOptions {
  /** The run's own folder; made with the first append. */
  readonly folder: string;
  /** The signed checkpoint over all lines pushed so far. */
  readonly checkpoint: () => string;
  readonly onProblem: (problem: Error) => void;
}

/**
 * Lines are written at known offsets, so that an append cut off by the end of the process is
 * repeated at exit over the same bytes instead of after them.
 */
export class RunLog implements EventLog {
  readonly #options: RunLogOptions;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #offset = 0;
  /** The file is there, made by us. */
  #isMade = false;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = 0;
  #appending: Promise<void> | undefined;
  #failing = false;
  #closed = false;
  #written: Promise<void> = Promise.resolve();
  /** Closed while an append was under way, which may sign what it knew. */
  #signAgain = false;
  #signedAt = Number.NEGATIVE_INFINITY;
  #unsigned = false;

  constructor(options: RunLogOptions) {
    this.#options = options;
  }

  /** Whether another line will be kept; a seq is given only to what will be. */
  get hasRoom(): boolean {
    return this.#waiting.length < MAX_LINES && this.#waitingBytes < MAX_BYTES;
  }

  /** Lines that are in memory only. */
  get waiting(): number {
    return this.#waiting.length;
  }

  push(line: string): void {
    this.#waiting.push(line);
    this.#waitingBytes += line.length + 1;
    const full = this.#waiting.length >= FLUSH_AT_LINES || this.#waitingBytes >= FLUSH_AT_BYTES;
    this.#schedule(full && !this.#failing ? 0 : this.#failing ? RETRY_AFTER_MS : FLUSH_AFTER_MS);
  }

  /** Resolves when every line pushed before is on the disk, or the disk refused. */
  async flush(): Promise<void> {
    while (this.#appending) await this.#appending;
    await this.#append();
  }

  /** Writes and signs what is left; no line may be pushed afterwards. Whoever closes again waits too. */
  close(): Promise<void> {
    if (!this.#closed) this.#written = this.#writeRest();
    return this.#written;
  }

  async #writeRest(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.flush();
    // A run without a record has no folder, and nothing to sign.
    if (this.#offset > 0 && this.#waiting.length === 0) await this.#sign();
  }

  /** The same where nothing can be awaited; called again at the end of the process. */
  closeNow(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    if (this.#waiting.length === 0 && !this.#unsigned) return;
    this.#signAgain = this.#appending !== undefined;
    try {
      mkdirSync(join(this.#options.folder, "checkpoints"), { recursive: true, mode: FOLDER_MODE });
      const file = openSync(join(this.#options.folder, RECORDS), "a", FILE_MODE);
      closeSync(file);
      const target = openSync(join(this.#options.folder, RECORDS), "r+", FILE_MODE);
      const bytes = linesOf(this.#waiting);
      if (bytes.length > 0) writeSync(target, bytes, 0, bytes.length, this.#offset);
      closeSync(target);
      const note = join(this.#options.folder, "checkpoints", "head.note");
      writeFileSync(`${note}.last`, this.#options.checkpoint(), { mode: FILE_MODE });
      renameSync(`${note}.last`, note);
      if (this.#appending) return;
      this.#waiting = [];
      this.#offset += bytes.length;
      this.#unsigned = false;
    } catch (problem) {
      this.#report(problem);
    }
  }

  #schedule(delayMs: number): void {
    const at = performance.now() + delayMs;
    if (this.#timer && this.#timerAt <= at) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (!this.#appending) void this.#append();
    }, delayMs).unref();
  }

  #append(): Promise<void> {
    const appending = inLane(() => this.#appendWaiting())
      .catch((problem) => {
        // What was closed meanwhile was written whole.
        if (!this.#signAgain) this.#report(problem);
      })
      .finally(() => {
        this.#appending = undefined;
        if (this.#signAgain) void this.#sign();
        if (this.#closed) return;
        if (this.#waiting.length > 0) {
          this.#schedule(this.#failing ? RETRY_AFTER_MS : FLUSH_AFTER_MS);
        } else if (this.#unsigned) {
          // Nothing may come after these lines for a long time.
          this.#schedule(SIGN_AFTER_MS);
        }
      });
    this.#appending = appending;
    return appending;
  }

  async #appendWaiting(): Promise<void> {
    const lines = this.#waiting.length;
    if (lines > 0) {
      const bytes = linesOf(this.#waiting);
      await this.#write(bytes);
      this.#offset += bytes.length;
      this.#waiting = this.#waiting.slice(lines);
      this.#waitingBytes = this.#waiting.reduce((sum, line) => sum + line.length + 1, 0);
      this.#failing = false;
      this.#unsigned = true;
    }
    // A note must never speak of lines that are not on the disk yet.
    const due = performance.now() - this.#signedAt >= SIGN_AFTER_MS;
    if (this.#unsigned && due && this.#waiting.length === 0) await this.#sign();
  }

  async #sign(): Promise<void> {
    const note = join(this.#options.folder, "checkpoints", "head.note");
    try {
      const text = this.#options.checkpoint();
      this.#signedAt = performance.now();
      this.#unsigned = false;
      await writeFile(`${note}.new`, text, { mode: FILE_MODE });
      await rename(`${note}.new`, note);
    } catch (problem) {
      this.#report(problem);
    }
  }

  /** The file is open only while it is written: a host has few descriptors and many sessions. */
  async #write(bytes: Buffer): Promise<void> {
    const handle = await this.#open();
    try {
      await writeWhole(handle, bytes, this.#offset);
    } finally {
      await handle.close().catch(() => undefined);
    }
  }

  async #open(): Promise<FileHandle> {
    const file = join(this.#options.folder, RECORDS);
    if (this.#isMade) return open(file, "r+");
    await mkdir(join(this.#options.folder, "checkpoints"), { recursive: true, mode: FOLDER_MODE });
    const handle = await open(file, "wx", FILE_MODE);
    this.#isMade = true;
    // Nothing is lost without it: whether the writer lives is not known then.
    const owner = join(this.#options.folder, RUN_OWNER);
    await writeFile(owner, runOwnerText(), { mode: FILE_MODE }).catch(() => undefined);
    return handle;
  }

  #report(problem: unknown): void {
    if (this.#failing) return;
    this.#failing = true;
    this.#options.onProblem(problem instanceof Error ? problem : new Error(String(problem)));
  }
}

function linesOf(lines: readonly string[]): Buffer {
  // Each ends with a newline, the last one too.
  return Buffer.from([...lines, ""].join("\n"), "utf8");
}

async function writeWhole(handle: FileHandle, bytes: Buffer, offset: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const part = await handle.write(bytes, written, bytes.length - written, offset + written);
    written += part.bytesWritten;
  }
}
