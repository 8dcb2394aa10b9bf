import type { DatabaseSync } from "node:sqlite";
import type { BillingRow, Subscription } from "../../../rows/billing-rows.ts";
import { checkoutOf, subscriptionOf } from "../../billing-columns.ts";
import { integer } from "../../columns.ts";

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
