import type { StructuralRecord } from "../../capture/record.ts";
import { findFault } from "./fields.ts";

/** A record, or the reason why a line is none. */
export type ReadLine =
  | { readonly record: StructuralRecord }
  | { readonly fault: "not_canonical" | "not_a_record"; readonly field?: string };

/**
 * Reads one line; it is good only if it is its own canonical form and fits the schema.
 *
 * Duplicate keys, key order, white space, escapes, `1.0` and unknown fields all end in a text that
 * differs from the one written back.
 *
 * @param write makes the canonical line of a record
 */
export function readRecord(line: string, write: (record: StructuralRecord) => string): ReadLine {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return { fault: "not_canonical" };
  }
  const field = findFault(parsed);
  if (field !== undefined) {
    return { fault: "not_a_record", field };
  }
  const record = parsed as StructuralRecord; // findFault found nothing
  return write(record) === line ? { record } : { fault: "not_canonical" };
}
