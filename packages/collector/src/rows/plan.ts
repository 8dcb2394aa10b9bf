/** Which plan an account has: decided here, whatever the store is made of. */

import type { Subscription, SubscriptionChange, SubscriptionStatus } from "./billing-rows.ts";
import type { TenantRow } from "./tenant-rows.ts";

/** What accounts on one's own machine may do: everything, for ever. */
export const SELF_HOSTED = "self_hosted";
export const TRIAL = "trial";
export const PAID = "paid";

/** While a payment is late the provider asks again by itself; it says when it gives up. */
const PAYING: ReadonlySet<SubscriptionStatus> = new Set(["active", "trialing", "past_due"]);
/** A subscription never comes back from here; a new one has a new id. */
const OVER: ReadonlySet<SubscriptionStatus> = new Set(["canceled", "incomplete_expired"]);

/**
 * A subscription after a message about it. Messages may arrive late and in any order: what is older
 * than what is known, or about a subscription that is over, changes nothing.
 *
 * @returns undefined when nothing changes
 */
export function afterChange(
  known: Subscription | undefined,
  { id, status, changedS }: SubscriptionChange,
): Subscription | undefined {
  if (known && (OVER.has(known.status) || changedS < known.changedS)) return undefined;
  if (status === "payment_failed") {
    return known && PAYING.has(known.status) ? { id, status: "past_due", changedS } : undefined;
  }
  // Only a new subscription is incomplete: of two messages of one second this is the older one.
  if (known && status === "incomplete") return undefined;
  return { id, status, changedS };
}

/** @param hadTrial whether the account began with a trial, to which it falls back */
export function planWith(subscriptions: readonly Subscription[], hadTrial: boolean): string {
  if (subscriptions.some(({ status }) => PAYING.has(status))) return PAID;
  return hadTrial ? TRIAL : SELF_HOSTED;
}

/** Whether the account is on a trial that has run out. */
export function isTrialOver(owner: TenantRow, serviceMs: number): boolean {
  const { plan, trialEndsMs } = owner;
  return plan === TRIAL && trialEndsMs !== undefined && trialEndsMs <= serviceMs;
}
