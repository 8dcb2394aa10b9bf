/** What a collector does with one delivered record of a run it may have seen before. */
import type { StructuralRecord } from "../capture/record.ts";
import { NO_PREVIOUS_HASH } from "./rules/chain.ts";
import type { Fork } from "./rules/side-lines.ts";

/** Where a run stands. It is part of what the collector commits with each record. */
export interface RunCursor {
  /** Seq of the record that comes next. */
  readonly next: number;
  /** Leaf of the last record; null after a hole, where the next link cannot be checked. */
  readonly head: string | null;
}

/** A run of which nothing was accepted yet. */
export const NEW_RUN: RunCursor = { next: 0, head: NO_PREVIOUS_HASH };

/** What the store knows; asked only when it decides. */
export interface Stored {
  /** Leaf of the record with this seq of the same run; undefined inside a hole. */
  readonly leafAt: (seq: number) => string | undefined;
  /** Leaf of the record that has this event id, in any run of the tenant. */
  readonly leafOfEvent: (eventId: string) => string | undefined;
}

export type Acceptance =
  /** New: store it and the cursor. */
  | { readonly outcome: "appended"; readonly cursor: RunCursor }
  /** Delivered before: answer as then. */
  | { readonly outcome: "acknowledged" }
  /** Records before it are missing: store nothing, ask for `expected`. */
  | { readonly outcome: "gap"; readonly expected: number }
  /** It contradicts what is stored: keep it aside as a finding. */
  | { readonly outcome: "fork"; readonly reason: Fork["reason"] };

/**
 * Decides on one record.
 *
 * Delivery is at least once, so the same leaf at the same place is no event. Nothing is ever
 * merged, and a fork blocks nobody: the run goes on with the record that came first.
 *
 * @param record a record that fits the schema and is its own canonical form
 * @param leaf its leaf hash
 */
export function accept(
  cursor: RunCursor,
  record: StructuralRecord,
  leaf: string,
  stored: Stored,
): Acceptance {
  const { seq } = record.payload;
  if (seq < cursor.next) {
    const isSame = stored.leafAt(seq) === leaf;
    return isSame ? { outcome: "acknowledged" } : { outcome: "fork", reason: "seq" };
  }
  if (seq > cursor.next) return { outcome: "gap", expected: cursor.next };
  if (cursor.head !== null && record.previousHash !== cursor.head) {
    return { outcome: "fork", reason: "link" };
  }
  if (stored.leafOfEvent(record.eventId) !== undefined) {
    return { outcome: "fork", reason: "event_id" };
  }
  return { outcome: "appended", cursor: cursorAfter(record, leaf) };
}

function cursorAfter(record: StructuralRecord, leaf: string): RunCursor {
  if (record.category === "lifecycle" && record.payload.type === "hole") {
    return { next: record.payload.to + 1, head: null };
  }
  return { next: record.payload.seq + 1, head: leaf };
}

/**
 * The record that stands for records which the writer lost after it had given them their seq.
 *
 * It takes the place of the first of them; the record after the last one follows it.
 *
 * @param previousHash leaf of the record before the hole; 64 zeros when there is none
 */
export function holeRecord(
  like: Pick<StructuralRecord, "agentId" | "sessionId" | "runId">,
  lost: { readonly from: number; readonly to: number },
  previousHash: string,
  stamp: Pick<StructuralRecord, "eventId" | "sourceTimestamp">,
): StructuralRecord {
  const { agentId, sessionId, runId } = like;
  return {
    schemaVersion: "1.0",
    ...stamp,
    agentId,
    sessionId,
    runId,
    category: "lifecycle",
    previousHash,
    payload: { type: "hole", seq: lost.from, from: lost.from, to: lost.to },
  };
}
