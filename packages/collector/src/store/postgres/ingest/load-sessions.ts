/** Locks the sessions of a group and brings each to where the database has it. */
import { sessionTag } from "@caum/core/verify";
import type { SessionRow } from "../../../ingest/session-row.ts";
import { SessionState } from "../../../ingest/session-state.ts";
import { integer, optional, type Row, text } from "../../columns/columns.ts";
import { sessionRowOf } from "../../columns/session-rows.ts";
import { judgeLine, REPLAYED_AT_ONCE, stateFrom } from "../../judgement.ts";
import type { Transaction } from "../database.ts";
import type { HotSession, HotSessions } from "./hot-sessions.ts";
import { readStretches } from "./read-records.ts";

/** What `sessionRowOf` reads, and what tells whether it has to. */
const ROW = `key, version, gone, tenant, id, facts, origins, size, tree, door, segment, segment_start,
  ended, resolved, totals, runs, last_leaf, first_ms, last_ms, alerts, active_ms,
  earlier, buried, buried_steps`;
/**
 * One after the other in the order of the tags, so that no two nodes wait for each other. The row
 * comes with its lock where this node does not have it.
 */
const LOCK = `select w.tag, s.key, s.version, s.gone,
    case when s.version <> w.version then to_json(s) end as row
  from unnest($2::text[], $3::bigint[]) w (tag, version),
  lateral (select ${ROW} from sessions s where s.tenant = $1 and s.tag = w.tag limit 1 for update) s`;
/**
 * What was not judged here yet: from the stored judgement on where it is the later one, which is
 * told with the first of its records. Asked when the rows are locked, so that nothing is missed.
 */
const UNJUDGED = `select s.key as session, j.size as judged_size, f.first, r.position, r.line,
    case when r.position is null or r.position = f.first then f.state end as judged_state
  from unnest($2::text[], $3::bigint[], $4::bigint[]) w (tag, version, size),
  lateral (select s.key, s.segment, s.segment_start from sessions s
    where s.tenant = $1 and s.tag = w.tag and s.version <> w.version limit 1) s
  left join lateral (select j.size, j.state from judgements j
    where j.tenant = $1 and j.session = s.key and j.segment = s.segment limit 1) j on true,
  lateral (select greatest(w.size, s.segment_start, j.size) as first,
    case when j.size > w.size then j.state end as state offset 0) f
  left join lateral (select r.position, r.line from records r
    where r.tenant = $1 and r.session = s.key and r.position >= f.first
    order by r.position limit ${REPLAYED_AT_ONCE}) r on true
  order by s.key, r.position`;
export interface LockedSessions {
  readonly sessions: Map<string, SessionState | "gone">;
  readonly versions: Map<SessionState, number>;
}

const NO_VERSION = 0;

/** A session that the group is about, with what this node remembers of it. */
interface Wanted {
  readonly id: string;
  readonly tag: string;
  readonly known: HotSession | undefined;
}

/** Asks for everything at once; waits for locks in the order of the tags. */
export async function lockSessions(
  transaction: Transaction,
  tenant: number,
  ids: ReadonlySet<string>,
  hot: HotSessions,
): Promise<LockedSessions> {
  const wanted = Array.from(ids, (id) => ({
    id,
    tag: sessionTag(id),
    known: hot.take(tenant, id),
  }));
  const locking = askForLocks(transaction, tenant, wanted);
  // Where another node wrote one of the last group, it is likely to have written one of these.
  const foreseen = hot.areShared ? askUnjudged(transaction, tenant, wanted) : undefined;
  const locked = sort(wanted, await locking);
  const { behind, states } = locked;
  hot.noteShared(
    behind.some(({ known }) => known),
    states.length > 0,
  );
  if (behind.length > 0) {
    const unjudged = await (foreseen ?? askUnjudged(transaction, tenant, behind));
    states.push(...(await bringUp(transaction, tenant, behind, unjudged)));
  }
  const sessions = new Map<string, SessionState | "gone">(locked.gone.map((id) => [id, "gone"]));
  for (const { state } of states) sessions.set(state.row.id, state);
  return {
    sessions,
    versions: new Map(states.map(({ state, version }) => [state, version])),
  };
}

/** The wanted sessions by what their rows say; what has no row is not there yet. */
function sort(wanted: readonly Wanted[], rows: readonly Row[]) {
  const rowOf = new Map(rows.map((row) => [text(row, "tag"), row]));
  const gone: string[] = [];
  const states: HotSession[] = [];
  const behind: Behind[] = [];
  for (const one of wanted) {
    const row = rowOf.get(one.tag);
    if (row === undefined) continue;
    if (integer(row, "gone") === 1) gone.push(one.id);
    else if (one.known?.version === integer(row, "version")) states.push(one.known);
    // `to_json` made it of a row of this table.
    else behind.push({ ...one, row: row.row as Row, version: integer(row, "version") });
  }
  return { gone, states, behind };
}

