import { readFile } from "node:fs/promises";
import { type Fields, isFields } from "../fields.ts";
import type { Reading } from "../history.ts";
import type { FoundFile } from "./find-files.ts";
import { readProblem } from "./lines.ts";

/** A history that is one JSON value is held in memory, several times over. */
export const LARGEST_FILE = 32 * 1_048_576;

/** A file that is one JSON object; a list stands under `items`. Undefined, and told, when it is none. */
export async function wholeFile(file: FoundFile, reading: Reading): Promise<Fields | undefined> {
  const text = await textOfFile(file, reading);
  if (text === undefined) return undefined;
  reading.onBytes?.(file.bytes);
  try {
    const value: unknown = JSON.parse(text);
    if (isFields(value)) return value;
    if (Array.isArray(value)) return { items: value };
    reading.notes.problem(file.path, "not a JSON object");
  } catch {
    reading.notes.problem(file.path, "not JSON: cut off or damaged");
  }
  return undefined;
}

/** The text of a file that is read at once; undefined, and told, when it cannot be. */
export async function textOfFile(
  { path, bytes }: FoundFile,
  { notes }: Reading,
): Promise<string | undefined> {
  if (bytes > LARGEST_FILE) {
    notes.problem(path, "larger than 32 MiB: one value of this size is not read");
    return undefined;
  }
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    notes.problem(path, readProblem(error));
    return undefined;
  }
}
