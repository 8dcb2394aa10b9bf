/** Locks the sessions of a group and brings each to where the database has it. */
import type { StructuralRecord } from "@caum/core";
import { sessionTag } from "@caum/core/verify";
import { type Judgement, SessionState } from "../../../ingest/session-state.ts";
import { integer, optional, type Row, text } from "../../sqlite/columns.ts";
import { sessionRowOf } from "../../sqlite/session-rows.ts";
import type { Transaction } from "../database.ts";
import type { HotSession, HotSessions } from "./hot-sessions.ts";

/** Records that are judged again at once. */
const REPLAYED_AT_ONCE = 256;

/** One after the other in the order of the tags, so that no two nodes wait for each other. */
const LOCK = `select s.key, s.tag, s.version, s.gone from unnest($2::text[]) w (tag),
  lateral (select * from sessions s where s.tenant = $1 and s.tag = w.tag limit 1 for update) s`;
const ROWS = `select s.*, j.segment as judged_segment, j.size as judged_size, j.state as judged_state
  from unnest($2::text[]) w (tag),
  lateral (select * from sessions s where s.tenant = $1 and s.tag = w.tag limit 1) s
  left join lateral (select * from judgements j where j.tenant = $1 and j.session = s.key limit 1) j
    on true`;
const RECORDS = `select w.session, r.line from unnest($2::bigint[], $3::bigint[]) w (session, first),
  lateral (select r.position, r.line from records r
    where r.tenant = $1 and r.session = w.session and r.position >= w.first
    order by r.position limit ${REPLAYED_AT_ONCE}) r
  order by w.session, r.position`;

export interface LockedSessions {
  readonly sessions: Map<string, SessionState | "gone">;
  readonly versions: Map<SessionState, number>;
}

export async function lockSessions(
  transaction: Transaction,
  tenant: number,
  ids: ReadonlySet<string>,
  hot: HotSessions,
): Promise<LockedSessions> {
  const idOf = new Map(Array.from(ids, (id) => [sessionTag(id), id]));
  const locked = await transaction.rows("lock_sessions", LOCK, [
    tenant,
    [...idOf.keys()].toSorted(),
  ]);
  const sessions = new Map<string, SessionState | "gone">();
  const versions = new Map<SessionState, number>();
  const stale = new Map<number, Stale>();
  for (const row of locked) {
    const id = idOf.get(text(row, "tag")) ?? "";
    const known = hot.take(tenant, id);
    if (integer(row, "gone") === 1) sessions.set(id, "gone");
    else if (known?.version === integer(row, "version")) {
      sessions.set(id, known.state);
      versions.set(known.state, known.version);
    } else stale.set(integer(row, "key"), { tag: text(row, "tag"), known });
  }
  if (stale.size > 0) {
    for (const { state, version } of await readSessions(transaction, tenant, stale)) {
      sessions.set(state.row.id, state);
      versions.set(state, version);
    }
  }
  return { sessions, versions };
}

interface Stale {
  readonly tag: string;
  /** What this node remembers of it. */
  readonly known: HotSession | undefined;
}

/** Sessions that this node does not know, or that another one has changed since. */
async function readSessions(
  transaction: Transaction,
  tenant: number,
  stale: ReadonlyMap<number, Stale>,
): Promise<readonly HotSession[]> {
  const tags = Array.from(stale.values(), ({ tag }) => tag);
  const rows = await transaction.rows("read_sessions", ROWS, [tenant, tags]);
  const behind = rows.map((row) => ({
    ...judgedBefore(row, stale.get(integer(row, "key"))?.known),
    version: integer(row, "version"),
  }));
  await replay(transaction, tenant, behind);
  return behind;
}

/** A session with the records that its judgement has seen. */
interface Behind extends HotSession {
  readonly judgedTo: number;
}

/** With the latest judgement of the open segment that there is, in memory or stored. */
function judgedBefore(row: Row, hot: HotSession | undefined): Omit<Behind, "version"> {
  const sessionRow = sessionRowOf(row);
  const { segment, segmentStart } = sessionRow;
  const isStored = optional(row, "judged_segment", integer) === segment;
  const storedSize = isStored ? integer(row, "judged_size") : segmentStart;
  const isHot = hot?.state.row.segment === segment && hot.state.size >= storedSize;
  if (isHot) {
    const state = new SessionState(sessionRow, hot.state.judgement, storedSize);
    return { state, judgedTo: hot.state.size };
  }
  if (!isStored) return { state: new SessionState(sessionRow), judgedTo: segmentStart };
  try {
    const judgement: Judgement = JSON.parse(text(row, "judged_state"));
    return { state: new SessionState(sessionRow, judgement, storedSize), judgedTo: storedSize };
  } catch {
    // Another version of the engine wrote it: the records are judged again.
    return { state: new SessionState(sessionRow), judgedTo: segmentStart };
  }
}

/** Judges the records that were not seen yet, of all sessions in one round trip where they are few. */
async function replay(
  transaction: Transaction,
  tenant: number,
  sessions: readonly Behind[],
): Promise<void> {
  const states = new Map(sessions.map(({ state }) => [state.row.key, state]));
  let open = sessions.map(({ state, judgedTo }) => ({ state, from: judgedTo }));
  for (;;) {
    open = open.filter(({ state, from }) => from < state.size);
    if (open.length === 0) return;
    const keys = open.map(({ state }) => state.row.key);
    const values = [tenant, keys, open.map(({ from }) => from)];
    for (const row of await transaction.rows("read_lines", RECORDS, values)) {
      const record = recordIn(text(row, "line"));
      if (record) states.get(integer(row, "session"))?.judge(record);
    }
    open = open.map(({ state, from }) => ({ state, from: from + REPLAYED_AT_ONCE }));
  }
}

/** The record of a stored line; undefined for what is left of a deleted one. */
function recordIn(line: string): StructuralRecord | undefined {
  return line.startsWith('{"tombstone":') ? undefined : JSON.parse(line);
}
