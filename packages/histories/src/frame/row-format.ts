/**
 * The frame of exports: rows of many sessions in any order, in any number of files.
 *
 * They are read twice: first where the rows of each session stand, then one session after the other.
 * So no more than one session is in memory, and one file that is a single JSON value.
 */
import type { Fields } from "../fields.ts";
import { RowFiles, type RowPlace } from "../files/row-files.ts";
import type {
  FileHead,
  FilePart,
  HistoryEvent,
  HistoryFacts,
  HistoryFormat,
  HistorySession,
  Reading,
} from "../history.ts";
import type { FormatName } from "../names.ts";
import { type FoundSession, findSessions, placesOf, type Row, rowsIn } from "./row-sessions.ts";
import { withoutCopies } from "./tell-once.ts";

/** What differs between two formats. */
export interface RowFormat {
  readonly name: FormatName;
  readonly title: string;
  readonly recognize: (head: FileHead) => FilePart | undefined;
  /** The rows in one JSON value: in a line, or in a whole file. */
  readonly rowsOf: (value: Fields, reading: Reading) => readonly Row[];
  /** The events of one session, by time. Rows of it may be missing, or stand in it twice. */
  readonly eventsOf: (rows: readonly Row[], place: RowSession) => readonly HistoryEvent[];
}

/** What a reader knows of the session. */
export interface RowSession {
  readonly facts: HistoryFacts;
  readonly reading: Reading;
}

/** Of one session; the rest is left out, and said. */
const LARGEST_SESSION = 64 * 1_048_576;

/** A reader of a format within this frame. */
export function rowFormat(format: RowFormat): HistoryFormat {
  const { name, title, recognize } = format;
  return {
    name,
    title,
    recognize,
    async *open(parts, reading) {
      const files = new RowFiles(reading);
      for (const session of await findSessions(format, parts, files, reading)) {
        yield historyOf(format, session, files, reading);
      }
    },
  };
}

function historyOf(
  format: RowFormat,
  session: FoundSession,
  files: RowFiles,
  reading: Reading,
): HistorySession {
  const facts: HistoryFacts = {};
  const places = placesOf(session);
  return {
    format: format.name,
    client: "unknown",
    id: session.id,
    files: [...new Set(places.map(({ file }) => file))],
    facts,
    async *events() {
      const rows: Row[] = [];
      // What was not understood was counted when the sessions were looked for.
      const again = { ...reading, notes: files.unheard };
      for (const place of withinBound(places, reading)) {
        const value = await files.valueAt(place);
        if (value === undefined) continue;
        const found = rowsIn(format, value, again);
        for (const row of found) if (session.traces.has(row.trace)) rows.push(row);
      }
      yield withoutCopies(eventsIn(format, rows, { facts, reading }), format.name, reading);
    },
  };
}

function* withinBound(places: readonly RowPlace[], { notes }: Reading): Generator<RowPlace> {
  let bytes = 0;
  for (const place of places) {
    bytes += place.bytes;
    if (bytes > LARGEST_SESSION && bytes > place.bytes) {
      notes.problem(place.file.path, "a session larger than 64 MiB: its rest is not read");
      return;
    }
    yield place;
  }
}

function eventsIn(
  { eventsOf }: RowFormat,
  rows: readonly Row[],
  place: RowSession,
): readonly HistoryEvent[] {
  try {
    return eventsOf(rows, place);
  } catch {
    // Rows that no reader of ours expects must not cost the other sessions.
    place.reading.notes.failed += 1;
    return [];
  }
}
