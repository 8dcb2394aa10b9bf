/** The spool of one collector and key: what this process writes, and what dead ones left. */
import { join } from "node:path";
import { inLane } from "../disk-lanes.ts";
import type { Entry } from "../upstream/upstream.ts";
import { checkEntries, type KnownHead } from "./checked-entries.ts";
import { adoptFolders, removeFolder } from "./owned-folder.ts";
import { keepRejected } from "./rejected.ts";
import { countUntrusted, readChunk } from "./segment-reader.ts";
import { SegmentWriter } from "./segment-writer.ts";
import { type Cursor, removeSegment, START } from "./segments.ts";

export interface SpoolParts {
  /** The folder of one collector and key. */
  readonly root: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly capBytes?: number | undefined;
  /** Roots of the same collector and tenant under other keys. */
  readonly relatives?: (() => Promise<readonly string[]>) | undefined;
  readonly onRefused: (problem: "altered_record" | "untrusted_folder", count: number) => void;
}

/** Entries read back; `done` is called when all of them have arrived. */
export interface SpooledEntries {
  readonly entries: readonly Entry[];
  readonly done: () => Promise<void>;
}

interface Source {
  readonly folder: string;
  readonly origin: "own" | "adopted";
  from: Cursor;
}

export class Spool {
  readonly #parts: SpoolParts;
  readonly #writer: SegmentWriter;
  readonly #adopted: Source[] = [];
  #own: Source | undefined;
  #followed: Source | undefined;
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
    this.#followed = { folder, origin: "adopted", from: START };
  }

  /** Nothing is added any more: what has arrived goes away. */
  async finishFollowing(): Promise<void> {
    if (this.#followed && !this.hasAdopted) await removeFolder(this.#followed.folder);
  }

  /** @throws when the disk does not take them, or the cap is reached; they stay where they were */
  async append(entries: readonly Entry[]): Promise<void> {
    if (entries.length === 0) return;
    const lines = entries.map(({ line }) => line);
    await inLane(() => this.#writer.append(lines));
  }

  /** @returns how many of them, oldest first, there was room for */
  appendNow(entries: readonly Entry[]): number {
    return this.#writer.appendNow(entries.map(({ line }) => line));
  }

  /** Takes over what dead processes left. */
  async adopt(): Promise<void> {
    const { root, relatives, clock, onRefused } = this.#parts;
    for (const from of [root, ...((await relatives?.()) ?? [])]) {
      const { adopted, refused } = await inLane(() =>
        adoptFolders(foldersOf(from), clock(), this.#folders),
      );
      if (refused.length > 0) onRefused("untrusted_folder", refused.length);
      for (const folder of adopted) this.#adopted.push({ folder, origin: "adopted", from: START });
    }
  }

  /** The oldest of what this process wrote. @returns undefined when all of it has arrived */
  async nextOwn(knownHead: KnownHead): Promise<SpooledEntries | undefined> {
    const { folder, end } = this.#writer;
    if (folder === undefined) return undefined;
    if (this.#own?.folder !== folder) this.#own = { folder, origin: "own", from: START };
    const entries = await this.#next(this.#own, knownHead, end);
    return entries;
  }

  /** What a dead process left; folders that are read to their end go away. */
  async nextAdopted(knownHead: KnownHead): Promise<SpooledEntries | undefined> {
    for (let [source] = this.#adopted; source; [source] = this.#adopted) {
      const entries = await this.#next(source, knownHead);
      if (entries) return entries;
      this.#adopted.shift();
      await this.#leave(source.folder);
    }
    this.#hasFollowed = false;
    const entries = this.#followed && (await this.#next(this.#followed, knownHead));
    if (entries) this.#hasFollowed = true;
    return entries;
  }

  /** Removes what was read to its end; what must not be read stays for a person to look at. */
  async #leave(folder: string): Promise<void> {
    const untrusted = await inLane(() => countUntrusted(folder));
    if (untrusted > 0) this.#parts.onRefused("untrusted_folder", untrusted);
    else await removeFolder(folder);
  }

  /** Everything that this process wrote has arrived. */
  async clear(): Promise<void> {
    this.#own = undefined;
    await this.#writer.clear();
  }

  /** Keeps a record that the collector does not take, for a person to look at. */
  async setAside(line: string): Promise<void> {
    await keepRejected(this.#parts.root, line);
  }

  async close(): Promise<void> {
    await this.#writer.close();
  }

  async #next(
    source: Source,
    knownHead: KnownHead,
    end?: Cursor,
  ): Promise<SpooledEntries | undefined> {
    const { folder, origin, from } = source;
    const chunk = await inLane(() => readChunk(folder, from, end));
    if (!chunk) return undefined;
    const { entries, refused } = await checkEntries(chunk.lines, origin, knownHead);
    if (refused.length > 0) this.#parts.onRefused("altered_record", refused.length);
    const done = async () => {
      source.from = chunk.next;
      for (let segment = from.segment; segment < chunk.next.segment; segment++) {
        await removeSegment(folder, segment);
      }
    };
    return { entries, done };
  }

  get #folders(): string {
    return foldersOf(this.#parts.root);
  }
}

function foldersOf(root: string): string {
  return join(root, "processes");
}
