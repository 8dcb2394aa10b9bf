/** What only some groups leave. */
import { MAX_FORKS } from "../../../ingest/ledger.ts";
import type { NewAlert } from "../../../rows/alert-rows.ts";
import { bytes } from "../../columns/columns.ts";
import type { Transaction } from "../database.ts";
import type { Placed, Writes } from "./postgres-ledger.ts";

const STEPS = `insert into steps (tenant, session, segment, step, body, position)
  select $1::bigint, w.* from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[]) w`;
const RUNS = `insert into runs (tenant, session, run, next, head, forked)
  select $1::bigint, w.* from unnest($2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::bigint[]) w
  on conflict (tenant, session, run) do update
  set next = excluded.next, head = excluded.head, forked = excluded.forked`;
const FORKS = `insert into forks (tenant, session, run, seq, leaf, reason, received_ms)
  select $1::bigint, w.session, w.run, w.seq, w.leaf, w.reason, w.received_ms
  from (
    select f.*, row_number() over (partition by f.session, f.run) as nth
    from unnest($2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::bigint[])
      f (session, run, seq, leaf, reason, received_ms)
  ) w
  where w.nth + (select count(*) from forks k
    where k.tenant = $1 and k.session = w.session and k.run = w.run) <= ${MAX_FORKS}
  on conflict do nothing`;
const TRACES = `insert into traces (tenant, id, session)
  select $1::bigint, w.* from unnest($2::bytea[], $3::bigint[]) w on conflict do nothing`;
const TOKENS = `insert into tokens (hash, tenant, session_id, expires_ms)
  select w.hash, $1::bigint, w.session_id, w.expires_ms
  from unnest($2::bytea[], $3::text[], $4::bigint[]) w (hash, session_id, expires_ms)`;
const DISARM = `delete from alerts
  where tenant = $1 and id = any($2::text[]) and status = 'armed'`;
const ALERTS = `insert into alerts (tenant, id, rule, session, status, fired_ms, due_ms, facts)
  select $1::bigint, w.id, w.rule, w.session, w.status, w.fired_ms, w.fired_ms, w.facts
  from unnest($2::text[], $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::text[])
    w (id, rule, session, status, fired_ms, facts)
  on conflict do nothing`;

export function addSteps(transaction: Transaction, tenant: number, steps: Writes["steps"]): void {
  if (steps.length === 0) return;
  transaction.send("add_steps", STEPS, [
    tenant,
    steps.map(({ session }) => session),
    steps.map(({ value }) => value.segment),
    steps.map(({ value }) => value.step),
    steps.map(({ value }) => value.body),
    steps.map(({ value }) => value.index),
  ]);
}

type Run = Writes["runs"] extends Map<string, infer T> ? T : never;

export function saveRuns(transaction: Transaction, tenant: number, runs: readonly Run[]): void {
  if (runs.length === 0) return;
  transaction.send("save_runs", RUNS, [
    tenant,
    runs.map(({ session }) => session),
    runs.map(({ value }) => value.runId),
    runs.map(({ value }) => value.next),
    runs.map(({ value }) => value.head),
    runs.map(({ value }) => (value.forked ? 1 : 0)),
  ]);
}

export function addForks(transaction: Transaction, tenant: number, forks: Writes["forks"]): void {
  if (forks.length === 0) return;
  transaction.send("add_forks", FORKS, [
    tenant,
    forks.map(({ session }) => session),
    forks.map(({ value }) => value.run),
    forks.map(({ value }) => value.seq),
    forks.map(({ value }) => value.leaf),
    forks.map(({ value }) => value.reason),
    forks.map(({ value }) => value.receivedMs),
  ]);
}

export function addTraces(
  transaction: Transaction,
  tenant: number,
  traces: readonly Placed<string>[],
): void {
  if (traces.length === 0) return;
  transaction.send("add_traces", TRACES, [
    tenant,
    traces.map(({ value }) => bytes(value)),
    traces.map(({ session }) => session),
  ]);
}

export function addTokens(
  transaction: Transaction,
  tenant: number,
  tokens: Writes["tokens"],
): void {
  if (tokens.length === 0) return;
  transaction.send("add_tokens", TOKENS, [
    tenant,
    tokens.map(({ hash }) => bytes(hash)),
    tokens.map(({ sessionId }) => sessionId),
    tokens.map(({ expiresMs }) => expiresMs),
  ]);
}

export function disarmAlerts(
  transaction: Transaction,
  tenant: number,
  ids: ReadonlySet<string>,
): void {
  if (ids.size === 0) return;
  transaction.send("disarm_alerts", DISARM, [tenant, [...ids].toSorted()]);
}

export function addAlerts(
  transaction: Transaction,
  tenant: number,
  alerts: readonly NewAlert[],
): void {
  if (alerts.length === 0) return;
  const sorted = alerts.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  transaction.send("add_alerts", ALERTS, [
    tenant,
    sorted.map(({ id }) => id),
    sorted.map(({ rule }) => rule),
    sorted.map(({ session }) => session),
    sorted.map(({ status }) => status),
    sorted.map(({ firedMs }) => firedMs),
    sorted.map(({ facts }) => JSON.stringify(facts)),
  ]);
}
