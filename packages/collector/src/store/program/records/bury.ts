/** What retention leaves of sessions: their heads, and tombstones in place of their records. */
import { formatTombstone } from "@caum/core/collector";
import { integer, type Row } from "../../columns/columns.ts";
import { type KeptRecord, leafOf } from "../../columns/ledger-columns.ts";
import { loopsIn } from "../../columns/session-rows.ts";
import type { CommandAnswer } from "../../command.ts";
import { type CommandOf, done } from "../../command-answers.ts";
import type { Dialect } from "../dialect.ts";
import { withdrawFromMemory } from "../memory/withdraw.ts";
import { withdrawFromOverview } from "../overview/overview-commands.ts";
import { change, one, type Program, rows } from "../program.ts";
import { forgetEvents, putInChunks, READ_AT_ONCE, wholeRecordsFrom } from "./stored-records.ts";

/** Tables of which the rows of a session go. */
const JUDGED_BY = ["steps", "judgements"] as const;

/** Sessions of one step, and so many records at least end it: their rows are locked until it ends. */
const SESSIONS_AT_ONCE = 100;
const RECORDS_AT_ONCE = 10_000;

/** Answers how many sessions were buried; 0 where none is left, or another node has those that are. */
export function* expire({ tenant, idleSinceMs }: CommandOf<"expire">): Program<CommandAnswer> {
  let [sessions, records] = [0, 0];
  for (const row of yield* idleSessions(tenant, idleSinceMs)) {
    if (records >= RECORDS_AT_ONCE) break;
    yield* bury(tenant, row);
    sessions += 1;
    records += integer(row, "size");
  }
  return done(sessions);
}

/**
 * The oldest first. How far all are buried is kept with the tenant, so that a round does not pass
 * what earlier ones have done; where the clock went back, it is looked for from the beginning.
 */
function* idleSessions(tenant: number, idleSinceMs: number): Program<readonly Row[]> {
  const kept = "select buried_before_ms from tenants where key = $1";
  const row = yield* one("buried_before", kept, [tenant]);
  const before = row === undefined ? 0 : integer(row, "buried_before_ms");
  const between = [tenant, before <= idleSinceMs ? before : 0, idleSinceMs];
  const found = yield* rows(
    "idle_sessions",
    (dialect) => `${idle(dialect)} limit ${SESSIONS_AT_ONCE}${dialect.skipLocked}`,
    between,
  );
  if (found.length > 0 || before === idleSinceMs) return found;
  // What another node has is not buried yet.
  const left = yield* one("idle_left", (dialect) => `${idle(dialect)} limit 1`, between);
  if (left !== undefined) return [];
  const sql = "update tenants set buried_before_ms = $2 where key = $1";
  yield* change("save_buried_before", sql, [tenant, idleSinceMs]);
  return [];
}

const idle = ({ listed, oldestListed }: Dialect) => `select * from sessions
  where tenant = $1 and ${listed(">=", "$2")}last_ms >= $2 and ${listed("<=", "$3")}last_ms < $3
  and gone = 0 and buried < size order by ${oldestListed}last_ms`;

/**
 * Records become tombstones; what opens a run stays, because the chain begins there. What they were
 * judged and found by goes as well: an event that is sent again after that is a new one.
 */
function* bury(tenant: number, row: Row): Program<void> {
  const session = integer(row, "key");
  yield* buryRecords(tenant, session);
  yield* withdrawFromOverview(tenant, session);
  yield* withdrawFromMemory(tenant, session, false);
  for (const table of JUDGED_BY) {
    yield* change(
      `bury_${table}`,
      ({ ofTenant }) => `delete from ${table} where ${ofTenant}session = $2`,
      [tenant, session],
    );
  }
  yield* change(
    "bury_runs",
    ({ ofTenant }) => `update runs set deleted_before = next where ${ofTenant}session = $2`,
    [tenant, session],
  );
  yield* change(
    "mark_buried",
    ({ nextVersion }) => `update sessions set ${nextVersion}buried = size, buried_steps = steps,
      structure = null, earlier = $3 where tenant = $1 and key = $2`,
    [tenant, session, JSON.stringify(loopsIn(row))],
  );
}

function* buryRecords(tenant: number, session: number): Program<void> {
  const of = { by: "key", tenant, session } as const;
  for (let from = 0; ; ) {
    const page = yield* wholeRecordsFrom(of, from, from + READ_AT_ONCE);
    if (page.length === 0) return;
    const graves = page.map(graveOf);
    const ids = graves.flatMap(({ eventId }) => eventId ?? []);
    if (ids.length > 0) {
      yield* forgetEvents(tenant, session, ids);
      const records = graves.map(({ record }) => record);
      yield* putInChunks(tenant, session, records);
    }
    from += page.length;
  }
}

interface Grave {
  readonly record: KeptRecord;
  /** Undefined where the record stays, or was deleted before. */
  readonly eventId: string | undefined;
}

function graveOf(record: KeptRecord): Grave {
  const { index, line, receivedMs } = record;
  if (line.startsWith('{"tombstone":')) return { record, eventId: undefined };
  const { runId: run, eventId, payload } = JSON.parse(line); // A stored line is a record or a tombstone.
  const { seq } = payload;
  if (seq === 0) return { record, eventId: undefined };
  const tombstone = formatTombstone({ run, seq, leaf: leafOf(record) });
  return { record: { index, line: tombstone, receivedMs, standing: undefined }, eventId };
}
