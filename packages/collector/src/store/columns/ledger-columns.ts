/** Rows that a ledger answers with, as both databases hold them. */
import { parseTombstone } from "@caum/core/collector";
import { hashLeaf } from "@caum/core/verify";
import type { KnownEvent, KnownStep, NativeRun, StoredRecord } from "../../ingest/ledger.ts";
import { decodeStanding } from "../../ingest/standing.ts";
import { hex, integer, optional, type Row, text } from "./columns.ts";

/** A record as it is kept in a row or in a chunk. */
export interface KeptRecord {
  readonly index: number;
  /** The canonical line, or the tombstone of one. */
  readonly line: string;
  readonly receivedMs: number;
  /** Encoded; undefined where the record said nothing about health. */
  readonly standing: string | undefined;
  /** Absent where it has to be made of the line. */
  readonly leaf?: string;
}

export function keptRecordOf(row: Row): KeptRecord {
  return {
    index: integer(row, "position"),
    line: text(row, "line"),
    receivedMs: integer(row, "received_ms"),
    standing: optional(row, "standing", text),
    leaf: hex(row, "leaf"),
  };
}

/** Of what was deleted the tombstone says it. */
export function leafOf({ leaf, line }: Pick<KeptRecord, "leaf" | "line">): string {
  return leaf ?? parseTombstone(line)?.leaf ?? hashLeaf(line);
}

export function storedRecordOf(record: KeptRecord): StoredRecord {
  const { index, line, receivedMs, standing } = record;
  return {
    index,
    leaf: leafOf(record),
    line,
    receivedMs,
    standing: standing === undefined ? undefined : decodeStanding(standing),
  };
}

export function knownEventOf(row: Row): KnownEvent {
  const body = optional(row, "body", text);
  return {
    session: integer(row, "session"),
    index: integer(row, "position"),
    ...(body !== undefined && { body }),
  };
}

export function knownStepOf(row: Row): KnownStep {
  return { index: integer(row, "position"), body: text(row, "body") };
}

export function nativeRunOf(row: Row): NativeRun {
  return {
    runId: text(row, "run"),
    next: integer(row, "next"),
    head: optional(row, "head", text) ?? null,
    forked: integer(row, "forked") === 1,
    deletedBefore: integer(row, "deleted_before"),
  };
}
