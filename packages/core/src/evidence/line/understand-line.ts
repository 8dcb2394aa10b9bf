import type { LifecyclePayload, StructuralRecord } from "../../capture/record.ts";
import type { Line } from "../bundle/line-reader.ts";
import type { FindingKind } from "../rules/findings.ts";
import type { Platform } from "../rules/platform.ts";
import type { Link } from "../rules/runs.ts";
import { parseTombstone, TOMBSTONE_START } from "../rules/side-lines.ts";
import { readPlainLine } from "./plain-line.ts";
import { readRecord } from "./record-line.ts";

/** What a record says of its session; texts may be pieces of the line. */
export interface RecordFacts {
  readonly sessionId: string;
  readonly sourceTimestamp: string;
  readonly lifecycle: LifecyclePayload | undefined;
}

/** A line that was understood: a record, or what is left of a deleted one. */
export interface UnderstoodLine extends Link {
  readonly record: RecordFacts | undefined;
}

/** Why a line is neither. */
interface LineRefusal {
  readonly fault: FindingKind;
  readonly message: string;
}

type LineReadings = Pick<Platform, "sha256" | "writeLine">;

/** @param line its number, from 1 */
export function understandLine(
  { text, leafInput }: Line,
  line: number,
  platform: LineReadings,
): UnderstoodLine | LineRefusal {
  const plain = readPlainLine(text);
  if (plain !== undefined) {
    const { run, seq, previousHash, sessionId, sourceTimestamp } = plain;
    const record = { sessionId, sourceTimestamp, lifecycle: undefined };
    return { line, run, seq, leaf: platform.sha256(leafInput), previousHash, record };
  }
  if (text.startsWith(TOMBSTONE_START)) return understandTombstone(text, line);
  const read = readRecord(text, platform.writeLine);
  return "record" in read
    ? linkOf(read.record, line, platform.sha256(leafInput))
    : refusal(read.field);
}

function understandTombstone(text: string, line: number): UnderstoodLine | LineRefusal {
  const tombstone = parseTombstone(text);
  if (tombstone !== undefined && tombstone.seq > 0) {
    return { ...tombstone, line, previousHash: undefined, record: undefined };
  }
  const message = "not a tombstone, or one for the record that opens a run";
  return { fault: "malformed_tombstone", message };
}

function linkOf(whole: StructuralRecord, line: number, leaf: string): UnderstoodLine {
  const { category, runId: run, payload, previousHash, sessionId, sourceTimestamp } = whole;
  const lifecycle = category === "lifecycle" ? payload : undefined;
  const record = { sessionId, sourceTimestamp, lifecycle };
  return { line, run, seq: payload.seq, leaf, previousHash, record };
}

/** @param field that does not fit, where one is to blame */
function refusal(field: string | undefined): LineRefusal {
  const message =
    field === undefined
      ? "the line is not its own canonical form"
      : `the field ${field} does not fit the schema`;
  return { fault: "malformed_record", message };
}
