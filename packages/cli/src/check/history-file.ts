/** Files that are no traces: histories of clients, and what cannot be read at all. */
import { statSync } from "node:fs";
import { SessionKeys } from "@caum/core/adapter";
import type { RootKey } from "@caum/core/machine";
import { homeOf } from "@caum/core/settings";
import {
  describeFile,
  type FileHead,
  type FoundFile,
  type HistorySession,
  Notes,
  type Reading,
  readHead,
  readHistories,
  recognizeFile,
  SeenIds,
} from "@caum/histories";
import { stepOfEvent } from "../history/history-step.ts";
import { readingKey } from "../history/reading-key.ts";
import type { TraceEvent } from "./trace-event.ts";

/** Members that a line of a trace or of a run has. */
const TRACE_MEMBERS = /"(?:session_id|schemaVersion)"\s*:/;
const GZIP = "\u001f";

/** What a file is, as far as its beginning shows it. */
export type FileKind =
  | { readonly kind: "trace" }
  | { readonly kind: "history"; readonly events: AsyncIterable<TraceEvent>; readonly notes: Notes }
  | { readonly kind: "foreign"; readonly what: string };

/** Looks at the beginning of a file. What cannot be opened is left to the reader of traces. */
export function kindOfFile(path: string): FileKind {
  const file = fileAt(path);
  const head = file === undefined ? undefined : readHead(file);
  if (file === undefined || head === undefined) return { kind: "trace" };
  const part = recognizeFile(file);
  // Traces are read by `caum check` itself: it takes lines that a history could not hold.
  if (part !== undefined && part.format.name !== "trace") {
    const { format, ...rest } = part;
    const reading = { notes: new Notes(), seen: new SeenIds() };
    const found = [{ format, parts: [rest], bytes: file.bytes }];
    return { kind: "history", events: traceEvents(found, reading), notes: reading.notes };
  }
  return mayBeTrace(head) ? { kind: "trace" } : { kind: "foreign", what: describeFile(head) };
}

/** A first line that is longer than the beginning says nothing of the others. */
function mayBeTrace({ text, bytes }: FileHead): boolean {
  const isCut = bytes > text.length && !text.includes("\n") && !/^\s*[[{<]|\0/.test(text);
  return text === "" || text.startsWith(GZIP) || isCut || TRACE_MEMBERS.test(text);
}

function fileAt(path: string): FoundFile | undefined {
  try {
    const at = statSync(path);
    return at.isFile() ? { path, bytes: at.size, modifiedMs: at.mtimeMs } : undefined;
  } catch {
    return undefined;
  }
}

async function* traceEvents(
  found: Parameters<typeof readHistories>[0],
  reading: Reading,
): AsyncGenerator<TraceEvent> {
  const rootKey = readingKey(homeOf(undefined, process.env));
  for await (const session of readHistories(found, reading)) yield* sessionEvents(session, rootKey);
}

async function* sessionEvents(
  session: HistorySession,
  rootKey: RootKey,
): AsyncGenerator<TraceEvent> {
  const keys = new SessionKeys(rootKey, `${session.format} ${session.id}`);
  for await (const batch of session.events()) {
    for (const event of batch) {
      const observed = stepOfEvent(event, keys);
      if (observed !== undefined) yield { sessionId: session.id, observed, unknownFields: [] };
    }
  }
}
