import type { Op } from "../record.ts";
import { wordTable } from "./word-table.ts";

const FIRST_WORDS = wordTable({
  read: "select with explain values table",
  search: "show describe desc pragma use",
  write:
    "insert update delete create drop alter replace merge truncate grant revoke begin commit rollback",
  run: "call exec execute do vacuum analyze",
});

/** As much of a statement as is looked at. */
const MAX_LENGTH = 4_096;

/**
 * What a database statement does, by its first word.
 *
 * @returns undefined when the word is not known
 */
export function opOfStatement(statement: string): Op | undefined {
  const head = statement.slice(0, MAX_LENGTH);
  let start = 0;
  while (start < head.length) {
    if (head.startsWith("--", start)) start = endOf(head, "\n", start);
    else if (head.startsWith("/*", start)) start = endOf(head, "*/", start);
    else if (isLetter(head, start)) break;
    else start += 1;
  }
  let end = start;
  while (isLetter(head, end)) end += 1;
  return FIRST_WORDS.get(head.slice(start, end).toLowerCase());
}

function endOf(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at < 0 ? text.length : at + mark.length;
}

function isLetter(text: string, at: number): boolean {
  const code = text.charCodeAt(at) | 0x20;
  return code >= 0x61 && code <= 0x7a;
}
