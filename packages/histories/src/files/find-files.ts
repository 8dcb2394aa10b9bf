import { type Dirent, lstatSync, readdirSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import type { Notes } from "../notes.ts";

/** A file as it was when it was found. */
export interface FoundFile {
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly modifiedMs: number;
}

/** Deeper than any client puts its files. */
const DEEPEST = 16;
/** Files of one look. */
const MOST = 500_000;
/** Folders in which no client keeps histories, and that are large. */
const PASSED_BY: ReadonlySet<string> = new Set(["node_modules", ".git"]);

/**
 * The ordinary files at or below a path, in the order of their names.
 *
 * Links are followed only at the path itself: what a link inside leads to was not named by anybody.
 */
export function* findFiles(path: string, notes: Notes): Generator<FoundFile> {
  const at = attempt(() => statSync(path));
  if (at === undefined)
    return notes.problem(path, "no such file or folder, or not allowed to read it");
  if (!at.isDirectory()) {
    if (at.isFile()) yield found(path, at);
    else notes.problem(path, "neither a file nor a folder");
    return;
  }
  const counter = { left: MOST };
  yield* below(path, notes, counter, DEEPEST);
}

/** An ordinary file that is named; undefined when it is none. */
export function fileAt(path: string): FoundFile | undefined {
  const at = attempt(() => lstatSync(path));
  return at?.isFile() === true ? found(path, at) : undefined;
}

function* below(
  folder: string,
  notes: Notes,
  counter: { left: number },
  depth: number,
): Generator<FoundFile> {
  if (depth === 0) return notes.problem(folder, "nested too deep");
  const entries = attempt(() => readdirSync(folder, { withFileTypes: true }));
  if (entries === undefined) return notes.problem(folder, "not allowed to read it");
  for (const entry of entries.sort(byName)) {
    if (counter.left <= 0) return;
    const path = join(folder, entry.name);
    if (entry.isSymbolicLink()) notes.links += 1;
    else if (entry.isFile()) yield* ordinary(path, counter);
    else if (entry.isDirectory() && !PASSED_BY.has(entry.name)) {
      yield* below(path, notes, counter, depth - 1);
    }
  }
}

/** It may have become something else since the folder was read. */
function* ordinary(path: string, counter: { left: number }): Generator<FoundFile> {
  const at = attempt(() => lstatSync(path));
  if (at?.isFile() !== true) return;
  counter.left -= 1;
  yield found(path, at);
}

function byName(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function found(path: string, { size, mtimeMs }: Stats): FoundFile {
  return { path, bytes: size, modifiedMs: mtimeMs };
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
