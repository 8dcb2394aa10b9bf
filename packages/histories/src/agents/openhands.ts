/**
 * OpenHands from 1.0 on: `<conversation>/events/event-NUMBER-ID.json`, one event a file, beside
 * `base_state.json`, in which the tokens of each answer stand.
 */
import { basename, dirname, join } from "node:path";
import { type Fields, fieldsIn, isFields, listIn, parsedText, textIn } from "../fields.ts";
import { type FoundFile, fileAt } from "../files/find-files.ts";
import { textOfFile, wholeFile } from "../files/whole-file.ts";
import { bySession } from "../frame/line-format.ts";
import { learnFacts, withoutCopies } from "../frame/tell-once.ts";
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
import { OpenHandsReader } from "./openhands-event.ts";

const EVENT = /^event-(\d{5,})-[0-9a-fA-F-]{8,}\.json$/;
const EVENTS = "events";
const STATE = "base_state.json";
/** Files whose events are handed on together. */
const BATCH = 200;

export const openhands: HistoryFormat = {
  name: "openhands",
  title: "OpenHands",
  recognize,
  async *open(parts, reading) {
    for (const session of bySession(parts)) yield sessionOf(session, reading);
  },
};

function recognize({ path }: FileHead): FilePart | undefined {
  const folder = dirname(path);
  const isEvent = EVENT.test(basename(path)) && basename(folder) === EVENTS;
  return isEvent ? { session: basename(dirname(folder)) } : undefined;
}

function sessionOf(parts: readonly PartFile[], reading: Reading): HistorySession {
  const facts: HistoryFacts = {};
  const files = parts.map(({ file }) => file).sort(byNumber);
  return {
    format: "openhands",
    client: "openhands",
    id: parts[0]?.session ?? "",
    files,
    facts,
    events: () => eventsOf(files, facts, reading),
  };
}

async function* eventsOf(
  files: readonly FoundFile[],
  facts: HistoryFacts,
  reading: Reading,
): AsyncGenerator<readonly HistoryEvent[]> {
  const state = await stateBeside(files[0], reading);
  const usages = usagesIn(state);
  learnFacts(facts, undefined, textIn(fieldsIn(state, "workspace"), "working_dir"));
  const reader = new OpenHandsReader(usages, reading.notes);
  for (let from = 0; from < files.length; from += BATCH) {
    const events: HistoryEvent[] = [];
    for (const file of files.slice(from, from + BATCH)) {
      const event = await wholeFile(file, reading);
      if (event !== undefined) reader.take(event, events);
    }
    yield withoutCopies(events, "openhands", reading);
  }
  yield withoutCopies(reader.end(), "openhands", reading);
}

/** What the conversation says of itself; nothing where that is missing or damaged. */
async function stateBeside(event: FoundFile | undefined, reading: Reading): Promise<Fields> {
  if (event === undefined) return {};
  const file = fileAt(join(dirname(dirname(event.path)), STATE));
  const state = file === undefined ? undefined : parsedText(await textOfFile(file, reading));
  return isFields(state) ? state : {};
}

/** Tokens of each answer of a model, by its id. */
function usagesIn(state: Fields): ReadonlyMap<string, Fields> {
  const usages = new Map<string, Fields>();
  for (const metrics of Object.values(fieldsIn(fieldsIn(state, "stats"), "usage_to_metrics"))) {
    if (!isFields(metrics)) continue;
    for (const usage of listIn(metrics, "token_usages")) {
      usages.set(textIn(usage, "response_id") ?? "", usage);
    }
  }
  return usages;
}

/** Numbers are written with at least five digits. */
function byNumber(a: FoundFile, b: FoundFile): number {
  return numberOf(a) - numberOf(b);
}

function numberOf({ path }: FoundFile): number {
  return Number(EVENT.exec(basename(path))?.[1] ?? 0);
}
