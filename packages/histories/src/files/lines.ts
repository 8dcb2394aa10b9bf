import { closeSync, openSync, readSync } from "node:fs";
import type { Fields } from "../fields.ts";
import { isFields } from "../fields.ts";
import type { Reading } from "../history.ts";

/** A longer line is skipped, and counted: it would cost several times as much memory. */
export const LONGEST_LINE = 8 * 1_048_576;
const CHUNK_BYTES = 262_144;
const NEWLINE = 0x0a;

/** Whether a line need not be parsed, by its first characters. */
export type IsIdle = (line: string) => boolean;

/**
 * The lines of a file that are JSON objects, as many at a time as one read gives.
 *
 * What is none is counted and skipped. A file that cannot be read is a problem, and ends.
 */
export async function* jsonLines(
  path: string,
  reading: Reading,
  isIdle: IsIdle = () => false,
): AsyncGenerator<readonly Fields[]> {
  const { notes } = reading;
  try {
    for (const lines of lineBatches(path, reading)) {
      const parsed: Fields[] = [];
      for (const line of lines) {
        notes.lines += 1;
        if (isIdle(line)) continue;
        const fields = objectOf(line);
        if (fields === undefined) notes.damaged += 1;
        else parsed.push(fields);
      }
      yield parsed;
    }
  } catch (error) {
    notes.problem(path, readProblem(error));
  }
}

function objectOf(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Read without waiting in between: a thread for each piece costs more than the piece. */
function* lineBatches(path: string, reading: Reading): Generator<readonly string[]> {
  const file = openSync(path, "r");
  try {
    const splitter = new LineSplitter(reading);
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    for (;;) {
      const count = readSync(file, chunk, 0, CHUNK_BYTES, null);
      if (count === 0) break;
      reading.onBytes?.(count);
      yield splitter.take(chunk.subarray(0, count));
    }
    yield splitter.end();
  } finally {
    closeSync(file);
  }
}

/** Cuts bytes into lines; keeps no more than one line. */
class LineSplitter {
  readonly #reading: Reading;
  #kept: Buffer[] = [];
  #length = 0;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  /** @param chunk may be used for other bytes afterwards */
  take(chunk: Buffer): readonly string[] {
    const lines: string[] = [];
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to >= 0; to = chunk.indexOf(NEWLINE, from)) {
      const line =
        this.#length === 0 ? chunk.toString("utf8", from, to) : this.#joined(chunk, from, to);
      if (line !== "" && line !== "\r") lines.push(line);
      from = to + 1;
    }
    this.#keep(chunk, from, chunk.length);
    return lines;
  }

  end(): readonly string[] {
    const line = this.#joined(Buffer.alloc(0), 0, 0);
    return line.trim() === "" ? [] : [line];
  }

  #joined(chunk: Buffer, from: number, to: number): string {
    this.#keep(chunk, from, to);
    const isTooLong = this.#length > LONGEST_LINE;
    if (isTooLong) this.#reading.notes.tooLong += 1;
    const line = isTooLong ? "" : Buffer.concat(this.#kept).toString("utf8");
    this.#kept = [];
    this.#length = 0;
    return line;
  }

  #keep(chunk: Buffer, from: number, to: number): void {
    this.#length += to - from;
    if (this.#length > LONGEST_LINE) this.#kept = [];
    else if (to > from) this.#kept.push(Buffer.from(chunk.subarray(from, to)));
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
