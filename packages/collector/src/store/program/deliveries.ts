/** Takes alerts that are due under a lease. */
import type {
  AlertRow,
  ClaimedDeliveries,
  ClaimedDelivery,
  DeliveryClaim,
} from "../../rows/alert-rows.ts";
import { alertOf, ruleOf } from "../columns/alert-columns.ts";
import { integer, type Row, text } from "../columns/columns.ts";
import { groupIdOf } from "../columns/contribution.ts";
import { ruleRow } from "./alert-commands.ts";
import { change, one, type Program, type Transactions, transact } from "./program.ts";

/** Whether anything is due at `$1`. */
export const ANY_DUE =
  "select 1 from alerts where status in ('armed', 'due') and due_ms <= $1 limit 1";

/** It fired while another node deleted its rule. */
const GIVE_UP = `update alerts set status = 'dead', problem = 'rule_deleted', settled_ms = $3
  where tenant = $1 and id = $2`;

/** Its loop is of a group that somebody muted. */
const HOLD_BACK = `update alerts set status = 'muted', settled_ms = $3
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
    if (target && (yield* isMuted(alert, nowMs))) {
      yield* change("hold_back", HOLD_BACK, [tenant, id, nowMs]);
    } else if (target) deliveries.push({ ...alert, target: ruleOf(target) });
    else yield* change("give_up", GIVE_UP, [tenant, id, nowMs]);
  }
  return deliveries;
}

/** A test is sent all the same: somebody waits for it. */
function* isMuted({ tenant, facts }: AlertRow, nowMs: number): Program<boolean> {
  const { agent, story, isTest } = facts;
  if (isTest || story?.pattern === undefined || story.tools === undefined) return false;
  const { rule, period } = story.pattern;
  const id = groupIdOf(agent, { rule, period, tools: story.tools });
  const sql = "select 1 from loop_groups where tenant = $1 and id = $2 and muted_until_ms > $3";
  return (yield* one("muted_group", sql, [tenant, id, nowMs])) !== undefined;
}
