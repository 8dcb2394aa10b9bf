/** What a person wants to know of one collector, noted beside its spool while we go on. */
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inLane } from "../disk-lanes.ts";
import { isCount, isObject, jsonOf } from "../upstream/answer.ts";

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const STATUS_FILE = "status.json";

/** What a disk did to the spool, since the note was made. */
export interface SpoolDamage {
  /** Lines that were not as they were written. */
  readonly damaged: number;
  /** Records that were kept and that nobody has any more; the chain declares them. */
  readonly lost: number;
}

export interface UpstreamNote extends SpoolDamage {
  readonly url: string;
  readonly protocol: string;
  /** Events that any process had to leave unrecorded, since the file was made. */
  readonly dropped: number;
  readonly lastError?: { readonly at: string; readonly code: string; readonly message: string };
}

type Change = Partial<UpstreamNote>;

/**
 * Notes are written in the background, so that a slow disk is not felt; at the end of the process
 * what was not written yet is written at once.
 */
export class UpstreamNotes {
  /** The folder of one collector and key. */
  readonly #root: string;
  /** Not being written yet. */
  #waiting: Change | undefined;
  /** Being written. */
  #current: Change | undefined;
  /** The whole note that is being written; written again at the end, it changes nothing. */
  #next: Change | undefined;
  #writing: Promise<void> | undefined;

  constructor(root: string) {
    this.#root = root;
  }

  /** What was noted before stays; counts are added to it. */
  note(change: Change): void {
    this.#waiting = merged(this.#waiting, change);
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
  }

  /** Resolves when everything is noted, or the disk refused it. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  /** The same at the end of the process, where nothing can be awaited. */
  flushNow(): void {
    if (!this.#waiting && !this.#current) return;
    try {
      const next = this.#next ?? merged(readNote(this.#root), this.#current ?? {});
      const text = textOf(merged(next, this.#waiting ?? {}));
      mkdirSync(this.#root, { recursive: true, mode: FOLDER_MODE });
      const beside = this.#besidePath();
      writeFileSync(beside, text, { mode: FILE_MODE });
      renameSync(beside, this.#path);
      this.#waiting = undefined;
    } catch {
      // A status that cannot be written is told by the spool as well.
    }
  }

  async #writeAll(): Promise<void> {
    // What is noted in one go is written in one go.
    await undefined;
    while (this.#waiting) {
      const change = this.#waiting;
      this.#current = change;
      this.#waiting = undefined;
      await inLane(() => this.#write(change)).catch(() => undefined);
      this.#current = undefined;
      this.#next = undefined;
    }
  }

  async #write(change: Change): Promise<void> {
    const before = parseNote(await readFile(this.#path, "utf8").catch(() => ""));
    const next = merged(before, change);
    this.#next = next;
    await mkdir(this.#root, { recursive: true, mode: FOLDER_MODE });
    const beside = this.#besidePath();
    await writeFile(beside, textOf(next), { mode: FILE_MODE });
    await rename(beside, this.#path);
  }

  get #path(): string {
    return join(this.#root, STATUS_FILE);
  }

  /** Other threads of this process write as well. */
  #besidePath(): string {
    return `${this.#path}.${randomBytes(4).toString("hex")}.new`;
  }
}

/** @returns undefined when nothing usable is noted */
export function readNote(root: string): UpstreamNote | undefined {
  try {
    return parseNote(readFileSync(join(root, STATUS_FILE), "utf8"));
  } catch {
    return undefined;
  }
}

function merged(before: Change | undefined, change: Change): Change {
  const sum = (count: "dropped" | "damaged" | "lost") =>
    (before?.[count] ?? 0) + (change[count] ?? 0);
  const counts = { dropped: sum("dropped"), damaged: sum("damaged"), lost: sum("lost") };
  return { ...before, ...change, ...counts };
}

function textOf(note: Change): string {
  return `${JSON.stringify(note)}\n`;
}

function parseNote(text: string): UpstreamNote | undefined {
  // Older versions counted no damage.
  const { url, protocol, dropped, damaged = 0, lost = 0, lastError } = jsonOf(text) ?? {};
  const isNote = typeof url === "string" && typeof protocol === "string";
  if (!isNote || !isCount(dropped) || !isCount(damaged) || !isCount(lost)) return undefined;
  const note = { url, protocol, dropped, damaged, lost };
  const isError = isObject(lastError) && typeof lastError.message === "string";
  if (!isError) return note;
  const { at, code, message } = lastError;
  return {
    ...note,
    lastError: { at: String(at), code: String(code), message: String(message) },
  };
}
