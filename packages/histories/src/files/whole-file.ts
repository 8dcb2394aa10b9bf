import { readFile } from "node:fs/promises";
import { type Fields, isFields } from "../fields.ts";
import type { Reading } from "../history.ts";
import type { FoundFile } from "./find-files.ts";
import { readProblem } from "./lines.ts";

/** A history that is one JSON value is held in memory, several times over. */
const LARGEST_FILE = 32 * 1_048_576;

/** A file that is one JSON object; a list stands under `items`. Undefined, and told, when it is none. */
export async function wholeFile(file: FoundFile, reading: Reading): Promise<Fields | undefined> {
  const { notes } = reading;
  if (file.bytes > LARGEST_FILE) {
    notes.problem(file.path, "larger than 32 MiB: one JSON value of this size is not read");
    return undefined;
  }
  try {
    const text = await readFile(file.path, "utf8");
    reading.onBytes?.(file.bytes);
    const value: unknown = JSON.parse(text);
    if (isFields(value)) return value;
    if (Array.isArray(value)) return { items: value };
    notes.problem(file.path, "not a JSON object");
  } catch (error) {
    const isJson = error instanceof SyntaxError;
    notes.problem(file.path, isJson ? "not JSON: cut off or damaged" : readProblem(error));
  }
  return undefined;
}
