/** Rows of subscriptions and open checkouts, as both databases hold them. */
import type { Checkout, Subscription } from "../../rows/billing-rows.ts";
import { integer, optional, type Row, text } from "./columns.ts";

export function subscriptionOf(row: Row): Subscription {
  return {
    id: text(row, "id"),
    // Only `applyBilling` writes the column.
    status: text(row, "status") as Subscription["status"],
    changedS: integer(row, "changed_s"),
  };
}

/** Undefined once the checkout is over. */
export function checkoutOf(row: Row): Checkout | undefined {
  const session = optional(row, "session", text);
  if (session === undefined) return undefined;
  return { session, url: text(row, "url"), expiresMs: integer(row, "expires_ms") };
}