function askForLocks(
  transaction: Transaction,
  tenant: number,
  wanted: readonly Wanted[],
): Promise<readonly Row[]> {
  const inOrder = wanted.toSorted((a, b) => (a.tag < b.tag ? -1 : 1));
  return transaction.rows("lock_sessions", LOCK, [
    tenant,
    inOrder.map(({ tag }) => tag),
    inOrder.map(({ known }) => known?.version ?? NO_VERSION),
  ]);
}

function askUnjudged(
  transaction: Transaction,
  tenant: number,
  wanted: readonly Wanted[],
): Promise<readonly Row[]> {
  return transaction.rows("read_unjudged", UNJUDGED, [
    tenant,
    wanted.map(({ tag }) => tag),
    wanted.map(({ known }) => known?.version ?? NO_VERSION),
    wanted.map(({ known }) => known?.state.size ?? 0),
  ]);
}

/** A session that this node does not know, or that another one has changed since. */
interface Behind extends Wanted {
  readonly row: Row;
  readonly version: number;
}

/** Each with its latest judgement that there is, in memory or stored, and the records after it. */
async function bringUp(
  transaction: Transaction,
  tenant: number,
  behind: readonly Behind[],
  unjudged: readonly Row[],
): Promise<readonly HotSession[]> {
  const rowsOf = new Map<number, Row[]>();
  for (const row of unjudged) {
    const session = integer(row, "session");
    rowsOf.set(session, [...(rowsOf.get(session) ?? []), row]);
  }
  const open: { readonly state: SessionState; readonly from: number }[] = [];
  const sessions = behind.map(({ known, row, version }) => {
    const sessionRow = sessionRowOf(row);
    const rows = rowsOf.get(sessionRow.key) ?? [];
    const { state, from } = judgedBefore(sessionRow, rows[0] ?? {}, known);
    const lines = from === undefined ? [] : linesFrom(rows, from);
    for (const line of lines) judgeLine(state, line);
    open.push({ state, from: (from ?? sessionRow.segmentStart) + lines.length });
    return { state, version };
  });
  await replay(transaction, tenant, open);
  return sessions;
}

/** Those of the rows that follow each other; what is missing stands in a chunk. */
function linesFrom(rows: readonly Row[], from: number): readonly string[] {
  const gap = rows.findIndex((row, at) => row.position !== from + at);
  return (gap < 0 ? rows : rows.slice(0, gap)).map((row) => text(row, "line"));
}

/** @returns also where the lines that were read begin, which is not known when it is judged anew */
function judgedBefore(
  sessionRow: SessionRow,
  first: Row,
  known: HotSession | undefined,
): { readonly state: SessionState; readonly from: number | undefined } {
  const { segment, segmentStart, buried } = sessionRow;
  const from = optional(first, "first", integer);
  const storedSize = optional(first, "judged_size", integer) ?? segmentStart;
  const stored = optional(first, "judged_state", text);
  if (stored === undefined) {
    // What this node knows was judged of records that are deleted by now.
    if (known !== undefined && known.state.row.buried !== buried) {
      return { state: new SessionState(sessionRow), from: undefined };
    }
    const isSame = known?.state.row.segment === segment;
    const state = isSame ? known.state.under(sessionRow, storedSize) : undefined;
    return { state: state ?? new SessionState(sessionRow, undefined, storedSize), from };
  }
  const state = stateFrom(sessionRow, stored, storedSize);
  return state ? { state, from } : { state: new SessionState(sessionRow), from: undefined };
}

/** Judges what is left, of all sessions in one round trip where it is little. */
async function replay(
  transaction: Transaction,
  tenant: number,
  behind: readonly { readonly state: SessionState; readonly from: number }[],
): Promise<void> {
  let open = behind;
  for (;;) {
    open = open.filter(({ state, from }) => from < state.size);
    if (open.length === 0) return;
    const stretches = open.map(({ state, from }) => {
      return { session: state.row.key, from, to: from + REPLAYED_AT_ONCE };
    });
    const found = await readStretches(transaction, tenant, stretches);
    open = open.map(({ state, from }) => {
      const records = found.get(state.row.key) ?? [];
      const next = records.filter(({ index }) => index >= from);
      for (const { line } of next) judgeLine(state, line);
      return { state, from: from + Math.max(next.length, REPLAYED_AT_ONCE) };
    });
  }
}
