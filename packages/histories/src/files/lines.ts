import { closeSync, openSync, readSync } from "node:fs";
import { parseJson } from "@caum/core/adapter";
import { type Fields, isFields } from "../fields.ts";
import type { Reading } from "../history.ts";
import { LineSplitter } from "./line-splitter.ts";

const CHUNK_BYTES = 262_144;
/** Of a line, as much as tells its kind. */
const START_BYTES = 160;

/** Whether a line need not be parsed, by its first characters (bytes, one character each). */
export type IsIdle = (start: string) => boolean;

/** A line that is a JSON object, and where in the file it stands. */
export interface JsonLine {
  readonly fields: Fields;
  readonly at: number;
  readonly bytes: number;
}

/**
 * The lines of a file that are JSON objects, as many at a time as one read gives.
 *
 * What is none is counted and skipped. A file that cannot be read is a problem, and ends.
 */
export async function* jsonLines(
  path: string,
  reading: Reading,
  isIdle?: IsIdle,
): AsyncGenerator<readonly JsonLine[]> {
  const { notes } = reading;
  let parsed: JsonLine[] = [];
  const splitter = new LineSplitter(notes, (bytes, from, to, at) => {
    notes.lines += 1;
    if (isIdle?.(bytes.toString("latin1", from, Math.min(to, from + START_BYTES)))) return;
    const fields = objectOf(bytes.toString("utf8", from, to));
    if (fields === undefined) notes.damaged += 1;
    else parsed.push({ fields, at, bytes: to - from });
  });
  try {
    for (const chunk of chunks(path, reading)) {
      splitter.take(chunk);
      yield parsed;
      parsed = [];
    }
    splitter.end();
    yield parsed;
  } catch (error) {
    notes.problem(path, readProblem(error));
  }
}

/** One line again, by where it stands. */
export function lineAt(path: string, at: number, bytes: number): Fields | undefined {
  const file = openSync(path, "r");
  try {
    const line = Buffer.allocUnsafe(bytes);
    return objectOf(line.toString("utf8", 0, readSync(file, line, 0, bytes, at)));
  } finally {
    closeSync(file);
  }
}

function objectOf(line: string): Fields | undefined {
  const value = parseJson(line);
  return isFields(value) ? value : undefined;
}

/**
 * Read without waiting in between: a thread for each piece costs more than the piece.
 *
 * @yields bytes that are used again for the next piece
 */
function* chunks(path: string, reading: Reading): Generator<Buffer> {
  const file = openSync(path, "r");
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    for (;;) {
      const count = readSync(file, chunk, 0, CHUNK_BYTES, null);
      if (count === 0) return;
      reading.onBytes?.(count);
      yield chunk.subarray(0, count);
    }
  } finally {
    closeSync(file);
  }
}

/** Why a file cannot be read, without its name. */
export function readProblem(error: unknown): string {
  // Errors of files carry a code.
  const code = (error as { readonly code?: unknown }).code;
  if (code === "ENOENT") return "no such file";
  if (code === "EACCES" || code === "EPERM") return "not allowed to read it";
  if (code === "EISDIR") return "a folder, not a file";
  return "cannot be read";
}
