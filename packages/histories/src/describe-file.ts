import type { FileHead } from "./history.ts";

/** What files begin with that people mistake for a history, and what they are. */
const OTHERS: readonly (readonly [string, string])[] = [
  ["SQLite format 3\0", "a SQLite database"],
  ["\u001f", "a compressed file: unpack it first"],
  ["PK\u0003\u0004", "a ZIP archive"],
  ["%PDF", "a PDF"],
  ["<", "HTML or XML"],
];

/** How a line of a run begins, whose members are in the order of their names. */
const RECORD = /^\{"agentId":"[^"]*",[^\n]*"schemaVersion":/;

/** What a file is, in words, that no reader takes for a history. */
export function describeFile({ bytes, text }: Pick<FileHead, "bytes" | "text">): string {
  if (bytes === 0) return "an empty file";
  const start = text.trimStart();
  const other = OTHERS.find(([beginning]) => start.startsWith(beginning));
  if (other !== undefined) return other[1];
  if (text.includes("\0")) return "a binary file";
  if (RECORD.test(start)) return "a recorded run: caum check judges it, caum export hands it on";
  if (start.startsWith("{")) return "JSON, of no client that is known here";
  return start.startsWith("[")
    ? "a JSON list, of no client that is known here"
    : "text, and no JSON";
}
