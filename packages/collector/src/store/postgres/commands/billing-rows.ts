import type { BillingRow, Subscription } from "../../../rows/billing-rows.ts";
import { checkoutOf, subscriptionOf } from "../../billing-columns.ts";
import { integer } from "../../columns.ts";
import type { Transaction } from "../database.ts";

/** What is known of an account's subscriptions and its checkout. */
export async function readBilling(transaction: Transaction, tenant: number): Promise<BillingRow> {
  const sql = "select * from checkouts where tenant = $1";
  const [row] = await transaction.rows("read_checkout", sql, [tenant]);
  return {
    subscriptions: await readSubscriptions(transaction, tenant),
    attempt: row === undefined ? 0 : integer(row, "attempt"),
    checkout: row && checkoutOf(row),
  };
}

export async function readSubscriptions(
  transaction: Transaction,
  tenant: number,
): Promise<readonly Subscription[]> {
  const sql = "select id, status, changed_s from subscriptions where tenant = $1 order by id";
  const rows = await transaction.rows("read_subscriptions", sql, [tenant]);
  return rows.map(subscriptionOf);
}
