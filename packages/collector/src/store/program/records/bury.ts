/** What retention leaves of sessions: their heads, and tombstones in place of their records. */
import { formatTombstone } from "@caum/core/collector";
import { CHUNK_RECORDS, decodeChunk } from "../../chunks/chunk.ts";
import { integer, type Row } from "../../columns/columns.ts";
import { type KeptRecord, leafOf } from "../../columns/ledger-columns.ts";
import { loopsIn } from "../../columns/session-rows.ts";
import type { CommandAnswer } from "../../command.ts";
import { type CommandOf, done } from "../../command-answers.ts";
import type { Dialect } from "../dialect.ts";
import { withdrawFromMemory } from "../memory/withdraw.ts";
import { withdrawFromOverview } from "../overview/overview-commands.ts";
import { change, one, type Program, rows } from "../program.ts";
import { chunkBefore, putInChunks, READ_AT_ONCE, wholeRecordsFrom } from "./stored-records.ts";

/** Tables of which the rows of a session go. */
const JUDGED_BY = ["steps", "judgements"] as const;

/**
 * Sessions of one step, and so many records end it: their rows are locked until it ends, and in a
 * folder the events wait.
 */
const SESSIONS_AT_ONCE = 25;
const RECORDS_AT_ONCE = READ_AT_ONCE;

/**
 * Answers of how many sessions records were buried, of a long one a part; 0 where none is left, or
 * another node has those that are.
 */
export function* expire({ tenant, idleSinceMs }: CommandOf<"expire">): Program<CommandAnswer> {
  let [sessions, records] = [0, 0];
  for (const row of yield* idleSessions(tenant, idleSinceMs)) {
    if (records >= RECORDS_AT_ONCE) break;
    records += yield* bury(tenant, row, RECORDS_AT_ONCE - records);
    sessions += 1;
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
 * judged by goes as well, and their ids, in a folder a little later: an event that is sent again after
 * that is a new one.
 *
 * @param most records, about; the session counts as buried when none is left
 * @returns how many records it was
 */
function* bury(tenant: number, row: Row, most: number): Program<number> {
  const session = integer(row, "key");
  // Before their ids are gone: a line that is sent again is a duplicate all the time.
  yield* change(
    "bury_runs",
    ({ ofTenant }) => `update runs set deleted_before = next
      where ${ofTenant}session = $2 and deleted_before < next`,
    [tenant, session],
  );
  const { buried, isDone } = yield* buryRecords(tenant, row, most);
  if (isDone) yield* markBuried(tenant, row);
  return buried;
}

function* markBuried(tenant: number, row: Row): Program<void> {
  const session = integer(row, "key");
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
    "forget_events",
    ({ eventsOfSession }) => `delete from event_ids where ${eventsOfSession}`,
    [tenant, session],
  );
  yield* change(
    "mark_buried",
    ({ nextVersion }) => `update sessions set ${nextVersion}buried = size, buried_steps = steps,
      structure = null, earlier = $3 where tenant = $1 and key = $2`,
    [tenant, session, JSON.stringify(loopsIn(row))],
  );
}

/** @returns how many records were buried, and whether all are */
function* buryRecords(tenant: number, row: Row, most: number) {
  const session = integer(row, "key");
  const size = integer(row, "size");
  const of = { by: "key", tenant, session } as const;
  let buried = 0;
  for (let from = yield* firstToBury(tenant, session, size); from < size; ) {
    if (buried >= most) return { buried, isDone: false };
    const whole = Math.ceil((most - buried) / CHUNK_RECORDS) * CHUNK_RECORDS;
    const page = yield* wholeRecordsFrom(of, from, from + whole);
    // What is missing must not be looked for for ever.
    if (page.length === 0) break;
    const graves = page.map(graveOf);
    if (graves.some((grave, at) => grave !== page[at])) {
      yield* putInChunks(tenant, session, graves);
      // Where nothing was done, the next step would begin at the same place.
      buried += page.length;
    }
    from += page.length;
  }
  return { buried, isDone: true };
}

/**
 * Where an earlier step ended, or an earlier burial: the beginning of the last chunk with tombstones.
 * All before it are buried, because burials begin at the first record.
 */
function* firstToBury(tenant: number, session: number, size: number): Program<number> {
  let [low, high] = [0, size];
  while (high - low > CHUNK_RECORDS) {
    const middle = Math.floor((low + high) / 2);
    const chunk = yield* chunkBefore(tenant, session, middle + 1);
    if (chunk === undefined || chunk.first <= low) high = middle;
    else if (decodeChunk(chunk).some(isTombstone)) low = chunk.first;
    else high = chunk.first;
  }
  return low;
}

const isTombstone = ({ line }: KeptRecord) => line.startsWith('{"tombstone":');

/** The same record where it stays, or was deleted before. */
function graveOf(record: KeptRecord): KeptRecord {
  const { index, line, receivedMs } = record;
  if (isTombstone(record)) return record;
  const { runId: run, payload } = JSON.parse(line); // A stored line is a record or a tombstone.
  const { seq } = payload;
  if (seq === 0) return record;
  const leaf = leafOf(record);
  return {
    index,
    leaf,
    line: formatTombstone({ run, seq, leaf }),
    receivedMs,
    standing: undefined,
  };
}
