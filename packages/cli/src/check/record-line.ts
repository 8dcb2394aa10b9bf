import type { StructuralRecord } from "@caum/core/verify";
import { readLine } from "@caum/core/verify";
import { TraceError } from "./trace-event.ts";

/**
 * A line of our own runs or bundles.
 *
 * @throws {TraceError} when it is none
 */
export function recordOf(line: string): StructuralRecord {
  const read = readLine(line);
  if ("record" in read) return read.record;
  throw new TraceError("looks like a record and is none: run caum verify on it");
}
