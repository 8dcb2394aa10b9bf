/** Writes what a group left: one statement for many rows, in an order in which no two nodes wait for each other. */

import { sessionTag } from "@caum/core/verify";
import type { SessionState } from "../../../ingest/session-state.ts";
import { encodeStanding } from "../../../ingest/standing.ts";
import { encodeChunks, WORTH_A_CHUNK } from "../../chunks/chunk.ts";
import { bytes, uuidBytes } from "../../columns/columns.ts";
import { CHANGING_COLUMNS, changingValues } from "../../columns/session-rows.ts";
import { isJudgementDue } from "../../judgement.ts";
import type { Transaction } from "../database.ts";
import { listedMs } from "./listed-ms.ts";
import type { Writes } from "./postgres-ledger.ts";
import {
  addAlerts,
  addForks,
  addSteps,
  addTokens,
  addTraces,
  disarmAlerts,
  saveRuns,
} from "./write-rest.ts";

const TEXTS: ReadonlySet<string> = new Set([
  "facts",
  "origins",
  "agent",
  "tree",
  "door",
  "totals",
  "last_leaf",
  "tier",
  "regime",
  "standing",
  "alerts",
  "figures",
  "earlier",
  "worst_tier",
  "structure",
  "workflow",
  "cohort",
]);
const CHANGING = [...CHANGING_COLUMNS, "workflow", "cohort", "listed_ms"];
const typeOf = (column: string) => (TEXTS.has(column) ? "text[]" : "bigint[]");
const arrays = (columns: readonly string[], first: number) =>
  columns.map((column, at) => `$${first + at}::${typeOf(column)}`).join(", ");

const CREATE = `insert into sessions (tenant, version, key, tag, id, first_ms, ${CHANGING.join(", ")})
  select $1::bigint, 1, w.* from unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[],
    ${arrays(CHANGING, 6)}) w (key, tag, id, first_ms, ${CHANGING.join(", ")})`;

/** What nearly every group writes, in one round trip; the rows of its sessions are locked by then. */
const WRITE = `with changed as (
    update sessions s
    set version = s.version + 1, ${CHANGING.map((column) => `${column} = w.${column}`).join(", ")}
    from unnest($2::text[], ${arrays(CHANGING, 17)}) w (tag, ${CHANGING.join(", ")})
    where s.tenant = $1 and s.tag = any($2::text[]) and s.tag = w.tag
  ), added as (
    insert into records (tenant, session, position, leaf, received_ms, line, standing)
    select $1::bigint, w.* from unnest($3::bigint[], $4::bigint[], $5::bytea[], $6::bigint[],
      $7::text[], $8::text[]) w
  ), chunked as (
    insert into record_chunks (tenant, session, first, count, body)
    select $1::bigint, w.* from unnest($13::bigint[], $14::bigint[], $15::bigint[], $16::bytea[]) w
  ), named as (
    insert into event_ids (tenant, id, session, position, body)
    select $1::bigint, w.* from unnest($9::bytea[], $10::bigint[], $11::bigint[], $12::text[]) w
  )
  select 1`;
const JUDGEMENTS = `insert into judgements (tenant, session, segment, size, state)
  select $1::bigint, w.* from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[]) w
  on conflict (tenant, session) do update
  set segment = excluded.segment, size = excluded.size, state = excluded.state`;
const BURY_AGAIN = `update tenants set buried_before_ms = $2
  where key = $1 and buried_before_ms > $2`;
const BLOCK = `insert into subtrees (tenant, session, block, root) values ($1, $2, $3, $4)
  on conflict do nothing`;

/**
 * Sends everything, and waits for nothing. What another node made meanwhile, a session or an event
 * id, is a unique violation: then nothing is committed.
 */
export function writeGroup(transaction: Transaction, tenant: number, writes: Writes): void {
  createSessions(transaction, tenant, writes);
  writeChanges(transaction, tenant, writes);
  noteUnburied(transaction, tenant, writes);
  addSteps(transaction, tenant, writes.steps);
  saveRuns(transaction, tenant, [...writes.runs.values()]);
  addForks(transaction, tenant, writes.forks);
  addTraces(transaction, tenant, [...writes.traces.values()]);
  addTokens(transaction, tenant, writes.tokens);
  disarmAlerts(transaction, tenant, writes.disarmed);
  addAlerts(transaction, tenant, [...writes.alerts.values()]);
  saveJudgements(transaction, tenant, [...writes.touched].filter(isJudgementDue));
  addBlocks(transaction, tenant, writes);
}

