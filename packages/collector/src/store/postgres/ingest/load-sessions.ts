/** Locks the sessions of a group and brings each to where the database has it. */
import type { StructuralRecord } from "@caum/core";
import { sessionTag } from "@caum/core/verify";
import { type Judgement, SessionState } from "../../../ingest/session-state.ts";
import { integer, type Row, text } from "../../sqlite/columns.ts";
import { sessionRowOf } from "../../sqlite/session-rows.ts";
import type { Transaction } from "../database.ts";
import type { HotSession, HotSessions } from "./hot-sessions.ts";

/** Records that are judged again at once. */
const REPLAYED_AT_ONCE = 256;

/** One after the other in the order of the tags, so that no two nodes wait for each other. */
const LOCK = `select s.key, s.tag, s.version, s.gone from unnest($2::text[]) w (tag),
  lateral (select * from sessions s where s.tenant = $1 and s.tag = w.tag limit 1 for update) s`;
const ROWS = `select s.* from unnest($2::text[]) w (tag),
  lateral (select * from sessions s where s.tenant = $1 and s.tag = w.tag limit 1) s`;
const JUDGEMENTS = `select j.* from unnest($2::bigint[]) w (session),
  lateral (select * from judgements j where j.tenant = $1 and j.session = w.session limit 1) j`;
const RECORDS = `select position, line from records
  where tenant = $1 and session = $2 and position >= $3 and position < $4 order by position`;

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
  const keys = [...stale.keys()];
  const tags = Array.from(stale.values(), ({ tag }) => tag);
  const rows = await transaction.rows("read_sessions", ROWS, [tenant, tags]);
  const judgements = new Map(
    (await transaction.rows("read_judgements", JUDGEMENTS, [tenant, keys])).map((row) => [
      integer(row, "session"),
      row,
    ]),
  );
  const sessions: HotSession[] = [];
  for (const row of rows) {
    const key = integer(row, "key");
    const { state, judgedTo } = judgedBefore(row, judgements.get(key), stale.get(key)?.known);
    await replay(transaction, state, judgedTo);
    sessions.push({ state, version: integer(row, "version") });
  }
  return sessions;
}

/** With the latest judgement of the open segment that there is, in memory or stored. */
function judgedBefore(
  row: Row,
  stored: Row | undefined,
  hot: HotSession | undefined,
): { readonly state: SessionState; readonly judgedTo: number } {
  const sessionRow = sessionRowOf(row);
  const { segment, segmentStart } = sessionRow;
  const isStored = stored !== undefined && integer(stored, "segment") === segment;
  const storedSize = isStored ? integer(stored, "size") : segmentStart;
  const isHot = hot?.state.row.segment === segment && hot.state.size >= storedSize;
  if (isHot) {
    const state = new SessionState(sessionRow, hot.state.judgement, storedSize);
    return { state, judgedTo: hot.state.size };
  }
  if (!isStored) return { state: new SessionState(sessionRow), judgedTo: segmentStart };
  try {
    const judgement: Judgement = JSON.parse(text(stored, "state"));
    return {
      state: new SessionState(sessionRow, judgement, storedSize),
      judgedTo: storedSize,
    };
  } catch {
    // Another version of the engine wrote it: the records are judged again.
    return { state: new SessionState(sessionRow), judgedTo: segmentStart };
  }
}

async function replay(
  transaction: Transaction,
  state: SessionState,
  judgedTo: number,
): Promise<void> {
  const { tenant, key } = state.row;
  for (let from = judgedTo; from < state.size; from += REPLAYED_AT_ONCE) {
    const values = [tenant, key, from, from + REPLAYED_AT_ONCE];
    for (const row of await transaction.rows("read_lines", RECORDS, values)) {
      const line = text(row, "line");
      if (line.startsWith('{"tombstone":')) continue;
      // Only records and tombstones are stored.
      state.judge(JSON.parse(line) as StructuralRecord);
    }
  }
}
