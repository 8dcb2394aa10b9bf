import { encodeLine } from "./line.ts";
import { type ReadLine, readRecord } from "./record-line.ts";

/** As {@link readRecord}, by the fixed-order writer. */
export function readLine(line: string): ReadLine {
  return readRecord(line, encodeLine);
}
