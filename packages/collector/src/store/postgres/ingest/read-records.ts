/** Reads records of several sessions in one round trip, from rows and from chunks. */
import type { StoredRecord } from "../../../ingest/ledger.ts";
import { CHUNK_RECORDS } from "../../chunks/chunk.ts";
import {
  CHUNK_COLUMNS,
  chunksBetween,
  keptRecordsOf,
  ROW_COLUMNS,
  rowsBetween,
} from "../../chunks/kept-records.ts";
import type { Row } from "../../columns/columns.ts";
import { type KeptRecord, storedRecordOf } from "../../columns/ledger-columns.ts";
import type { Transaction } from "../database.ts";
import { placeOf } from "./found.ts";

/** Records of a session, from position `from` to before `to`. */
export interface Stretch {
  readonly session: number;
  readonly from: number;
  readonly to: number;
}

const STRETCHES = `unnest($2::bigint[], $3::bigint[], $4::bigint[]) w (session, low, high)`;
// A lateral `limit` is looked up stretch by stretch, whatever the planner believes.
const ROWS = `select w.session, r.* from ${STRETCHES}, lateral (select ${ROW_COLUMNS} from records
  where tenant = $1 and session = w.session and ${rowsBetween("w.low", "w.high")} limit 10000) r`;
const CHUNKS = `select w.session, c.* from ${STRETCHES}, lateral (
  select ${CHUNK_COLUMNS} from record_chunks
  where tenant = $1 and session = w.session and ${chunksBetween("w.low", "w.high")} limit 10000) c`;

/** @returns by session, in their order; what else the same chunks hold comes along */
export async function readStretches(
  transaction: Transaction,
  tenant: number,
  stretches: readonly Stretch[],
): Promise<ReadonlyMap<number, readonly KeptRecord[]>> {
  const values = [
    tenant,
    stretches.map(({ session }) => session),
    stretches.map(({ from }) => from),
    stretches.map(({ to }) => to),
  ];
  const [rows, chunks] = await Promise.all([
    transaction.rows("read_rows", ROWS, values),
    transaction.rows("read_chunks", CHUNKS, values),
  ]);
  const sessions = new Set(stretches.map(({ session }) => session));
  return new Map(
    Array.from(sessions, (session) => {
      const ofSession = (row: Row) => row.session === session;
      const records = keptRecordsOf(
        rows.filter(ofSession),
        chunks.filter(ofSession),
        0,
        Number.POSITIVE_INFINITY,
      );
      return [session, records];
    }),
  );
}

/** @param places session and index, as in `placeOf` */
export async function readPlaces(
  transaction: Transaction,
  tenant: number,
  places: ReadonlySet<string>,
): Promise<Map<string, StoredRecord>> {
  if (places.size === 0) return new Map();
  const found = await readStretches(transaction, tenant, stretchesOf(places));
  const records = new Map<string, StoredRecord>();
  for (const [session, kept] of found) {
    for (const record of kept) {
      const place = placeOf(session, record.index);
      if (places.has(place)) records.set(place, storedRecordOf(record));
    }
  }
  return records;
}

/** Places that may be in one chunk are one stretch, so that no chunk is read twice. */
function stretchesOf(places: ReadonlySet<string>): readonly Stretch[] {
  const sorted = Array.from(places, (place) => place.split("/").map(Number)).toSorted(
    ([one = 0, a = 0], [other = 0, b = 0]) => one - other || a - b,
  );
  const stretches: Stretch[] = [];
  for (const [session = 0, index = 0] of sorted) {
    const last = stretches.at(-1);
    const isNear = last?.session === session && index - last.to < CHUNK_RECORDS;
    if (isNear) stretches[stretches.length - 1] = { ...last, to: index + 1 };
    else stretches.push({ session, from: index, to: index + 1 });
  }
  return stretches;
}
