/** The rows of a session of opencode, as events by time. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { isFields, parsedText } from "../../fields.ts";
import { personEvent } from "../../frame/speech.ts";
import { withoutCopies } from "../../frame/tell-once.ts";
import type { HistoryEvent, Reading } from "../../history.ts";
import { answerEvent, toolEvent } from "./opencode-events.ts";

/** Events that are handed on together. */
const BATCH = 200;

interface Pointer {
  readonly kind: "message" | "part";
  readonly id: string;
  readonly atMs: number;
}

/** Only where the rows are is held; each is fetched when it is its turn. */
export async function* databaseEvents(
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
    return personEvent(String(atMs), atMs, content);
  }
  return answerEvent(data, {
    id,
    agent,
    content,
    requestedTools: Number(fetch.calls.get(id)?.calls ?? 0),
  });
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
