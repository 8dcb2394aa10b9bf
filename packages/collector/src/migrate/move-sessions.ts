/** Moves sessions with their records: a page of sessions is there whole, or not at all. */

import { integer, type Row } from "../store/columns/columns.ts";
import type { Transaction } from "../store/postgres/database.ts";
import { SESSION_TABLES, type TableName } from "../store/tables.ts";
import type { Ends } from "./move-rows.ts";
import { portionsOf } from "./portions.ts";
import type { SourceFolder } from "./source-folder.ts";

const SESSIONS_AT_ONCE = 200;
/** What comes without a change of its session's row. */
const MOVED_AGAIN: readonly TableName[] = ["notes", "time_stamps"];
const PRESENT = `select s.*, (select count(*) from records r
    where r.tenant = $1 and r.session = s.key) as loose
  from sessions s where s.tenant = $1 and s.key = any($2::bigint[])`;

/** @param onMoved is told how many records were moved, or found moved, since it was told last */
export async function moveSessions(ends: Ends, onMoved: (records: number) => void): Promise<void> {
  for (const tenant of ends.source.tenants()) {
    for (let after = -1; ; ) {
      const page = ends.source.sessions(tenant, after, SESSIONS_AT_ONCE);
      if (page.length === 0) break;
      await movePage(ends, tenant, page, onMoved);
      after = integer(page.at(-1) ?? {}, "key");
    }
  }
}

function movePage(
  { source, target, isResumed }: Ends,
  tenant: number,
  page: readonly Row[],
  onRecords: (records: number) => void,
): Promise<void> {
  return target.write({ tenant }, async (transaction) => {
    const changed = isResumed ? await keepUnchanged({ source, transaction }, tenant, page) : page;
    onRecords(sizeOf(page) - sizeOf(changed));
    for (const table of SESSION_TABLES) {
      const owners = keysOf(MOVED_AGAIN.includes(table) ? page : changed);
      for (const rows of portionsOf(rowsOf(source, table, owners))) {
        await target.insert(transaction, table, rows, { tenant });
        onRecords(recordsIn(table, rows));
      }
    }
    await target.insert(transaction, "sessions", changed);
  });
}

function recordsIn(table: TableName, rows: readonly Row[]): number {
  if (table === "record_chunks") return rows.reduce((sum, row) => sum + integer(row, "count"), 0);
  return table === "records" ? rows.length : 0;
}

function keysOf(sessions: readonly Row[]): readonly number[] {
  return sessions.map((row) => integer(row, "key"));
}

/** Records that are there; a deleted session has none. */
function sizeOf(sessions: readonly Row[]): number {
  const sizes = sessions.map((row) => (row.gone === 1 ? 0 : integer(row, "size")));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function* rowsOf(source: SourceFolder, table: TableName, keys: readonly number[]): Generator<Row> {
  for (const key of keys) yield* source.ofSession(table, key);
}

/** Takes out what an earlier run moved and what changed since, and all notes and time-stamps. */
async function keepUnchanged(
  { source, transaction }: Pick<Ends, "source"> & { readonly transaction: Transaction },
  tenant: number,
  page: readonly Row[],
): Promise<readonly Row[]> {
  const keys = keysOf(page);
  const present = new Map(
    (await transaction.rows("move_present", PRESENT, [tenant, keys])).map((row) => [row.key, row]),
  );
  // A collector that ran in between may have moved records into chunks: no row of a session tells.
  const isMoved = ({ key }: Row) =>
    source.countOf("records", Number(key)) !== Number(present.get(key)?.loose);
  const changed = page.filter((row) => !isEqual(row, present.get(row.key)) || isMoved(row));
  const stale = keysOf(changed).filter((key) => present.has(key));
  for (const table of [...SESSION_TABLES, "event_ids"]) {
    const sql = `delete from ${table} where tenant = $1 and session = any($2::bigint[])`;
    const owners = MOVED_AGAIN.some((one) => one === table) ? keys : stale;
    if (owners.length > 0) await transaction.change(`unmove_${table}`, sql, [tenant, owners]);
  }
  const sql = "delete from sessions where tenant = $1 and key = any($2::bigint[])";
  await transaction.change("unmove_sessions", sql, [tenant, stale]);
  return changed;
}

function isEqual(row: Row, present: Row | undefined): boolean {
  return present !== undefined && Object.keys(row).every((name) => row[name] === present[name]);
}
