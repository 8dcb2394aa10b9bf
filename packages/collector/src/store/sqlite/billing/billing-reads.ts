import type { DatabaseSync } from "node:sqlite";
import type { BillingRow, Checkout, Subscription } from "../../../rows/billing-rows.ts";
import { integer, optional, type Row, text } from "../../columns.ts";

/** What is known of an account's subscriptions and its checkout. */
export function billingOf(database: DatabaseSync, tenant: number): BillingRow {
  const row = database.prepare("select * from checkouts where tenant = ?").get(tenant);
  return {
    subscriptions: subscriptionsOf(database, tenant),
    attempt: row === undefined ? 0 : integer(row, "attempt"),
    checkout: row && checkoutOf(row),
  };
}

export function subscriptionsOf(database: DatabaseSync, tenant: number): readonly Subscription[] {
  const sql = "select id, status, changed_s from subscriptions where tenant = ? order by id";
  return database.prepare(sql).all(tenant).map(subscriptionOf);
}

function subscriptionOf(row: Row): Subscription {
  return {
    id: text(row, "id"),
    // Only `applyBilling` writes the column.
    status: text(row, "status") as Subscription["status"],
    changedS: integer(row, "changed_s"),
  };
}

/** Undefined once the checkout is over. */
function checkoutOf(row: Row): Checkout | undefined {
  const session = optional(row, "session", text);
  if (session === undefined) return undefined;
  return { session, url: text(row, "url"), expiresMs: integer(row, "expires_ms") };
}
