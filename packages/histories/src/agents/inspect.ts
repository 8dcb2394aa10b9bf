/**
 * Inspect: logs of evaluations, `.eval` (a ZIP archive with a file for each sample) or `.json`. Each
 * sample is a session of its own.
 */
import { type Fields, fieldsIn, isFields, listIn, parsedText, textIn } from "../fields.ts";
import type { FoundFile } from "../files/find-files.ts";
import { wholeFile } from "../files/whole-file.ts";
import { type ZipEntry, ZipFile } from "../files/zip.ts";
import { learnFacts, withoutCopies } from "../frame/tell-once.ts";
import type {
  FileHead,
  FilePart,
  HistoryFacts,
  HistoryFormat,
  HistorySession,
  Reading,
} from "../history.ts";
import { sampleEvents } from "./inspect-sample.ts";

const ARCHIVE = "PK\u0003\u0004";
const SAMPLE = /^samples\/[^/]+\.json$/;
/** Which version wrote it stands in the first of these that is there. */
const HEADERS = ["header.json", "_journal/start.json"] as const;

export const inspect: HistoryFormat = {
  name: "inspect",
  title: "Inspect",
  recognize,
  async *open(parts, reading) {
    for (const { file } of parts) {
      if (file.path.endsWith(".eval")) yield* archiveSessions(file, reading);
      else yield* documentSessions(file, reading);
    }
  },
};

function recognize({ path, text }: FileHead): FilePart | undefined {
  const isArchive = path.endsWith(".eval") && text.startsWith(ARCHIVE);
  const isDocument =
    path.endsWith(".json") && /"eval"\s*:\s*\{/.test(text) && /"task_id"\s*:/.test(text);
  return isArchive || isDocument ? { session: path } : undefined;
}

async function* documentSessions(
  file: FoundFile,
  reading: Reading,
): AsyncGenerator<HistorySession> {
  const log = await wholeFile(file, reading);
  if (log === undefined) return;
  for (const sample of listIn(log, "samples")) yield sessionOf(sample, log, file, reading);
}

async function* archiveSessions(file: FoundFile, reading: Reading): AsyncGenerator<HistorySession> {
  const archive = openArchive(file, reading);
  if (archive === undefined) return;
  try {
    const header = headerOf(archive);
    for (const entry of archive.entries) {
      if (!SAMPLE.test(entry.name)) continue;
      const sample = valueOfEntry(archive, entry);
      if (sample === undefined) reading.notes.damaged += 1;
      else yield sessionOf(sample, header, file, reading);
    }
    reading.onBytes?.(file.bytes);
  } finally {
    archive.close();
  }
}

function openArchive(file: FoundFile, { notes }: Reading): ZipFile | undefined {
  try {
    return new ZipFile(file.path, file.bytes);
  } catch {
    notes.problem(file.path, "a ZIP archive that is cut off or damaged");
    return undefined;
  }
}

function headerOf(archive: ZipFile): Fields {
  for (const name of HEADERS) {
    const entry = archive.entries.find((one) => one.name === name);
    const value = entry === undefined ? undefined : valueOfEntry(archive, entry);
    if (value !== undefined) return value;
  }
  return {};
}

function valueOfEntry(archive: ZipFile, entry: ZipEntry): Fields | undefined {
  try {
    const value = parsedText(archive.textOf(entry));
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function sessionOf(sample: Fields, log: Fields, file: FoundFile, reading: Reading): HistorySession {
  const facts: HistoryFacts = {};
  const about = fieldsIn(log, "eval");
  learnFacts(facts, textIn(fieldsIn(about, "packages"), "inspect_ai"), undefined);
  const run = textIn(about, "eval_id", "run_id", "task_id") ?? file.path;
  const id = textIn(sample, "uuid") ?? `${run} ${sample.id} ${sample.epoch}`;
  return {
    format: "inspect",
    client: "unknown",
    id,
    files: [file],
    facts,
    async *events() {
      yield withoutCopies(sampleEvents(sample, id, reading.notes), "inspect", reading);
    },
  };
}
