/** Rows that a ledger answers with, as both databases hold them. */
import type { KnownEvent, KnownStep, NativeRun, StoredRecord } from "../../ingest/ledger.ts";
import { decodeStanding } from "../../ingest/standing.ts";
import { hex, integer, optional, type Row, text } from "./columns.ts";

export function storedRecordOf(row: Row): StoredRecord {
  const standing = optional(row, "standing", text);
  return {
    index: integer(row, "position"),
    leaf: hex(row, "leaf"),
    line: text(row, "line"),
    receivedMs: integer(row, "received_ms"),
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
  };
}
