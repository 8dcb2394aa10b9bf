/** The frame of formats that are lines of JSON, one file for each agent of a session. */
import type { Fields } from "../fields.ts";
import { type IsIdle, jsonLines } from "../files/lines.ts";
import type {
  FileHead,
  FilePart,
  HistoryEvent,
  HistoryFacts,
  HistoryFormat,
  HistorySession,
  PartFile,
  Reading,
} from "../history.ts";
import { mergeByTime } from "../merge-by-time.ts";
import type { FormatName } from "../names.ts";
import { withoutCopies } from "./tell-once.ts";

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

/** What differs between two formats. */
export interface LineFormat {
  readonly name: FormatName;
  readonly title: string;
  readonly recognize: (head: FileHead) => FilePart | undefined;
  readonly readerOf: (place: ReaderPlace) => LineReader;
  readonly isIdle?: IsIdle;
}

/** A reader of a format within this frame. */
export function lineFormat(format: LineFormat): HistoryFormat {
  const { name, title, recognize } = format;
  return {
    name,
    title,
    recognize,
    async *open(parts, reading) {
      for (const session of bySession(parts)) yield lineSession(format, session, reading);
    },
  };
}

/** The session whose agents wrote these files. */
function lineSession(
  format: LineFormat,
  parts: readonly PartFile[],
  reading: Reading,
): HistorySession {
  const facts: HistoryFacts = {};
  return {
    format: format.name,
    client: format.name,
    id: parts[0]?.session ?? "",
    files: parts.map(({ file }) => file),
    facts,
    events: () => mergeByTime(parts.map((part) => partEvents(format, part, { facts, reading }))),
  };
}

async function* partEvents(
  { name, readerOf, isIdle }: LineFormat,
  { file, agent }: PartFile,
  { facts, reading }: Omit<ReaderPlace, "agent">,
): AsyncGenerator<readonly HistoryEvent[]> {
  const reader = readerOf({ agent, facts, reading });
  for await (const lines of jsonLines(file.path, reading, isIdle)) {
    const events: HistoryEvent[] = [];
    for (const { fields } of lines) {
      // A line that no reader of ours expects must not cost the rest of the file.
      if (!attempt(() => reader.take(fields, events))) reading.notes.failed += 1;
    }
    yield withoutCopies(events, name, reading);
  }
  const left: HistoryEvent[] = [];
  attempt(() => reader.end(left));
  yield withoutCopies(left, name, reading);
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
