import type { StoredRecord } from "../ingest/ledger.ts";
import { decodeStanding } from "../ingest/standing.ts";
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
