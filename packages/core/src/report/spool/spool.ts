/** The spool of one collector and key: what this process writes, and what dead ones left. */
import { join } from "node:path";
import { inLane } from "../disk-lanes.ts";
import type { Entry } from "../upstream/upstream.ts";
import { checkEntries, type KnownHead } from "./checked-entries.ts";
import { addKept, type KeptRun, keptIn, readKeptRuns } from "./kept-runs.ts";
import { adoptFolders, removeFolder } from "./owned-folder.ts";
import { keepRejected } from "./rejected.ts";
import { SpoolFolder } from "./segment-reader.ts";
import { SegmentWriter } from "./segment-writer.ts";
import type { Cursor } from "./segments.ts";

export interface SpoolParts {
  /** The folder of one collector and key. */
  readonly root: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly capBytes?: number | undefined;
  /** Roots of the same collector and tenant under other keys. */
  readonly relatives?: (() => Promise<readonly string[]>) | undefined;
  /** Folders or segments are not touched, because somebody else can have made them. */
  readonly onRefused: (count: number) => void;
  /** Lines are not as they were written; each is counted once. */
  readonly onDamaged: (count: number) => void;
}

/** Entries read back; `done` is called when all of them have arrived. */
export interface SpooledEntries {
  readonly entries: readonly Entry[];
  /** What the folder should have held after them, where it was read to its end. */
  readonly missing: readonly KeptRun[];
  readonly done: () => Promise<void>;
}

export class Spool {
  readonly #parts: SpoolParts;
  readonly #writer: SegmentWriter;
  readonly #adopted: SpoolFolder[] = [];
  #own: SpoolFolder | undefined;
  /** What this process put into its folder. */
  #kept: { readonly folder: string; readonly runs: Map<string, KeptRun> } | undefined;
  #followed: SpoolFolder | undefined;
  #hasFollowed = false;

  constructor(parts: SpoolParts) {
    this.#parts = parts;
    this.#writer = new SegmentWriter({ ...parts, root: this.#folders });
  }

