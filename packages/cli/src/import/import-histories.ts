import { rmSync } from "node:fs";
import { join } from "node:path";
import { createObserver, type Observer, type Session } from "@caum/core";
import { costOf, joinedSessionId, SessionKeys } from "@caum/core/adapter";
import { loadRootKey, type RootKey } from "@caum/core/machine";
import {
  findHistories,
  type HistoryEvent,
  type HistorySession,
  Notes,
  type Reading,
  readHistories,
  SeenIds,
} from "@caum/histories";
import { isSpeech } from "../history/history-step.ts";
import { RunFiles } from "../sessions/local/run-files.ts";
import { FileDigests } from "./file-digests.ts";
import { ImportLedger } from "./import-ledger.ts";
import { seededBytes } from "./seeded-bytes.ts";

export interface ImportOptions {
  readonly paths: readonly string[];
  readonly home: string;
  readonly url?: string | undefined;
  readonly key?: string | undefined;
  readonly version: string;
}

/** What became of one session. */
export interface ImportedSession {
  readonly session: string;
  readonly client: string;
  /** Records that were added; 0 when all of them were imported before. */
  readonly added: number;
  /** What they are. */
  readonly calls: number;
  readonly turns: number;
  readonly messages: number;
  /** The run that holds them, and nothing else; null when nothing was added. */
  readonly run: string | null;
  /** Calls that hooks or the proxy had recorded already. */
  readonly witnessed: number;
}

export interface ImportResult {
  readonly sessions: readonly ImportedSession[];
  readonly notes: Notes;
}

/** Records that are handed over before it is waited for them. */
const AT_ONCE = 500;
const NANO_USD = 1e9;
const ID_LENGTH = 32;

/** Records histories as sessions of the layer `import`, each event once. */
export async function importHistories(options: ImportOptions): Promise<ImportResult> {
  const reading: Reading = { notes: new Notes(), seen: new SeenIds() };
  const rootKey = loadRootKey({ home: options.home, env: process.env });
  const work = {
    ...options,
    rootKey,
    ledger: new ImportLedger(options.home, options.url ?? "this machine"),
    digests: new FileDigests(),
    notes: reading.notes,
  };
  const sessions: ImportedSession[] = [];
  for await (const session of readHistories(findHistories(options.paths, reading), reading)) {
    const imported = await importSession(session, work);
    if (imported !== undefined) sessions.push(imported);
  }
  return { sessions, notes: reading.notes };
}

interface Work extends ImportOptions {
  readonly rootKey: RootKey;
  readonly ledger: ImportLedger;
  readonly digests: FileDigests;
  readonly notes: Notes;
}

async function importSession(
  history: HistorySession,
  work: Work,
): Promise<ImportedSession | undefined> {
  const id = joinedSessionId(work.rootKey, history.id);
  const live = witnessedCalls(id, work.home);
  const keys = new SessionKeys(work.rootKey, id);
  const fileMs = Math.max(0, ...history.files.map(({ modifiedMs }) => modifiedMs));
  const noted: string[] = [];
  let [hasEvents, witnessed] = [false, 0];
  let run: ImportRun | undefined;
  const take = async (event: HistoryEvent) => {
    hasEvents = true;
    if (work.ledger.has(id, event.id)) return;
    noted.push(event.id);
    if (isWitnessed(event, live, keys)) witnessed += 1;
    else {
      run ??= new ImportRun(history, id, work, fileMs);
      await run.record(event);
    }
  };
  try {
    for await (const events of history.events()) for (const event of events) await take(event);
  } catch {
    work.notes.problem(history.files[0]?.path ?? history.format, "cannot be read to its end");
  }
  await run?.end(history);
  if (noted.length > 0) work.ledger.note(id, noted);
  if (!hasEvents) return undefined;
  return { session: id, client: history.format, witnessed, ...(run?.added ?? NOTHING_ADDED) };
}

type Added = Pick<ImportedSession, "added" | "calls" | "turns" | "messages" | "run">;
const NOTHING_ADDED: Added = { added: 0, calls: 0, turns: 0, messages: 0, run: null };

/** A run of its own for what is new of a session, at the times at which it happened. */
class ImportRun {
  readonly #counts = { tool: 0, turn: 0, message: 0 };
  readonly #digests: FileDigests;
  readonly #observer: Observer;
  readonly #session: Session;
  #atMs: number;

  constructor(history: HistorySession, id: string, work: Work, fileMs: number) {
    this.#atMs = fileMs;
    this.#digests = work.digests;
    // The same history makes the same records: what was interrupted is made again, not twice.
    const seed = `${work.ledger.count(id)} ${history.format} ${id}`;
    this.#observer = createObserver({
      writer: "caum-import",
      writerVersion: work.version,
      layer: "import",
      view: "full",
      agentId: history.client,
      sourceFramework: history.format,
      home: work.home,
      upstream: work.url === undefined ? undefined : { url: work.url, apiKey: work.key },
      clock: () => this.#atMs,
      entropy: seededBytes(work.rootKey.sessionKey("imports"), seed),
    });
    this.#session = this.#observer.session(id);
    rmSync(join(work.home, "runs", this.#session.runId), { recursive: true, force: true });
  }

  get added(): Added {
    const { tool: calls, turn: turns, message: messages } = this.#counts;
    const added = calls + turns + messages;
    return { added, calls, turns, messages, run: this.#session.runId };
  }

  async record({ observation, atMs }: HistoryEvent): Promise<void> {
    this.#atMs = Math.max(0, atMs ?? this.#atMs);
    const cost =
      isSpeech(observation) && observation.costUsd === undefined
        ? costOf(observation.model, observation)
        : undefined;
    this.#session.observe(
      cost === undefined ? observation : { ...observation, costUsd: cost / NANO_USD },
    );
    this.#counts[isSpeech(observation) ? observation.kind : "tool"] += 1;
    if (this.added.added % AT_ONCE === 0) await this.#session.flush();
  }

  /** Says at its end where it comes from: the format, the client's version, the digest of the files. */
  async end({ format, facts, files }: HistorySession): Promise<void> {
    this.#session.observe({
      kind: "environment",
      change: "imported_from",
      subject: facts.version ? `${format}/${facts.version}` : format,
      value: await this.#digests.of(files),
    });
    await this.#observer.close();
  }
}

/** Calls of the session that somebody saw while they were made, by their keyed ids. */
function witnessedCalls(session: string, home: string): ReadonlySet<string> {
  const imported = new Set<string>();
  const calls = new Set<string>();
  for (const { record } of new RunFiles(home).newRecords(session)) {
    const { category, runId, payload } = record;
    if (category === "lifecycle" && payload.type === "open" && payload.layer === "import")
      imported.add(runId);
    if (category === "tool_api" && payload.toolCallId !== undefined && !imported.has(runId))
      calls.add(payload.toolCallId);
  }
  return calls;
}

function isWitnessed(
  { observation }: HistoryEvent,
  live: ReadonlySet<string>,
  keys: SessionKeys,
): boolean {
  if (live.size === 0 || isSpeech(observation) || observation.toolCallId === undefined)
    return false;
  return live.has(keys.digest("name", observation.toolCallId).slice(0, ID_LENGTH));
}
