/** Moves records from rows, where they came one by one, into chunks. */
import { CHUNK_RECORDS, decodeChunk } from "../../chunks/chunk.ts";
import { ROW_COLUMNS, rowsBetween } from "../../chunks/kept-records.ts";
import { integer, optional } from "../../columns/columns.ts";
import { type KeptRecord, keptRecordOf } from "../../columns/ledger-columns.ts";
import type { CommandAnswer } from "../../command.ts";
import { type CommandOf, done } from "../../command-answers.ts";
import { one, type Program, rows, type Transactions, transact } from "../program.ts";
import { chunkBefore, putInChunks } from "./stored-records.ts";

/** Records of a session that are moved in one step. */
export const MOVED_AT_ONCE = 4 * CHUNK_RECORDS;

/** Each session in a transaction of its own; answers how many records were moved. */
export function* compact(command: CommandOf<"compact">): Transactions<CommandAnswer> {
  const { tenant, sessions } = command;
  let moved = 0;
  for (const { session, isIdle } of sessions) {
    moved += yield* transact({ tenant }, () => compactSession(tenant, session, isIdle));
  }
  return done(moved);
}

/** Where nothing came for long, all that is in rows; else whole chunks. */
function* compactSession(tenant: number, session: number, isIdle: boolean): Program<number> {
  const locked = yield* one(
    "lock_to_compact",
    ({ skipLocked }) =>
      `select 1 as found from sessions where tenant = $1 and key = $2${skipLocked}`,
    [tenant, session],
  );
  // Whoever has it compacts it, or writes to it: then there is a next time.
  if (locked === undefined) return 0;
  let moved = 0;
  for (let isMore = true; isMore; ) {
    const { loose, isFollowed } = yield* looseRecords(tenant, session);
    const whole = loose.length - (loose.length % CHUNK_RECORDS);
    const ready = isIdle || isFollowed ? loose : loose.slice(0, whole);
    yield* join(tenant, session, ready);
    moved += ready.length;
    isMore = isFollowed && moved < MOVED_AT_ONCE;
  }
  return moved;
}

/** Puts records into chunks, the first of which may be a small one before them. */
function* join(tenant: number, session: number, records: readonly KeptRecord[]): Program<void> {
  const [first] = records;
  if (first === undefined) return;
  const before = yield* recordsBefore(tenant, session, first.index);
  const isSmall = before.length + records.length <= CHUNK_RECORDS;
  yield* putInChunks(tenant, session, isSmall ? [...before, ...records] : records);
}

/** The first of them in rows, without a gap, and whether others of the session stand behind them. */
function* looseRecords(tenant: number, session: number) {
  const edge = yield* one(
    "first_row",
    ({ ofTenant }) => `select min(position) as first from records where ${ofTenant}session = $2`,
    [tenant, session],
  );
  const first = (edge && optional(edge, "first", integer)) ?? 0;
  const found = yield* rows(
    "loose_rows",
    ({ ofTenant }) => `select ${ROW_COLUMNS} from records
      where ${ofTenant}session = $2 and ${rowsBetween("$3", "$4")} order by position`,
    [tenant, session, first, first + MOVED_AT_ONCE],
  );
  const gap = found.findIndex((row, at) => integer(row, "position") !== first + at);
  const isFollowed = gap >= 0 || found.length === MOVED_AT_ONCE;
  return { loose: (gap < 0 ? found : found.slice(0, gap)).map(keptRecordOf), isFollowed };
}

/** The records of the chunk that ends where the record at `index` begins. */
function* recordsBefore(
  tenant: number,
  session: number,
  index: number,
): Program<readonly KeptRecord[]> {
  const chunk = yield* chunkBefore(tenant, session, index);
  return chunk && chunk.first + chunk.count === index ? decodeChunk(chunk) : [];
}
