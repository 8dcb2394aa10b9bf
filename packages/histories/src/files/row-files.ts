import { basename } from "node:path";
import { parseJson } from "@caum/core/adapter";
import type { Fields } from "../fields.ts";
import type { Reading } from "../history.ts";
import { Notes } from "../notes.ts";
import { csvRows } from "./csv.ts";
import type { FoundFile } from "./find-files.ts";
import { jsonLines, lineAt } from "./lines.ts";
import { LARGEST_FILE, textOfFile } from "./whole-file.ts";

/** Where a JSON value stands: in a line, or all over a file. */
export interface RowPlace {
  readonly file: FoundFile;
  /** Absent for the whole file. */
  readonly at?: number;
  readonly bytes: number;
}

/** A JSON value, and where to find it again. */
export interface PlacedValue {
  readonly value: Fields;
  readonly place: RowPlace;
}

/** Files of JSON lines, of one JSON value, or of CSV, whose values are fetched a second time. */
export class RowFiles {
  /** What is counted when something is read again. */
  readonly unheard = new Notes();
  readonly #reading: Reading;
  /** The file that was read last as a whole. */
  #last: { readonly path: string; readonly value: Fields | undefined } | undefined;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  async *values(file: FoundFile): AsyncGenerator<PlacedValue> {
    const whole = isLines(file.path) ? undefined : await this.#whole(file, this.#reading);
    if (whole !== undefined) {
      yield { value: whole, place: { file, bytes: file.bytes } };
      return;
    }
    if (isCsv(file.path)) return;
    for await (const lines of jsonLines(file.path, this.#reading)) {
      for (const { fields: value, at, bytes } of lines) {
        yield { value, place: { file, at, bytes } };
      }
    }
  }

  async valueAt({ file, at, bytes }: RowPlace): Promise<Fields | undefined> {
    const quiet = { notes: this.unheard, seen: this.#reading.seen };
    if (at === undefined) return this.#whole(file, quiet);
    return lineAt(file.path, at, bytes);
  }

  /** One JSON value or a table; undefined when it is neither, as a file of several lines is. */
  async #whole(file: FoundFile, reading: Reading): Promise<Fields | undefined> {
    if (this.#last?.path === file.path) return this.#last.value;
    if (file.bytes > LARGEST_FILE && !isCsv(file.path)) return undefined;
    const text = await textOfFile(file, reading);
    const value = text === undefined ? undefined : parsedFile(text, file.path);
    if (value !== undefined) {
      reading.onBytes?.(file.bytes);
      this.#last = { path: file.path, value };
    }
    return value;
  }
}

function parsedFile(text: string, path: string): Fields | undefined {
  if (isCsv(path)) return { items: csvRows(text) };
  const value = parseJson(text);
  if (Array.isArray(value)) return { items: value };
  // Only an object has members.
  return typeof value === "object" && value !== null ? (value as Fields) : undefined;
}

function isLines(path: string): boolean {
  return /\.(?:jsonl|ndjson)$/i.test(basename(path));
}

function isCsv(path: string): boolean {
  return /\.csv$/i.test(path);
}
