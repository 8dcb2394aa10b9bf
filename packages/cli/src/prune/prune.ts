/** Removes what was recorded on this machine and nobody has touched for long. */
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/** What may be removed: recorded runs, tools that were seen, sessions of clients, waiting events. */
const FOLDERS = ["runs", "tools", "sessions", "inbox"] as const;
type Folder = (typeof FOLDERS)[number];

/** Not a thing that was recorded, but what keeps two recorders apart. */
const KEPT = new Set(["recorder.lock"]);

export interface Pruned {
  readonly folder: Folder;
  /** Runs, or files. */
  readonly count: number;
  readonly bytes: number;
}

export interface PruneRequest {
  /** CAUM_HOME. */
  readonly home: string;
  /** What was touched since then stays; milliseconds since 1970. */
  readonly beforeMs: number;
  readonly dryRun: boolean;
}

/** @throws {Error} when something cannot be removed; what came before it is */
export function prune({ home, beforeMs, dryRun }: PruneRequest): readonly Pruned[] {
  return FOLDERS.map((folder) => {
    const old = entriesIn(join(home, folder)).filter(({ touchedMs }) => touchedMs < beforeMs);
    if (!dryRun) for (const { path } of old) rmSync(path, { recursive: true, force: true });
    return { folder, count: old.length, bytes: old.reduce((sum, { bytes }) => sum + bytes, 0) };
  });
}

interface Entry {
  readonly path: string;
  readonly bytes: number;
  readonly touchedMs: number;
}

function entriesIn(folder: string): readonly Entry[] {
  return namesIn(folder)
    .filter((name) => !KEPT.has(name))
    .map((name) => entryOf(join(folder, name)));
}

/** A folder was touched when the latest file in it was. */
function entryOf(path: string): Entry {
  const facts = statSync(path, { throwIfNoEntry: false });
  if (!facts?.isDirectory())
    return { path, bytes: facts?.size ?? 0, touchedMs: facts?.mtimeMs ?? 0 };
  const inside = namesIn(path).map((name) => entryOf(join(path, name)));
  return {
    path,
    bytes: inside.reduce((sum, { bytes }) => sum + bytes, 0),
    touchedMs: inside.reduce((latest, { touchedMs }) => Math.max(latest, touchedMs), facts.mtimeMs),
  };
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
