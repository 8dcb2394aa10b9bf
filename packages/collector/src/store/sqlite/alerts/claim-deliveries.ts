import type { DatabaseSync } from "node:sqlite";
import type { ClaimedDeliveries, DeliveryClaim } from "../../../rows/alert-rows.ts";
import { alertOf, ruleOf } from "../../alert-columns.ts";
import { integer, type Row, text } from "../../columns.ts";

const WAITS = "status in ('armed', 'due')";

const ANY_DUE = `select 1 from alerts where ${WAITS} and due_ms <= ? limit 1`;

/**
 * The first alert of the next rule that has any, in two questions: SQLite walks through all alerts of a
 * rule to answer `(tenant, rule) > (?, ?)`, and does not for these. A long queue is one step, not many.
 */
const NEXT_OF_TENANT = `select tenant, rule, id, due_ms from alerts
  where ${WAITS} and tenant = ? and rule > ? order by rule, due_ms, id limit 1`;
const NEXT_TENANT = `select tenant, rule, id, due_ms from alerts
  where ${WAITS} and tenant > ? order by tenant, rule, due_ms, id limit 1`;

const LEASE = `update alerts set status = 'due', attempts = attempts + 1, due_ms = ?,
    problem = null
  where tenant = ? and id = ? returning *`;

interface Due {
  readonly tenant: number;
  readonly rule: string;
  readonly id: string;
  readonly dueMs: number;
}

export function claimDeliveries(
  { nowMs, leaseMs, limit, busyRules }: DeliveryClaim,
  database: DatabaseSync,
): ClaimedDeliveries {
  if (database.prepare(ANY_DUE).get(nowMs) === undefined) {
    return { kind: "claimed", deliveries: [] };
  }
  const busy = new Set(busyRules);
  const due = firstOfEachRule(database)
    .filter(({ rule, dueMs }) => dueMs <= nowMs && !busy.has(rule))
    .toSorted((a, b) => a.dueMs - b.dueMs)
    .slice(0, limit);
  const lease = database.prepare(LEASE);
  const deliveries = due.flatMap(({ tenant, rule, id }) => {
    const target = ruleRow(tenant, rule, database);
    const leased = lease.get(nowMs + leaseMs, tenant, id);
    return target && leased ? [{ ...alertOf(leased), target: ruleOf(target) }] : [];
  });
  return { kind: "claimed", deliveries };
}

function firstOfEachRule(database: DatabaseSync): readonly Due[] {
  const nextOfTenant = database.prepare(NEXT_OF_TENANT);
  const nextTenant = database.prepare(NEXT_TENANT);
  const found: Due[] = [];
  for (let row = nextTenant.get(-1); row !== undefined; ) {
    const first = dueOf(row);
    found.push(first);
    row = nextOfTenant.get(first.tenant, first.rule) ?? nextTenant.get(first.tenant);
  }
  return found;
}

function dueOf(row: Row): Due {
  return {
    tenant: integer(row, "tenant"),
    rule: text(row, "rule"),
    id: text(row, "id"),
    dueMs: integer(row, "due_ms"),
  };
}

/** A rule of a tenant, when there is one with this id. */
export function ruleRow(tenant: number, rule: string, database: DatabaseSync): Row | undefined {
  return database
    .prepare("select * from alert_rules where tenant = ? and id = ?")
    .get(tenant, rule);
}
