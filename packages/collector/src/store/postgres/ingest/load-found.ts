/** Reads what a group asks, once its sessions are locked. */

import { sessionTag } from "@caum/core/verify";
import { alertId } from "../../../ingest/firing/fired-alert.ts";
import type { KnownEvent, KnownStep, NativeRun, StoredRecord } from "../../../ingest/ledger.ts";
import type { AlertRule } from "../../../rows/alert-rows.ts";
import { ruleOf } from "../../columns/alert-columns.ts";
import { integer, type Row, text, uuidBytes } from "../../columns/columns.ts";
import { knownEventOf, knownStepOf, nativeRunOf } from "../../columns/ledger-columns.ts";
import type { Transaction } from "../database.ts";
import { type Found, placeOf, type Questions } from "./found.ts";
import { readPlaces } from "./read-records.ts";
import { readRoots } from "./read-roots.ts";

/**
 * One round trip for all that most groups need; each part is empty for most of them. A lateral
 * `limit` is looked up row by row whatever the planner believes of a table it has no figures of.
 */
const FACTS = `select
  (select json_agg(r order by r.created_ms, r.id) from alert_rules r where r.tenant = $1) as rules,
  (select json_agg(json_build_object('id', encode(e.id, 'hex'), 'session', e.session,
      'position', e.position, 'body', e.body))
    from unnest($2::bytea[]) w (id), lateral (select * from event_ids e
      where e.tenant = $1 and e.id = w.id limit 1) e) as events,
  (select json_agg(s) from unnest($3::text[], $4::bigint[]) w (tag, step),
    lateral (select key, segment from sessions o where o.tenant = $1 and o.tag = w.tag limit 1) o,
    lateral (select * from steps s where s.tenant = $1 and s.session = o.key
      and s.segment = o.segment and s.step = w.step offset 0) s) as steps,
  (select json_agg(r) from unnest($5::text[], $6::text[]) w (tag, run),
    lateral (select key from sessions o where o.tenant = $1 and o.tag = w.tag limit 1) o,
    lateral (select * from runs r where r.tenant = $1 and r.session = o.key
      and r.run = w.run limit 1) r) as runs`;

const SESSION_IDS = `select s.key, s.id from unnest($2::bigint[]) w (key),
  lateral (select * from sessions s where s.tenant = $1 and s.key = w.key and s.gone = 0 limit 1) s`;
const ALERTS = `select a.id from unnest($2::text[]) w (id),
  lateral (select * from alerts a where a.tenant = $1 and a.id = w.id limit 1) a`;

/** Asks what can be foreseen, right behind the locks: it is read when they are held. */
export async function askFacts(
  transaction: Transaction,
  tenant: number,
  { events, steps, runs }: Questions,
): Promise<Row> {
  const stepsAsked = pairsOf(steps);
  const runsAsked = pairsOf(runs);
  const [row] = await transaction.rows("read_facts", FACTS, [
    tenant,
    Array.from(events, uuidBytes),
    stepsAsked.map(({ id }) => sessionTag(id)),
    stepsAsked.map(({ value }) => value),
    runsAsked.map(({ id }) => sessionTag(id)),
    runsAsked.map(({ value }) => value),
  ]);
  return row ?? {};
}

function pairsOf<T>(
  sets: ReadonlyMap<string, ReadonlySet<T>>,
): readonly { readonly id: string; readonly value: T }[] {
  return [...sets].flatMap(([id, values]) => Array.from(values, (value) => ({ id, value })));
}

/** What the facts lead to: of most groups nothing. */
export async function loadFound(
  transaction: Transaction,
  tenant: number,
  asked: Questions,
  { facts, sessions }: { readonly facts: Row; readonly sessions: Found["sessions"] },
): Promise<Found> {
  const rules = listIn(facts, "rules").map(ruleOf);
  const events = new Map(
    listIn(facts, "events").map((known) => [uuidIn(known), knownEventOf(known)]),
  );
  const steps = stepsOf(listIn(facts, "steps"));
  const runs = new Map(listIn(facts, "runs").map(runOf));
  foreseeRepeats(asked, [...events.values(), ...eventsOf(steps)]);
  const records = await readPlaces(transaction, tenant, asked.records);
  const sessionIds = await readSessionIds(transaction, tenant, records);
  const roots = await readRoots(transaction, tenant, asked.roots);
  const alerts = await readAlerts(transaction, tenant, asked, { rules, records });
  return { sessions, events, steps, runs, records, sessionIds, roots, alerts, rules };
}

/** What is there already is answered with its record, the one before it, and the root up to it. */
function foreseeRepeats(asked: Questions, known: readonly KnownEvent[]): void {
  for (const { session, index, body } of known) {
    asked.records.add(placeOf(session, index));
    // Native records are answered by their leaf alone.
    if (body === undefined) continue;
    if (index > 0) asked.records.add(placeOf(session, index - 1));
    if (asked.asksRoots) asked.roots.add(placeOf(session, index + 1));
  }
}

async function readSessionIds(
  transaction: Transaction,
  tenant: number,
  records: ReadonlyMap<string, StoredRecord>,
): Promise<Map<number, string>> {
  if (records.size === 0) return new Map();
  const keys = new Set(Array.from(records.keys(), (place) => Number(place.split("/")[0])));
  const rows = await transaction.rows("read_session_ids", SESSION_IDS, [tenant, [...keys]]);
  return new Map(rows.map((row) => [integer(row, "key"), text(row, "id")]));
}

/** Which of the rules fired with a record that is there already. */
async function readAlerts(
  transaction: Transaction,
  tenant: number,
  { alerts }: Questions,
  {
    rules,
    records,
  }: { readonly rules: readonly AlertRule[]; readonly records: Map<string, StoredRecord> },
): Promise<Set<string>> {
  for (const { leaf } of records.values()) {
    for (const rule of rules) alerts.add(alertId(rule, leaf));
  }
  if (alerts.size === 0) return new Set();
  const rows = await transaction.rows("read_alerts", ALERTS, [tenant, [...alerts]]);
  return new Set(rows.map((row) => text(row, "id")));
}

/** Numbers in these lists are safe integers, as all that the store keeps. */
function listIn(row: Row, name: string): readonly Row[] {
  const list = row[name];
  return Array.isArray(list) ? list : [];
}

function uuidIn(row: Row): string {
  const id = text(row, "id");
  const parts = [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)];
  return parts.join("-");
}

function stepsOf(rows: readonly Row[]): Map<string, readonly KnownStep[]> {
  const steps = new Map<string, readonly KnownStep[]>();
  for (const row of rows) {
    const place = placeOf(integer(row, "session"), integer(row, "step"));
    steps.set(place, [...(steps.get(place) ?? []), knownStepOf(row)]);
  }
  return steps;
}

function eventsOf(steps: ReadonlyMap<string, readonly KnownStep[]>): readonly KnownEvent[] {
  return [...steps].flatMap(([place, known]) =>
    known.map((step) => ({ session: Number(place.split("/")[0]), ...step })),
  );
}

function runOf(row: Row): readonly [string, NativeRun] {
  const run = nativeRunOf(row);
  return [placeOf(integer(row, "session"), run.runId), run];
}
