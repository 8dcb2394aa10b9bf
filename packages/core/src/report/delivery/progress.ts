/** Notes how far each run has come, so that the next process knows what this one had kept. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readLine } from "../../evidence/line/read-line.ts";
import { sessionTag } from "../../evidence/note/origin.ts";
import { inLane } from "../disk-lanes.ts";
import { mayBeAlive, parseProcessIdentity, thisProcess } from "../spool/process-identity.ts";
import { seal, unseal } from "../spool/sealed-line.ts";
import { openTrusted } from "../spool/trusted.ts";
import { isCount, isHash, isObject, jsonOf } from "../upstream/answer.ts";
import type { Entry } from "../upstream/upstream.ts";
import { DeliveredRun, type RunProgress } from "./delivered-run.ts";

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
/** A run is noted at most this often; what is delivered twice for it is recognised there. */
const NOTE_AFTER_MS = 1_000;
const MAX_FILE_BYTES = 16_384;
const MAX_RUNS = 5_000;
/** Notes of one session that are read while its first event waits. */
const MAX_NOTES_READ = 100;
/** Runs noted at exit, where each costs the host a write. */
const MAX_NOTED_AT_EXIT = 200;

/** The run that a new one continues, and the last record of it that was safe. */
export interface Continuation {
  readonly continuesRun: string;
  readonly continuesHead: string;
}

export class Progress {
  /** `<root>/<tag of the session>/<run>.json` */
  readonly #root: string;
  readonly #clock: () => number;
  readonly #owner = JSON.stringify(thisProcess());
  readonly #runs = new Map<string, DeliveredRun>();
  readonly #dirty = new Set<DeliveredRun>();
  /** Runs of dead processes that a run of this one goes on from. */
  readonly #continued = new Set<string>();
  readonly #noted = new WeakSet<DeliveredRun>();
  #timer: NodeJS.Timeout | undefined;
  #noting: Promise<void> | undefined;

  /** @param clock milliseconds since 1970 */
  constructor(root: string, clock: () => number) {
    this.#root = root;
    this.#clock = clock;
  }

  /** The run of an entry, as far as it is known here or from the process that wrote it. */
  async runOf({ sessionId, runId, origin, line }: Entry): Promise<DeliveredRun> {
    const known = this.#runs.get(runId);
    if (known) return known;
    const noted = origin === "adopted" ? await this.#read(sessionId, runId) : undefined;
    // Two may have asked for it at the same time.
    const start = noted ?? { sessionId, runId, openedAt: timeOf(line) };
    return this.#runs.get(runId) ?? this.#add(start);
  }

  /** What is known of a run of this process; nothing is read. */
  known(runId: string): DeliveredRun | undefined {
    return this.#runs.get(runId);
  }

  /** Records are on the disk now. */
  kept(entries: readonly Entry[]): void {
    const last = new Map(entries.map((entry) => [entry.runId, entry]));
    for (const entry of last.values()) {
      const { runId, sessionId } = entry;
      const run = this.#runs.get(runId) ?? this.#add({ runId, sessionId });
      run.kept(entry);
      this.changed(run);
    }
  }

