/** What formats have in common that are lines of JSON, one file for each agent of a session. */
import type { Fields } from "../fields.ts";
import { type IsIdle, jsonLines } from "../files/lines.ts";
import type {
  FormatName,
  HistoryEvent,
  HistoryFacts,
  HistorySession,
  PartFile,
  Reading,
} from "../history.ts";
import { mergeByTime } from "../merge-by-time.ts";

/** Reads the lines of one file, in their order. */
export interface LineReader {
  /** Adds the events that this line completes. */
  take(line: Fields, events: HistoryEvent[]): void;
  /** Adds what was left open. */
  end(events: HistoryEvent[]): void;
}

/** What a reader knows of its file. */
export interface ReaderPlace {
  readonly agent: string | undefined;
  readonly facts: HistoryFacts;
  readonly reading: Reading;
}

export interface LineSession {
  readonly format: FormatName;
  readonly client: string;
  readonly parts: readonly PartFile[];
  readonly reading: Reading;
  readonly readerOf: (place: ReaderPlace) => LineReader;
  readonly isIdle?: IsIdle;
}

/** The session whose agents wrote these files. */
export function lineSession(session: LineSession): HistorySession {
  const { format, client, parts } = session;
  const facts: HistoryFacts = {};
  return {
    format,
    client,
    id: parts[0]?.session ?? "",
    files: parts.map(({ file }) => file),
    facts,
    events: () => mergeByTime(parts.map((part) => partEvents(session, part, facts))),
  };
}

async function* partEvents(
  { format, reading, readerOf, isIdle }: LineSession,
  { file, agent }: PartFile,
  facts: HistoryFacts,
): AsyncGenerator<readonly HistoryEvent[]> {
  const reader = readerOf({ agent, facts, reading });
  for await (const lines of jsonLines(file.path, reading, isIdle)) {
    const events: HistoryEvent[] = [];
    for (const line of lines) {
      // A line that no reader of ours expects must not cost the rest of the file.
      if (!attempt(() => reader.take(line, events))) reading.notes.failed += 1;
    }
    yield withoutCopies(events, format, reading);
  }
  const left: HistoryEvent[] = [];
  attempt(() => reader.end(left));
  yield withoutCopies(left, format, reading);
}

/** What is said first stands. */
export function learnFacts(
  facts: HistoryFacts,
  version: string | undefined,
  project: string | undefined,
): void {
  if (version !== undefined) facts.version ??= version;
  if (project !== undefined) facts.project ??= project;
}

/** Leaves out what another history, or an earlier line of this one, has told. */
export function withoutCopies(
  events: readonly HistoryEvent[],
  format: FormatName,
  { seen, notes }: Reading,
): readonly HistoryEvent[] {
  const fresh = events.filter(({ id }) => seen.add(`${format} ${id}`));
  notes.copies += events.length - fresh.length;
  return fresh;
}

function attempt(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}

/** Groups the files of a format into sessions, the main agent's file first. */
export function bySession(parts: readonly PartFile[]): readonly (readonly PartFile[])[] {
  const sessions = new Map<string, PartFile[]>();
  for (const part of parts) {
    const known = sessions.get(part.session);
    if (known === undefined) sessions.set(part.session, [part]);
    else if (part.agent === undefined) known.unshift(part);
    else known.push(part);
  }
  return [...sessions.values()];
}
