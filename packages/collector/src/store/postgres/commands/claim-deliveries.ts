import type {
  ClaimedDeliveries,
  ClaimedDelivery,
  DeliveryClaim,
} from "../../../rows/alert-rows.ts";
import { alertOf, ruleOf } from "../../alert-columns.ts";
import { integer, text } from "../../columns.ts";
import type { Database, Transaction } from "../database.ts";
import { addTo } from "../ingest/found.ts";
import { ruleRow } from "./alert-commands.ts";

const ANY_DUE = "select 1 from alerts where status in ('armed', 'due') and due_ms <= $1 limit 1";

/**
 * The first alert of each rule that has any. Each step jumps to the next rule in the index, so that
 * a long queue of one rule is one step and not many.
 */
const FIRST_OF_EACH_RULE = `with recursive first as (
    (select tenant, rule, due_ms, id from alerts where status in ('armed', 'due')
      order by tenant, rule, due_ms, id limit 1)
    union all
    select n.tenant, n.rule, n.due_ms, n.id from first f, lateral (
      select tenant, rule, due_ms, id from alerts
      where status in ('armed', 'due') and (tenant, rule) > (f.tenant, f.rule)
      order by tenant, rule, due_ms, id limit 1) n
  )
  select tenant, rule, due_ms, id from first
  where due_ms <= $1 and rule <> all($2::text[])
  order by due_ms limit $3`;

/** Whoever has the row's lock, or had it since it was found, has the delivery. */
const LEASE = `update alerts
  set status = 'due', attempts = attempts + 1, due_ms = $4, problem = null
  where tenant = $1 and id = (
    select id from alerts where tenant = $1 and id = $2 and status in ('armed', 'due')
      and due_ms <= $3 for update skip locked)
  returning *`;

/** It fired while another node deleted its rule. */
const GIVE_UP = `update alerts set status = 'dead', problem = 'rule_deleted', settled_ms = $3
  where tenant = $1 and id = $2`;

/** One transaction finds what is due, and one of each tenant takes it under a lease. */
export async function claimDeliveries(
  { nowMs, leaseMs, limit, busyRules }: DeliveryClaim,
  database: Database,
): Promise<ClaimedDeliveries> {
  const due = await database.read({ everyone: "all" }, async (transaction) => {
    const any = await transaction.rows("any_due", ANY_DUE, [nowMs]);
    if (any.length === 0) return [];
    return transaction.rows("first_due", FIRST_OF_EACH_RULE, [nowMs, busyRules, limit]);
  });
  const byTenant = new Map<number, Set<string>>();
  for (const row of due) addTo(byTenant, integer(row, "tenant"), text(row, "id"));
  const deliveries: ClaimedDelivery[] = [];
  for (const [tenant, ids] of byTenant) {
    const leases = { nowMs, untilMs: nowMs + leaseMs };
    const leased = await database.write({ tenant }, (transaction) => {
      return lease(transaction, tenant, ids, leases);
    });
    deliveries.push(...leased);
  }
  return { kind: "claimed", deliveries };
}

async function lease(
  transaction: Transaction,
  tenant: number,
  ids: ReadonlySet<string>,
  { nowMs, untilMs }: { readonly nowMs: number; readonly untilMs: number },
): Promise<readonly ClaimedDelivery[]> {
  const deliveries: ClaimedDelivery[] = [];
  for (const id of ids) {
    const [row] = await transaction.rows("lease", LEASE, [tenant, id, nowMs, untilMs]);
    if (row === undefined) continue;
    const alert = alertOf(row);
    const target = await ruleRow(transaction, tenant, alert.rule);
    if (target) deliveries.push({ ...alert, target: ruleOf(target) });
    else await transaction.change("give_up", GIVE_UP, [tenant, id, nowMs]);
  }
  return deliveries;
}
