/** The frame of formats that are one JSON value a file, one file a session. */
import type { Fields } from "../fields.ts";
import { wholeFile } from "../files/whole-file.ts";
import type {
  FileHead,
  FilePart,
  HistoryEvent,
  HistoryFacts,
  HistoryFormat,
  PartFile,
  Reading,
} from "../history.ts";
import type { FormatName } from "../names.ts";
import { withoutCopies } from "./tell-once.ts";

/** What a reader knows of its file. */
export interface DocumentPlace {
  readonly path: string;
  readonly session: string;
  readonly agent: string | undefined;
  readonly facts: HistoryFacts;
  readonly reading: Reading;
}

/** What differs between two formats. */
export interface DocumentFormat {
  readonly name: FormatName;
  readonly title: string;
  readonly recognize: (head: FileHead) => FilePart | undefined;
  /** The events of a file, by time; a file that is a list has it under `items`. */
  readonly eventsOf: (document: Fields, place: DocumentPlace) => readonly HistoryEvent[];
}

/** A reader of a format within this frame. */
export function documentFormat(format: DocumentFormat): HistoryFormat {
  const { name, title, recognize } = format;
  return {
    name,
    title,
    recognize,
    async *open(parts, reading) {
      for (const part of parts) yield documentSession(format, part, reading);
    },
  };
}

function documentSession(
  { name, eventsOf }: DocumentFormat,
  { file, session, agent }: PartFile,
  reading: Reading,
) {
  const facts: HistoryFacts = {};
  return {
    format: name,
    client: name,
    id: session,
    files: [file],
    facts,
    async *events() {
      const document = await wholeFile(file, reading);
      if (document === undefined) return;
      const place = { path: file.path, session, agent, facts, reading };
      yield withoutCopies(eventsOf(document, place), name, reading);
    },
  };
}
