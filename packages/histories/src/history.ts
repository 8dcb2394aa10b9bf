import type { ReasoningObservation, ToolObservation } from "@caum/core";
import type { FoundFile } from "./files/find-files.ts";
import type { FormatName } from "./names.ts";
import type { Notes } from "./notes.ts";
import type { SeenIds } from "./seen-ids.ts";

/** One call, turn or message of a history. Its values are content: they go to `payloadOf` only. */
export interface HistoryEvent {
  /** Names it within its format: a copy of it, in another file, has the same id. */
  readonly id: string;
  /** Milliseconds since 1970, by the client's clock; absent where the client keeps no times. */
  readonly atMs?: number | undefined;
  readonly observation: ToolObservation | ReasoningObservation;
}

/** What a history says of itself. */
export interface HistoryFacts {
  /** Version of the client. */
  version?: string;
  /** The folder that was worked in: content, to be keyed. */
  project?: string;
}

/** One session of a client. */
export interface HistorySession {
  readonly format: FormatName;
  /** The agent, as a client calls itself on hooks; `unknown` in an export, which is of any agent. */
  readonly client: string;
  /** The client's own id. */
  readonly id: string;
  readonly files: readonly FoundFile[];
  /** Complete when all events have been read. */
  readonly facts: HistoryFacts;
  /** In batches, by time. To be read once. */
  events(): AsyncIterable<readonly HistoryEvent[]>;
}

/** What all readers of one look at the disk share. */
export interface Reading {
  readonly notes: Notes;
  /** Forked, resumed and superseded histories hold what stands elsewhere already. */
  readonly seen: SeenIds;
  /** Is given how many more bytes were read. */
  readonly onBytes?: ((count: number) => void) | undefined;
}

/** The beginning of a file. */
export interface FileHead extends FoundFile {
  readonly text: string;
  /** Its first line as JSON, where it is an object. */
  readonly first: Record<string, unknown>;
}

/** A file of a format: which session it belongs to, and which agent of it where not the main one. */
export interface FilePart {
  readonly session: string;
  readonly agent?: string | undefined;
}

/** A file with what it is a part of. */
export interface PartFile extends FilePart {
  readonly file: FoundFile;
}

/** A reader of one format. */
export interface HistoryFormat {
  readonly name: FormatName;
  /** For people. */
  readonly title: string;
  /** @returns undefined when it is no file of this format */
  recognize(head: FileHead): FilePart | undefined;
  /** The sessions of files that belong together. */
  open(parts: readonly PartFile[], reading: Reading): AsyncIterable<HistorySession>;
}
