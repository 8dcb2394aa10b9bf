/**
 * What was not recorded or not sent, because a part of ours is missing or failed. Whoever notices it
 * adds a line to `blind.ndjson` in CAUM_HOME; the next recorder puts it into a record, and the line is
 * kept beside it for `caum status`.
 */
import { readFileSync, renameSync } from "node:fs";
import { join } from "node:path";

/** A part that was not there when it was needed. */
export interface BlindNote {
  /** Seconds since the epoch. */
  readonly at: number;
  /** `node`, `relay`, `recorder` or `uploader`. */
  readonly part: string;
}

const NEW = "blind.ndjson";
const RECORDED = "blind-recorded.ndjson";
/** Whoever adds lines stops at this size. */
const MAX_BYTES = 64 * 1024;

/** All notes, oldest first, also those that stand in a record by now. */
export function readBlindNotes(home: string): readonly BlindNote[] {
  return [RECORDED, NEW].flatMap((name) => notesIn(join(home, name)));
}

/** The parts of the notes that are in no record yet; only one of several callers gets each note. */
export function takeBlindParts(home: string): readonly string[] {
  const recorded = join(home, RECORDED);
  try {
    renameSync(join(home, NEW), recorded);
  } catch {
    return [];
  }
  return [...new Set(notesIn(recorded).map(({ part }) => part))];
}

function notesIn(path: string): readonly BlindNote[] {
  try {
    const lines = readFileSync(path, "utf8").slice(0, MAX_BYTES).split("\n");
    return lines.flatMap((line) => noteOf(line));
  } catch {
    return [];
  }
}

function noteOf(line: string): readonly BlindNote[] {
  const found = /^\{"at":(\d{1,11}),"part":"([a-z-]{1,32})"\}$/.exec(line);
  return found ? [{ at: Number(found[1]), part: found[2] ?? "" }] : [];
}
