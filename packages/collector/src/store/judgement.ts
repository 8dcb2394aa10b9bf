/** When a session's judgement is stored, and what it is made of again. */
import type { StructuralRecord } from "@caum/core/verify";
import type { SessionRow } from "../ingest/session-row.ts";
import { type Judgement, SessionState } from "../ingest/session-state.ts";
import { expand } from "./chunks/compressed.ts";

/** After so many records the judgement is stored, so that at most so many are replayed. */
const JUDGE_EVERY = 64;
/** Records that are judged again at once. */
export const REPLAYED_AT_ONCE = 256;

export function isJudgementDue({ judgedAt, size }: SessionState): boolean {
  return judgedAt < 0 || size - judgedAt >= JUDGE_EVERY;
}

/**
 * @param stored JSON, or the bytes that it was compressed to
 * @returns undefined when another version of the engine wrote it: the records are judged again
 */
export function stateFrom(
  row: SessionRow,
  stored: string | Uint8Array,
  size: number,
): SessionState | undefined {
  try {
    const text = typeof stored === "string" ? stored : expand(stored);
    const judgement: Judgement = JSON.parse(text);
    return new SessionState(row, judgement, size);
  } catch {
    return undefined;
  }
}

/** Judges the record of a stored line; what is left of a deleted one says nothing. */
export function judgeLine(session: SessionState, line: string): void {
  if (line.startsWith('{"tombstone":')) return;
  const record: StructuralRecord = JSON.parse(line);
  session.judge(record);
}