  /** Whether this process has written anything that has not been read back. */
  get hasOwn(): boolean {
    const { folder, end } = this.#writer;
    if (folder === undefined) return false;
    if (this.#own?.folder !== folder) return true;
    const { from } = this.#own;
    return from.segment < end.segment || from.offset < end.offset;
  }

  /** Another object after every append. */
  get end(): Cursor {
    return this.#writer.end;
  }

  get hasAdopted(): boolean {
    return this.#adopted.length > 0 || this.#hasFollowed;
  }

  /** Undefined while this process has written nothing. */
  get folder(): string | undefined {
    return this.#writer.folder;
  }

  /** Reads what another thread of this process writes, as far as it has come. */
  follow(folder: string): void {
    this.#hasFollowed = true;
    if (this.#followed?.folder === folder) return;
    if (this.#followed) this.#adopted.push(this.#followed);
    this.#followed = new SpoolFolder(folder, "adopted");
  }

  /** Nothing is added any more: it is read to its end as if its process were gone. */
  finishFollowing(): void {
    if (this.#followed) this.#adopted.push(this.#followed);
    this.#followed = undefined;
    this.#hasFollowed = false;
  }

  /** @throws when the disk does not take them, or the cap is reached; they stay where they were */
  async append(entries: readonly Entry[]): Promise<void> {
    if (entries.length === 0) return;
    const lines = entries.map(({ line }) => line);
    const kept = keptIn(entries);
    await inLane(() => this.#writer.append(lines, kept));
    const { folder } = this.#writer;
    if (folder === undefined) return;
    if (this.#kept?.folder !== folder) this.#kept = { folder, runs: new Map() };
    addKept(this.#kept.runs, kept);
  }

  /** @returns how many of them, oldest first, there was room for */
  appendNow(entries: readonly Entry[]): number {
    const lines = entries.map(({ line }) => line);
    return this.#writer.appendNow(lines, (count) => keptIn(entries.slice(0, count)));
  }

  /** Takes over what dead processes left. */
  async adopt(): Promise<void> {
    const { root, relatives, clock, onRefused } = this.#parts;
    for (const from of [root, ...((await relatives?.()) ?? [])]) {
      const { adopted, refused } = await inLane(() =>
        adoptFolders(foldersOf(from), clock(), this.#folders),
      );
      if (refused.length > 0) onRefused(refused.length);
      for (const folder of adopted) this.#adopted.push(new SpoolFolder(folder, "adopted"));
    }
  }

  /** The oldest of what this process wrote. @returns undefined when all of it has arrived */
  async nextOwn(knownHead: KnownHead): Promise<SpooledEntries | undefined> {
    const { folder, end } = this.#writer;
    if (folder === undefined) return undefined;
    if (this.#own?.folder !== folder) this.#own = new SpoolFolder(folder, "own");
    return this.#next(this.#own, knownHead, end);
  }

  /** What this process wrote and did not find again, once all of it was read. */
  get missingOwn(): readonly KeptRun[] {
    if (!this.#own || this.#own.unread.size > 0 || this.#kept?.folder !== this.#own.folder)
      return [];
    return this.#own.missing(this.#kept.runs.values());
  }

  /** What a dead process left; folders that are read to their end go away. */
  async nextAdopted(knownHead: KnownHead): Promise<SpooledEntries | undefined> {
    for (let [source] = this.#adopted; source; [source] = this.#adopted) {
      const entries = (await this.#next(source, knownHead)) ?? (await this.#endOf(source));
      if (entries.entries.length > 0 || entries.missing.length > 0) return entries;
      await entries.done();
    }
    this.#hasFollowed = false;
    const entries = this.#followed && (await this.#next(this.#followed, knownHead));
    if (entries) this.#hasFollowed = true;
    return entries;
  }

  /** Removes what was read to its end; what must not be read stays for a person to look at. */
  async #endOf(source: SpoolFolder): Promise<SpooledEntries> {
    const { folder, unread } = source;
    const { onRefused, onDamaged } = this.#parts;
    const kept = await inLane(() => readKeptRuns(folder));
    const refused = unread.size + (kept ? 0 : 1);
    const done = async () => {
      this.#adopted.splice(this.#adopted.indexOf(source), 1);
      if (kept && kept.damaged > 0) onDamaged(kept.damaged);
      if (refused > 0) onRefused(refused);
      else await removeFolder(folder);
    };
    // What is missing may stand in what was not read.
    const missing = kept && refused === 0 ? source.missing(kept.runs) : [];
    return { entries: [], missing, done };
  }

  /** Everything that this process wrote has arrived. */
  async clear(): Promise<void> {
    const unread = this.#own?.unread.size ?? 0;
    this.#own = undefined;
    this.#kept = undefined;
    if (unread > 0) {
      this.#parts.onRefused(unread);
      await this.#writer.close();
    } else await this.#writer.clear();
  }

  /** Keeps a record that the collector does not take, for a person to look at. */
  async setAside(line: string): Promise<void> {
    await keepRejected(this.#parts.root, line);
  }

  async close(): Promise<void> {
    await this.#writer.close();
  }

  async #next(
    source: SpoolFolder,
    knownHead: KnownHead,
    end?: Cursor,
  ): Promise<SpooledEntries | undefined> {
    const read = await inLane(() => source.read(end));
    if (!read) return undefined;
    const { entries, refused } = await checkEntries(read.lines, source.origin, knownHead);
    const damaged = read.damaged + refused.length;
    const done = async () => {
      if (damaged > 0) this.#parts.onDamaged(damaged);
      await source.arrived(entries, read.next);
    };
    return { entries, missing: [], done };
  }

  get #folders(): string {
    return foldersOf(this.#parts.root);
  }
}

function foldersOf(root: string): string {
  return join(root, "processes");
}