  /** The first note of a run is made at once: without it nobody knows that there was one. */
  changed(run: DeliveredRun): void {
    this.#dirty.add(run);
    const isNew = !this.#noted.has(run);
    if (isNew) this.#noted.add(run);
    if (this.#timer && !isNew) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        void this.flush();
      },
      isNew ? 0 : NOTE_AFTER_MS,
    ).unref();
  }

  /** Resolves when what is known is on the disk, or the disk refused. */
  async flush(): Promise<void> {
    while (this.#noting) await this.#noting;
    this.#noting = inLane(() => this.#noteAll()).finally(() => {
      this.#noting = undefined;
    });
    await this.#noting;
  }

  flushNow(): void {
    const runs = [...this.#dirty].slice(0, MAX_NOTED_AT_EXIT);
    for (const run of runs) {
      try {
        mkdirSync(this.#folderOf(run.sessionId), { recursive: true, mode: FOLDER_MODE });
        writeFileSync(this.#pathOf(run), textOf(run), { mode: FILE_MODE });
      } catch {
        return;
      }
    }
  }

  /**
   * What a new run of this session continues: the newest run whose process died before it closed.
   * Synchronous, because a run opens inside the first `observe`.
   */
  continuation(sessionId: string): Continuation | undefined {
    try {
      const folder = this.#folderOf(sessionId);
      const notes = readdirSync(folder).filter((name) => name.endsWith(".json"));
      const dead = notes
        .slice(0, MAX_NOTES_READ)
        .map((name) => parse(readFileSync(join(folder, name), "utf8")))
        .filter((run) => run !== undefined)
        .filter(({ closed, seq, owner }) => !closed && seq >= 0 && !isAlive(owner))
        .sort((left, right) => left.openedAt - right.openedAt);
      const last = dead.at(-1);
      for (const run of dead) this.#wasContinued(run, folder);
      return last && { continuesRun: last.runId, continuesHead: last.head };
    } catch {
      return undefined;
    }
  }

  /** A run is continued once; its note is needed only while records of it are on their way. */
  #wasContinued({ runId, acked, seq }: RunProgress, folder: string): void {
    this.#continued.add(runId);
    if (acked >= seq) rmSync(join(folder, `${runId}.json`), { force: true });
  }

  #add(start: Partial<RunProgress> & Pick<RunProgress, "sessionId" | "runId">): DeliveredRun {
    const { owner = this.#owner, openedAt = this.#clock() } = start;
    const run = new DeliveredRun({ ...start, owner, openedAt });
    this.#runs.set(run.runId, run);
    if (this.#runs.size > MAX_RUNS) this.#forgetOneClosed();
    return run;
  }

  async #noteAll(): Promise<void> {
    for (const run of [...this.#dirty]) {
      this.#dirty.delete(run);
      try {
        const isOver = run.closed || this.#continued.has(run.runId);
        if (isOver && run.acked >= run.seq) await this.#forget(run);
        else await this.#note(run);
      } catch {
        // Without the note, records may be delivered twice; the collector knows them.
      }
    }
  }

  async #note(run: DeliveredRun): Promise<void> {
    await mkdir(this.#folderOf(run.sessionId), { recursive: true, mode: FOLDER_MODE });
    const path = this.#pathOf(run);
    await writeFile(`${path}.new`, textOf(run), { mode: FILE_MODE });
    await rename(`${path}.new`, path);
  }

  /** A run that has arrived whole needs no note any more. */
  async #forget(run: DeliveredRun): Promise<void> {
    await rm(this.#pathOf(run), { force: true });
    await rm(this.#pathOf(run).replace(/json$/, "live"), { force: true });
    // Fails while it holds other runs, or what the collector signed.
    await rmdir(this.#folderOf(run.sessionId)).catch(() => undefined);
  }

  /** Closed runs stay known for a while: their records may be met again in the spool. */
  #forgetOneClosed(): void {
    for (const run of this.#runs.values()) {
      if (!run.closed) continue;
      this.#runs.delete(run.runId);
      return;
    }
  }

  async #read(sessionId: string, runId: string): Promise<RunProgress | undefined> {
    const file = await openTrusted(join(this.#folderOf(sessionId), `${runId}.json`));
    if (!file) return undefined;
    try {
      const { size } = await file.stat();
      return size > MAX_FILE_BYTES ? undefined : parse(await file.readFile("utf8"));
    } finally {
      await file.close();
    }
  }

  #pathOf({ sessionId, runId }: DeliveredRun): string {
    return join(this.#folderOf(sessionId), `${runId}.json`);
  }

  #folderOf(sessionId: string): string {
    return join(this.#root, sessionTag(sessionId));
  }
}

/** A run that is not known is as old as its record: a run of this process is newer than it. */
function timeOf(line: string): number {
  const read = readLine(line);
  const time = "record" in read ? Date.parse(read.record.sourceTimestamp) : 0;
  return isCount(time) ? time : 0;
}

function textOf(run: DeliveredRun): string {
  return `${seal(JSON.stringify(run.progress))}\n`;
}

function parse(text: string): RunProgress | undefined {
  const { sessionId, runId, owner, openedAt, seq, head, acked, tree, closed } =
    jsonOf(unseal(text.trimEnd()) ?? "") ?? {};
  const isNamed = typeof sessionId === "string" && typeof runId === "string";
  const isPlaced = isCount(openedAt) && isSeq(seq) && isSeq(acked) && (isHash(head) || head === "");
  if (!isNamed || !isPlaced || typeof owner !== "string") return undefined;
  const isTree = isObject(tree) && isCount(tree.size) && typeof tree.hashes === "string";
  return {
    sessionId,
    runId,
    owner,
    openedAt,
    seq,
    head,
    acked,
    // A tree that does not fit is left out, and nothing is compared.
    ...(isTree && acked >= 0
      ? { tree: { size: Number(tree.size), hashes: String(tree.hashes) } }
      : {}),
    closed: closed === true,
  };
}

function isSeq(value: unknown): value is number {
  return value === -1 || isCount(value);
}

function isAlive(owner: string): boolean {
  const identity = parseProcessIdentity(owner);
  return identity !== undefined && mayBeAlive(identity, 0);
}
