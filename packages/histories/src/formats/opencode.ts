/**
 * opencode: one SQLite database for all sessions. A sub-agent is a session with a parent; a fork is a
 * session in which messages and calls stand again, with their times.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Status } from "@caum/core";
import {
  countIn,
  type Fields,
  fieldsIn,
  isFields,
  momentIn,
  parsedText,
  sumOf,
  textIn,
} from "../fields.ts";
import type { FoundFile } from "../files/find-files.ts";
import type {
  FileHead,
  FilePart,
  HistoryEvent,
  HistoryFacts,
  HistoryFormat,
  HistorySession,
  Reading,
} from "../history.ts";
import { callEvent } from "../open-calls.ts";
import { withoutCopies } from "./line-format.ts";

const MAGIC = "SQLite format 3\0";
/** Events that are handed on together. */
const BATCH = 200;

export const opencode: HistoryFormat = {
  name: "opencode",
  title: "opencode",
  recognize,
  async *open(parts, reading) {
    for (const { file } of parts) yield* databaseSessions(file, reading);
  },
};

/** Which tables it has is seen when it is opened. */
function recognize({ path, text }: FileHead): FilePart | undefined {
  return text.startsWith(MAGIC) ? { session: path } : undefined;
}

async function* databaseSessions(
  file: FoundFile,
  reading: Reading,
): AsyncGenerator<HistorySession> {
  const database = await openDatabase(file, reading);
  if (database === undefined) return;
  try {
    const roots = rootsOf(database);
    if (roots === undefined)
      reading.notes.problem(file.path, "a SQLite database, but not of opencode");
    for (const root of roots ?? []) yield sessionOf(root, file, database, reading);
    reading.onBytes?.(file.bytes);
  } catch {
    reading.notes.problem(file.path, "a SQLite database that is damaged, or in use");
  } finally {
    database.close();
  }
}

async function openDatabase(file: FoundFile, reading: Reading): Promise<DatabaseSync | undefined> {
  let sqlite: typeof import("node:sqlite");
  try {
    // Loaded here: it is part of Node from 22.13 on, and nothing else needs it.
    sqlite = await import("node:sqlite");
  } catch {
    reading.notes.problem(
      file.path,
      `a SQLite database: reading it needs Node 22.13, this is ${process.version}`,
    );
    return undefined;
  }
  try {
    return new sqlite.DatabaseSync(file.path, { readOnly: true });
  } catch {
    reading.notes.problem(file.path, "a SQLite database that cannot be opened");
    return undefined;
  }
}

interface Root {
  readonly id: string;
  readonly facts: HistoryFacts;
  /** Sessions of its sub-agents, and their own. */
  readonly below: readonly string[];
}

/** @returns undefined when the tables are not those of opencode */
function rootsOf(database: DatabaseSync): readonly Root[] | undefined {
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
  const names = new Set(tables.map(({ name }) => name));
  if (!["session", "message", "part"].every((name) => names.has(name))) return undefined;
  const rows = database
    .prepare("SELECT id, parent_id, directory, version FROM session ORDER BY time_created, id")
    .all();
  const parents = new Map(rows.map(({ id, parent_id: parent }) => [String(id), parent]));
  const below = new Map<string, string[]>();
  for (const { id } of rows) {
    const root = rootOf(String(id), parents);
    if (root !== id) below.set(root, [...(below.get(root) ?? []), String(id)]);
  }
  return rows
    .filter(({ id }) => rootOf(String(id), parents) === id)
    .map((row) => ({
      id: String(row.id),
      facts: { version: String(row.version ?? ""), project: String(row.directory ?? "") },
      below: below.get(String(row.id)) ?? [],
    }));
}

/** A parent that is gone, or a circle of parents, ends the way up. */
function rootOf(id: string, parents: ReadonlyMap<string, unknown>): string {
  const passed = new Set([id]);
  let at = id;
  for (;;) {
    const parent = parents.get(at);
    if (typeof parent !== "string" || passed.has(parent) || !parents.has(parent)) return at;
    passed.add(parent);
    at = parent;
  }
}

function sessionOf(
  { id, facts, below }: Root,
  file: FoundFile,
  database: DatabaseSync,
  reading: Reading,
): HistorySession {
  return {
    format: "opencode",
    client: "opencode",
    id,
    files: [file],
    facts,
    async *events() {
      yield* databaseEvents([id, ...below], id, database, reading);
    },
  };
}

interface Pointer {
  readonly kind: "message" | "part";
  readonly id: string;
  readonly atMs: number;
}

