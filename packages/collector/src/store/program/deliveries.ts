/** Takes alerts that are due under a lease. */
import type { ClaimedDeliveries, ClaimedDelivery, DeliveryClaim } from "../../rows/alert-rows.ts";
import { alertOf, ruleOf } from "../columns/alert-columns.ts";
import { integer, type Row, text } from "../columns/columns.ts";
import { ruleRow } from "./alert-commands.ts";
import { change, one, type Program, type Transactions, transact } from "./program.ts";

/** Whether anything is due at `$1`. */
export const ANY_DUE =
  "select 1 from alerts where status in ('armed', 'due') and due_ms <= $1 limit 1";

/** It fired while another node deleted its rule. */
const GIVE_UP = `update alerts set status = 'dead', problem = 'rule_deleted', settled_ms = $3
  where tenant = $1 and id = $2`;

type Lease = Pick<DeliveryClaim, "nowMs" | "leaseMs">;

/** One transaction of each tenant. @param due tenant and id of each alert, the oldest first */
export function* leaseAll(claim: Lease, due: readonly Row[]): Transactions<ClaimedDeliveries> {
  const deliveries: ClaimedDelivery[] = [];
  for (const tenant of new Set(due.map((row) => integer(row, "tenant")))) {
    const ids = due.filter((row) => row.tenant === tenant).map((row) => text(row, "id"));
    deliveries.push(...(yield* transact({ tenant }, () => lease(claim, tenant, ids))));
  }
  return { kind: "claimed", deliveries };
}

function* lease(
  { nowMs, leaseMs }: Lease,
  tenant: number,
  ids: readonly string[],
): Program<readonly ClaimedDelivery[]> {
  const deliveries: ClaimedDelivery[] = [];
  for (const id of ids) {
    // Whoever has the row's lock, or had it since it was found, has the delivery.
    const row = yield* one(
      "lease",
      ({ skipLocked }) => `update alerts
        set status = 'due', attempts = attempts + 1, due_ms = $4, problem = null
        where tenant = $1 and id = (select id from alerts where tenant = $1 and id = $2
          and status in ('armed', 'due') and due_ms <= $3${skipLocked}) returning *`,
      [tenant, id, nowMs, nowMs + leaseMs],
    );
    if (row === undefined) continue;
    const alert = alertOf(row);
    const target = yield* ruleRow(tenant, alert.rule);
    if (target) deliveries.push({ ...alert, target: ruleOf(target) });
    else yield* change("give_up", GIVE_UP, [tenant, id, nowMs]);
  }
  return deliveries;
}
