/** What lies at and below paths: bundles and runs, traces, and what histories there are. */
import { closeSync, lstatSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { kindOfFile } from "../check/history-file.ts";
import { recordLineOf } from "../profiles/recorded-session.ts";

export interface FoundPaths {
  /** Folders and archives of bundles, and folders of runs. */
  readonly bundles: readonly string[];
  /** Files of records that lie by themselves. */
  readonly records: readonly string[];
  /** Traces that are packed, and those that are named. */
  readonly traces: readonly string[];
  /** Everything else is looked for there. */
  readonly others: readonly string[];
}

const RECORDS = "records.ndjson";
const ARCHIVE = /\.(?:tar|tar\.gz|tgz|zip)$/i;
const PACKED_TRACE = /\.(?:jsonl|ndjson)\.gz$/i;
const NOT_RECORDS = /\.(?!jsonl$|ndjson$)[a-z]{1,5}$/i;
/** A record is at most so long. */
const LINE_BYTES = 65_536;
const MOST_DEEP = 16;

export function findPaths(paths: readonly string[]): FoundPaths {
  const found = { bundles: [], records: [], traces: [], others: [...paths] } as {
    -readonly [Kind in keyof FoundPaths]: string[];
  };
  for (const path of paths) look(path, found, 0);
  // A file that was found as what it is, is no history.
  const known = new Set([...found.bundles, ...found.records, ...found.traces]);
  return { ...found, others: found.others.filter((path) => !known.has(path)) };
}

function look(
  path: string,
  found: { readonly [Kind in keyof FoundPaths]: string[] },
  depth: number,
): void {
  const status = statOf(path, depth > 0);
  if (status === undefined || depth > MOST_DEEP) return;
  if (status.isFile()) {
    const kind = kindOf(path, depth > 0);
    if (kind !== undefined) found[kind].push(path);
    return;
  }
  if (!status.isDirectory()) return;
  const names = readdirSync(path).sort();
  if (names.includes(RECORDS)) found.bundles.push(path);
  else for (const name of names) look(join(path, name), found, depth + 1);
}

function kindOf(path: string, isBelow: boolean): Exclude<keyof FoundPaths, "others"> | undefined {
  if (ARCHIVE.test(path)) return "bundles";
  if (PACKED_TRACE.test(path)) return "traces";
  if (beginsWithRecord(path)) return "records";
  return !isBelow && kindOfFile(path).kind === "trace" ? "traces" : undefined;
}

/** A link is followed where it was named, and never below. */
function statOf(path: string, isBelow: boolean) {
  try {
    return isBelow ? lstatSync(path) : statSync(path);
  } catch {
    return undefined;
  }
}

function beginsWithRecord(path: string): boolean {
  if (NOT_RECORDS.test(path)) return false;
  const part = Buffer.alloc(LINE_BYTES);
  try {
    const file = openSync(path, "r");
    try {
      const text = part.toString("utf8", 0, readSync(file, part, 0, LINE_BYTES, 0));
      return recordLineOf(text.split("\n", 1)[0] ?? "") !== undefined;
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}
