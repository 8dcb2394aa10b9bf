/** Rows in portions that fit into memory, whatever a table holds. */
import type { Row } from "../store/columns/columns.ts";

const MAX_ROWS = 1_000;
/** Characters of texts, and bytes. */
const MAX_LENGTH = 4_000_000;

/** @param belongTogether whether a row may go with the one before it */
export function* portionsOf(
  rows: Iterable<Row>,
  belongTogether: (row: Row, before: Row) => boolean = () => true,
): Generator<readonly Row[]> {
  let portion: Row[] = [];
  let length = 0;
  for (const row of rows) {
    const before = portion.at(-1);
    const isFull = portion.length >= MAX_ROWS || length >= MAX_LENGTH;
    if (before !== undefined && (isFull || !belongTogether(row, before))) {
      yield portion;
      portion = [];
      length = 0;
    }
    portion.push(row);
    length += lengthOf(row);
  }
  if (portion.length > 0) yield portion;
}

function lengthOf(row: Row): number {
  let length = 0;
  for (const value of Object.values(row)) {
    if (typeof value === "string" || value instanceof Uint8Array) length += value.length;
  }
  return length;
}
