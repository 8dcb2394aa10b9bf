/** Reads the records of a session from where they stand, and puts them where they stand together. */
import {
  CHUNK_RECORDS,
  type Chunk,
  chunkOf,
  encodeChunks,
  isUnreadable,
} from "../../chunks/chunk.ts";
import { isOldNode } from "../../chunks/compressed.ts";
import {
  CHUNK_COLUMNS,
  chunksBetween,
  keptRecordsOf,
  ROW_COLUMNS,
  rowsBetween,
} from "../../chunks/kept-records.ts";
import type { KeptRecord } from "../../columns/ledger-columns.ts";
import type { Dialect } from "../dialect.ts";
import { change, one, type Program, rows } from "../program.ts";

/** Records read at once, so that a long session does not fill the memory. */
export const READ_AT_ONCE = 2_048;

/** Chunks of which one tells which Node wrote them. */
const LOOKED_AT = 100;

/** Whose records: a condition on their session, and the two values that it stands for. */
export interface RecordsOf {
  /** Names the condition. */
  readonly by: "key" | "tag";
  readonly tenant: number;
  readonly session: number | string;
}

const CONDITIONS = {
  key: ({ ofTenant }: Dialect) => `${ofTenant}session = $2`,
  tag: ({ ofTenant }: Dialect) => `${ofTenant}session =
    (select key from sessions where tenant = $1 and tag = $2 and gone = 0)`,
};

/**
 * In their order, from position `from` to before `to`. Where a session was deleted between the two
 * looks, what is left of the first one is nothing that was ever stored so.
 */
export function* recordsBetween(
  of: RecordsOf,
  from: number,
  to: number,
): Program<readonly KeptRecord[]> {
  const { found, chunks } = yield* readBetween(of, from, to);
  const records = keptRecordsOf(found, chunks, from, to);
  const hole = records.findIndex(({ index }, at) => index !== from + at);
  return hole < 0 ? records : records.slice(0, hole);
}

/**
 * Of all that was compressed the latest is looked at: an older Node that goes on where a newer one
 * was reads nothing of it, and what it would answer by then is half of what is there.
 *
 * @throws {Error} with one sentence, where this Node cannot read the records
 */
export function* checkReadable(place: string): Program<void> {
  if (!isOldNode()) return;
  const latest = yield* rows(
    "latest_chunks",
    `select ${CHUNK_COLUMNS} from record_chunks order by session desc limit ${LOOKED_AT}`,
  );
  if (!latest.map(chunkOf).some(isUnreadable)) return;
  throw new Error(`${place} has records that only Node 22.15 or later reads: start it with that`);
}

/** The same, and the rest of the chunk that the last one is in. */
export function* wholeRecordsFrom(
  of: RecordsOf,
  from: number,
  to: number,
): Program<readonly KeptRecord[]> {
  const { found, chunks } = yield* readBetween(of, from, to);
  return keptRecordsOf(found, chunks, from, to + CHUNK_RECORDS);
}

function* readBetween(of: RecordsOf, from: number, to: number) {
  const ofSession = CONDITIONS[of.by];
  const values = [of.tenant, of.session, from, to];
  const found = yield* rows(
    `records_by_${of.by}`,
    (dialect) => `select ${ROW_COLUMNS} from records
      where ${ofSession(dialect)} and ${rowsBetween("$3", "$4")}`,
    values,
  );
  const chunks = yield* rows(
    `chunks_by_${of.by}`,
    (dialect) => `select ${CHUNK_COLUMNS} from record_chunks
      where ${ofSession(dialect)} and ${chunksBetween("$3", "$4")}`,
    values,
  );
  return { found, chunks };
}

/** The last chunk that begins before a position. */
export function* chunkBefore(
  tenant: number,
  session: number,
  position: number,
): Program<Chunk | undefined> {
  const row = yield* one(
    "chunk_before",
    ({ ofTenant }) => `select ${CHUNK_COLUMNS} from record_chunks
      where ${ofTenant}session = $2 and first < $3 order by first desc limit 1`,
    [tenant, session, position],
  );
  return row && chunkOf(row);
}

/**
 * Puts records in chunks, in place of what stands at their positions.
 *
 * @param records in their order, without a gap; no chunk reaches beyond them
 */
export function* putInChunks(
  tenant: number,
  session: number,
  records: readonly KeptRecord[],
): Program<void> {
  const from = records[0]?.index ?? 0;
  const values = [tenant, session, from, from + records.length];
  for (const [table, position] of [
    ["records", "position"],
    ["record_chunks", "first"],
  ]) {
    yield* change(
      `move_${table}`,
      ({ ofTenant }) => `delete from ${table}
        where ${ofTenant}session = $2 and ${position} >= $3 and ${position} < $4`,
      values,
    );
  }
  for (const { first, count, body } of encodeChunks(records)) {
    yield* change(
      "put_chunk",
      ({ tenantColumn, tenantValue }) => `insert into record_chunks
        (${tenantColumn}session, first, count, body) values (${tenantValue}$2, $3, $4, $5)`,
      [tenant, session, first, count, body],
    );
  }
}