/** Only where the rows are is held; each is fetched when it is its turn. */
async function* databaseEvents(
  sessions: readonly string[],
  main: string,
  database: DatabaseSync,
  reading: Reading,
): AsyncGenerator<readonly HistoryEvent[]> {
  const pointers = sessions.flatMap((session) => pointersOf(session, database));
  pointers.sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1));
  const fetch = {
    message: database.prepare("SELECT session_id, data FROM message WHERE id = ?"),
    part: database.prepare("SELECT session_id, message_id, data FROM part WHERE id = ?"),
    texts: database.prepare(
      "SELECT json_extract(data, '$.text') AS text FROM part WHERE message_id = ? AND json_extract(data, '$.type') = 'text' ORDER BY id",
    ),
    calls: database.prepare(
      "SELECT count(*) AS calls FROM part WHERE message_id = ? AND json_extract(data, '$.type') = 'tool'",
    ),
  };
  for (let from = 0; from < pointers.length; from += BATCH) {
    const events: HistoryEvent[] = [];
    for (const pointer of pointers.slice(from, from + BATCH)) {
      const event = attempt(() => eventAt(pointer, main, fetch));
      if (event !== undefined) events.push(event);
    }
    yield withoutCopies(events, "opencode", reading);
  }
}

/** Assistant and user messages, and parts that are calls, by the time at which they were over. */
function pointersOf(session: string, database: DatabaseSync): Pointer[] {
  const messages = database
    .prepare(
      "SELECT id, coalesce(json_extract(data, '$.time.created'), time_created) AS at FROM message WHERE session_id = ? AND json_valid(data)",
    )
    .all(session);
  const parts = database
    .prepare(
      "SELECT id, coalesce(json_extract(data, '$.state.time.end'), json_extract(data, '$.state.time.start'), time_created) AS at FROM part WHERE session_id = ? AND json_valid(data) AND json_extract(data, '$.type') = 'tool'",
    )
    .all(session);
  const pointer = (kind: Pointer["kind"]) => (row: Record<string, unknown>) => ({
    kind,
    id: String(row.id),
    atMs: Number(row.at),
  });
  return [...messages.map(pointer("message")), ...parts.map(pointer("part"))];
}

type Fetch = Readonly<Record<"message" | "part" | "texts" | "calls", StatementSync>>;

function eventAt(
  { kind, id, atMs }: Pointer,
  main: string,
  fetch: Fetch,
): HistoryEvent | undefined {
  const row = fetch[kind].get(id);
  const data = parsedText(row?.data);
  if (row === undefined || !isFields(data)) return undefined;
  const session = String(row.session_id);
  const agent = session === main ? undefined : session;
  if (kind === "part") return toolEvent(data, String(row.message_id), agent);
  const content = fetch.texts.all(id).map(({ text }) => text);
  if (data.role === "user") {
    if (agent !== undefined) return undefined;
    return { id: `user ${atMs}`, atMs, observation: { kind: "message", role: "user", content } };
  }
  return turnEvent(data, {
    id,
    agent,
    content,
    requestedTools: Number(fetch.calls.get(id)?.calls ?? 0),
  });
}

function turnEvent(
  data: Fields,
  said: {
    readonly id: string;
    readonly agent: string | undefined;
    readonly content: unknown;
    readonly requestedTools: number;
  },
): HistoryEvent | undefined {
  if (data.role !== "assistant") return undefined;
  const tokens = fieldsIn(data, "tokens");
  const cache = fieldsIn(tokens, "cache");
  const time = fieldsIn(data, "time");
  const costUsd = countIn(data, "cost");
  const read = countIn(cache, "read");
  const written = countIn(cache, "write");
  return {
    // A fork gives it another id, and keeps its times.
    id: `turn ${countIn(time, "created") ?? ""} ${countIn(time, "completed") ?? ""}`,
    atMs: momentIn(time, "created"),
    observation: {
      kind: "turn",
      role: "assistant",
      content: said.content,
      provider: textIn(data, "providerID"),
      model: textIn(data, "modelID"),
      responseId: said.id,
      requestedTools: said.requestedTools,
      agent: said.agent,
      inputTokens: sumOf(countIn(tokens, "input"), read, written),
      outputTokens: countIn(tokens, "output"),
      reasoningTokens: countIn(tokens, "reasoning"),
      cacheReadTokens: read,
      cacheWriteTokens: written,
      ...(costUsd !== undefined && costUsd > 0 && { costUsd }),
    },
  };
}

function toolEvent(part: Fields, parent: string, agent: string | undefined): HistoryEvent {
  const state = fieldsIn(part, "state");
  const time = fieldsIn(state, "time");
  const start = momentIn(time, "start");
  const end = momentIn(time, "end");
  const hasEnds = start !== undefined && end !== undefined;
  return callEvent(
    {
      id: textIn(part, "callID") ?? "",
      tool: textIn(part, "tool") ?? "unknown",
      arguments: state.input,
      parent,
      agent,
      atMs: start,
    },
    {
      status: statusOf(state),
      result: state.status === "error" ? state.error : state.output,
      atMs: end,
      durationMs: hasEnds ? Math.max(0, end - start) : undefined,
    },
  );
}

function statusOf(state: Fields): Status {
  if (state.status === "error") return "error";
  if (state.status !== "completed") return "unresolved";
  return (countIn(fieldsIn(state, "metadata"), "exit") ?? 0) !== 0 ? "error" : "ok";
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
