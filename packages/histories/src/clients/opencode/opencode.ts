/**
 * opencode: one SQLite database for all sessions. A sub-agent is a session with a parent; a fork is a
 * session in which messages and calls stand again, with their times.
 */
import type { DatabaseSync } from "node:sqlite";
import type { FoundFile } from "../../files/find-files.ts";
import type { FileHead, FilePart, HistoryFormat, HistorySession, Reading } from "../../history.ts";
import { databaseEvents } from "./opencode-rows.ts";
import { type Root, rootsOf } from "./opencode-sessions.ts";

const MAGIC = "SQLite format 3\0";

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
