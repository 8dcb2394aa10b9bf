/** Reads the records of a session from where they stand, and puts them where they stand together. */
import { CHUNK_RECORDS, type Chunk, chunkOf, encodeChunks } from "../../chunks/chunk.ts";
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

/** In their order, from position `from` to before `to`. */
export function* recordsBetween(
  of: RecordsOf,
  from: number,
  to: number,
): Program<readonly KeptRecord[]> {
  const { found, chunks } = yield* readBetween(of, from, to);
  return keptRecordsOf(found, chunks, from, to);
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

/** No event of the session is known by these ids any more. */
export function* forgetEvents(
  tenant: number,
  session: number,
  ids: readonly string[],
): Program<void> {
  // In the order in which they are stored.
  const listed = ids.map((id) => [id.replaceAll("-", "")]).toSorted();
  yield* change(
    "forget_events",
    ({ eventsOf }) => `delete from event_ids where tenant = $1 and ${eventsOf}`,
    [tenant, session, JSON.stringify(listed)],
  );
}