function createSessions(transaction: Transaction, tenant: number, { created }: Writes): void {
  if (created.size === 0) return;
  const tagged = Array.from(created, (session) => ({ session, tag: sessionTag(session.row.id) }));
  const sorted = tagged.toSorted((a, b) => (a.tag < b.tag ? -1 : 1));
  const sessions = sorted.map(({ session }) => session);
  transaction.send("create_sessions", CREATE, [
    tenant,
    sessions.map(({ row }) => row.key),
    sorted.map(({ tag }) => tag),
    sessions.map(({ row }) => row.id),
    sessions.map(({ row }) => row.firstMs),
    ...changingColumns(sessions),
  ]);
}

function writeChanges(
  transaction: Transaction,
  tenant: number,
  { created, touched, records, events }: Writes,
): void {
  const changed = [...touched].filter((session) => !created.has(session));
  if (changed.length + records.length + events.size === 0) return;
  // Two groups that name the same ids meet in the same order.
  const named = [...events].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const { loose, chunks } = inChunks(records);
  transaction.send("write_changes", WRITE, [
    tenant,
    changed.map(({ row }) => sessionTag(row.id)),
    loose.map(({ session }) => session),
    loose.map(({ value }) => value.index),
    loose.map(({ value }) => bytes(value.leaf)),
    loose.map(({ value }) => value.receivedMs),
    loose.map(({ value }) => value.line),
    loose.map(({ value }) => value.standing && encodeStanding(value.standing)),
    named.map(([id]) => uuidBytes(id)),
    named.map(([, { session }]) => session),
    named.map(([, { index }]) => index),
    named.map(([, { body }]) => body),
    chunks.map(({ session }) => session),
    chunks.map(({ value }) => value.first),
    chunks.map(({ value }) => value.count),
    chunks.map(({ value }) => value.body),
    ...changingColumns(changed),
  ]);
}

/** A clock that was set back brings sessions to where retention has looked already. */
function noteUnburied(
  transaction: Transaction,
  tenant: number,
  { created, touched }: Writes,
): void {
  const unburied = [...touched].filter((session) => session.row.buried > 0 || created.has(session));
  if (unburied.length === 0) return;
  const firstMs = Math.min(...unburied.map(({ row }) => listedMs(row.lastMs)));
  transaction.send("bury_again_from", BURY_AGAIN, [tenant, firstMs]);
}

/** Many records of a session stand together from the start. */
function inChunks(records: Writes["records"]) {
  const bySession = new Map<number, Writes["records"]>();
  for (const record of records) {
    const known = bySession.get(record.session);
    if (known) known.push(record);
    else bySession.set(record.session, [record]);
  }
  const all = [...bySession];
  return {
    loose: all.flatMap(([, of]) => (of.length < WORTH_A_CHUNK ? of : [])),
    chunks: all.flatMap(([session, of]) => {
      if (of.length < WORTH_A_CHUNK) return [];
      const kept = of.map(({ value: { standing, ...record } }) => {
        return { ...record, standing: standing && encodeStanding(standing) };
      });
      return encodeChunks(kept).map((value) => ({ session, value }));
    }),
  };
}

function saveJudgements(
  transaction: Transaction,
  tenant: number,
  sessions: readonly SessionState[],
): void {
  if (sessions.length === 0) return;
  transaction.send("save_judgements", JUDGEMENTS, [
    tenant,
    sessions.map(({ row }) => row.key),
    sessions.map(({ row }) => row.segment),
    sessions.map(({ size }) => size),
    sessions.map(({ judgement }) => JSON.stringify(judgement)),
  ]);
  for (const session of sessions) session.judgedAt = session.size;
}

function addBlocks(transaction: Transaction, tenant: number, { blocks }: Writes): void {
  for (const { session, value } of blocks) {
    transaction.send("add_block", BLOCK, [tenant, session, value.block, bytes(value.root)]);
  }
}

/** One array per column, in the order of `CHANGING`. */
function changingColumns(sessions: readonly SessionState[]): (readonly unknown[])[] {
  const rows = sessions.map((session) => {
    const { workflow, cohort } = session.row.facts;
    return [
      ...changingValues(session),
      workflow ?? null,
      workflow === undefined ? null : (cohort ?? null),
      listedMs(session.row.lastMs),
    ];
  });
  return CHANGING.map((_, column) => rows.map((row) => row[column]));
}
