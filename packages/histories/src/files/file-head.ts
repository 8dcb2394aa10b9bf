import { closeSync, openSync, readSync } from "node:fs";
import { isFields } from "../fields.ts";
import type { FileHead } from "../history.ts";
import type { FoundFile } from "./find-files.ts";

/** Enough to know a file by. */
const HEAD_BYTES = 16_384;
/** Used for one file after the other. */
const bytes = Buffer.alloc(HEAD_BYTES);

/** @returns undefined when the file cannot be read */
export function readHead(file: FoundFile): FileHead | undefined {
  const text = firstBytes(file.path);
  return text === undefined ? undefined : { ...file, text, first: firstOf(text) };
}

function firstBytes(path: string): string | undefined {
  try {
    const opened = openSync(path, "r");
    try {
      return bytes.toString("utf8", 0, readSync(opened, bytes, 0, HEAD_BYTES, 0));
    } finally {
      closeSync(opened);
    }
  } catch {
    return undefined;
  }
}

function firstOf(text: string): Record<string, unknown> {
  const end = text.indexOf("\n");
  try {
    const value: unknown = JSON.parse(end < 0 ? text : text.slice(0, end));
    return isFields(value) ? value : {};
  } catch {
    return {};
  }
}

/** The text of a member in text that may be cut off; the first one of that name. */
export function memberText(text: string, name: string): string | undefined {
  return new RegExp(`"${name}"\\s*:\\s*"([^"\\\\]{1,256})"`).exec(text)?.[1];
}
