/** The records of a session, wherever they stand: those that came lately in rows, the others in chunks. */
import type { Row } from "../columns/columns.ts";
import { type KeptRecord, keptRecordOf } from "../columns/ledger-columns.ts";
import { CHUNK_RECORDS, chunkOf, decodeChunk } from "./chunk.ts";

/**
 * Conditions on the rows and on the chunks that hold records from position `from` to before `to`.
 * Whoever asks for both without a transaction asks for the rows first: what is moved into a chunk
 * meanwhile is found twice then, and not missed.
 *
 * @param from and `to` as they stand in a statement
 */
export const rowsBetween = (from: string, to: string) => `position >= ${from} and position < ${to}`;
export const chunksBetween = (from: string, to: string) =>
  `first > ${from} - ${CHUNK_RECORDS} and first < ${to}`;

/** What a statement reads of them. */
export const ROW_COLUMNS = "position, leaf, line, received_ms, standing";
export const CHUNK_COLUMNS = "first, count, body";

/** In their order. @param rows and `chunks` of one session, in any order */
export function keptRecordsOf(
  rows: readonly Row[],
  chunks: readonly Row[],
  from: number,
  to: number,
): readonly KeptRecord[] {
  const found = rows.map(keptRecordOf);
  if (chunks.length === 0) return found.toSorted((a, b) => a.index - b.index);
  const records = new Map(found.map((record) => [record.index, record]));
  for (const record of chunks.map(chunkOf).flatMap(decodeChunk)) {
    if (record.index >= from && record.index < to) records.set(record.index, record);
  }
  return [...records.values()].toSorted((a, b) => a.index - b.index);
}
