import { describeFile } from "./describe-file.ts";
import { readHead } from "./files/file-head.ts";
import { type FoundFile, findFiles } from "./files/find-files.ts";
import { FORMATS } from "./formats.ts";
import type { HistoryFormat, HistorySession, PartFile, Reading } from "./history.ts";
import type { FormatName } from "./names.ts";

/** What is looked for. */
export interface Wanted {
  /** Only what was written to since then, in milliseconds since 1970. */
  readonly sinceMs?: number | undefined;
  readonly formats?: ReadonlySet<FormatName> | undefined;
}

/** The files of one format, below the paths that were looked at. */
export interface FoundHistories {
  readonly format: HistoryFormat;
  readonly parts: readonly PartFile[];
  readonly bytes: number;
}

/** Endings of files that may be a history; others are not opened. */
const ENDINGS = /\.(?:jsonl|ndjson|json|csv|db|sqlite|traj|eval)$/i;

/**
 * Finds the histories at and below paths.
 *
 * A path that is named itself and is no history is reported; below a folder such files are passed by.
 */
export function findHistories(
  paths: readonly string[],
  reading: Reading,
  { sinceMs = 0, formats }: Wanted = {},
): readonly FoundHistories[] {
  const found = new Map<HistoryFormat, PartFile[]>();
  const known = new Set<string>();
  for (const { file, isNamed } of candidates(paths, reading, sinceMs)) {
    if (known.has(file.path)) continue;
    known.add(file.path);
    const part = recognizeFile(file);
    if (part === undefined) tellForeign(file, isNamed, reading);
    else if (formats?.has(part.format.name) ?? true) {
      const { format, ...rest } = part;
      const parts = found.get(format);
      if (parts === undefined) found.set(format, [rest]);
      else parts.push(rest);
    }
  }
  return [...found].map(([format, parts]) => ({
    format,
    parts,
    bytes: parts.reduce((sum, { file }) => sum + file.bytes, 0),
  }));
}

/** Files that may be a history. */
function* candidates(paths: readonly string[], { notes }: Reading, sinceMs: number) {
  for (const path of paths) {
    for (const file of findFiles(path, notes)) {
      const isNamed = file.path === path;
      const mayBe = isNamed || ENDINGS.test(file.path);
      if (mayBe && file.modifiedMs >= sinceMs) yield { file, isNamed };
    }
  }
}

/** @returns undefined when no reader knows the file */
export function recognizeFile(
  file: FoundFile,
): (PartFile & { readonly format: HistoryFormat }) | undefined {
  const head = readHead(file);
  if (head === undefined) return undefined;
  for (const format of FORMATS) {
    const part = format.recognize(head);
    if (part !== undefined) return { ...part, file, format };
  }
  return undefined;
}

/** Every session of what was found, one after the other. */
export async function* readHistories(
  found: readonly FoundHistories[],
  reading: Reading,
): AsyncGenerator<HistorySession> {
  for (const { format, parts } of found) yield* format.open(parts, reading);
}

function tellForeign(file: FoundFile, isNamed: boolean, { notes }: Reading): void {
  notes.foreign += 1;
  if (!isNamed) return;
  const head = readHead(file);
  notes.problem(file.path, head === undefined ? "cannot be read" : describeFile(head));
}
