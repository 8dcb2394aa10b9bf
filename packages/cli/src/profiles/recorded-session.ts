/** A session from its records alone, judged as a collector judges them. */
import { newRow, profileOf, SessionState, sentMs, viewOf } from "@caum/collector/local";
import { isStepRecord } from "@caum/core/health";
import { hashLeaf, readLine, type StructuralRecord } from "@caum/core/verify";
import type { SessionProfile, StepOrder } from "@caum/workflows";

/** A record with the line that holds it. */
export interface RecordLine {
  readonly record: StructuralRecord;
  readonly line: string;
}

/** @returns undefined where the line is no record */
export function recordLineOf(line: string): RecordLine | undefined {
  const read = readLine(line);
  return "record" in read ? { record: read.record, line } : undefined;
}

/**
 * What is remembered of a session.
 *
 * @param parts files of it, each in its own order; what happened first comes first, and what two of
 *   them hold is taken once
 * @param order takes the steps as well
 */
export function profileOfRecords(
  parts: readonly (readonly RecordLine[])[],
  order?: StepOrder,
): SessionProfile | undefined {
  let state: SessionState | undefined;
  const seen = new Set<string>();
  for (const { record, line } of byTime(parts)) {
    const place = `${record.runId} ${record.payload.seq}`;
    if (seen.has(place)) continue;
    seen.add(place);
    state ??= stateOf(record);
    const atMs = sentMs(record.sourceTimestamp, Date.now());
    const { step } = state.take(record, hashLeaf(line), atMs);
    if (isStepRecord(record)) order?.take(step, record.payload);
  }
  return state === undefined ? undefined : profileOf(viewOf(state, undefined));
}

function stateOf({ sessionId: id, agentId, sourceTimestamp }: StructuralRecord): SessionState {
  const startedMs = sentMs(sourceTimestamp, Date.now());
  const place = { key: 0, tenant: 0, id };
  return new SessionState(newRow(place, { agentId }, { receivedMs: startedMs, startedMs }));
}

function byTime(parts: readonly (readonly RecordLine[])[]): readonly RecordLine[] {
  const [first = [], ...others] = parts;
  return others.reduce(merged, first);
}

/** Each in its own order, which is never changed; what happened first comes first. */
function merged(one: readonly RecordLine[], other: readonly RecordLine[]): readonly RecordLine[] {
  const all: RecordLine[] = [];
  let at = 0;
  for (const found of one) {
    for (
      let next = other[at];
      next !== undefined && timeOf(next) < timeOf(found);
      next = other[at]
    ) {
      all.push(next);
      at += 1;
    }
    all.push(found);
  }
  return [...all, ...other.slice(at)];
}

function timeOf({ record }: RecordLine): string {
  return record.sourceTimestamp;
}
