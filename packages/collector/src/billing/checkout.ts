import { DoorError, refusalError } from "../http/door-error.ts";
import type { BillingRow, Checkout } from "../rows/billing-rows.ts";
import { PAID } from "../rows/plan.ts";
import type { TenantRow } from "../rows/tenant-rows.ts";
import type { BillingParts } from "./billing-parts.ts";
import type { Payments } from "./payments.ts";

/** A page that is about to close is not handed out any more. */
const SPARE_MS = 60_000;

/**
 * The page where an account can subscribe: the open one, or a new one.
 *
 * Asking again, also at once or on another node, gives the same page: the attempt is part of what
 * the provider knows a page by, and only goes up when a page is over.
 *
 * @throws {DoorError} 501 without a provider, 409 when the account pays already, 503 when the
 * provider does not answer
 */
export async function checkout(owner: TenantRow, services: BillingParts): Promise<Checkout> {
  const payments = paymentsOf(services);
  if (owner.plan === PAID) {
    throw new DoorError("CONFLICT", "this account has a subscription already");
  }
  const { store } = services;
  const known = await store.reader.billing(owner.tenant);
  const isOpen = known.checkout && known.checkout.expiresMs - SPARE_MS > services.clock();
  if (known.checkout && isOpen) return known.checkout;
  const attempt = nextAttempt(known);
  const page = await created(owner, attempt, payments, services);
  const { tenant } = owner;
  const saved = await store.administer({ kind: "save_checkout", tenant, attempt, checkout: page });
  if (saved.kind === "refused") throw refusalError(saved.code);
  return page;
}

/** @throws {DoorError} 501 without a provider */
export function paymentsOf({ billing }: BillingParts): Payments {
  if (billing.payments !== undefined) return billing.payments;
  const message =
    "this collector takes no payments: whoever runs it lets accounts go on with caum up --without-trials";
  throw new DoorError("billing_not_configured", message);
}

/** A page that has only run out still stands under its attempt. */
function nextAttempt({ attempt, checkout: open }: BillingRow): number {
  return open === undefined ? attempt : attempt + 1;
}

async function created(
  owner: TenantRow,
  attempt: number,
  payments: Payments,
  services: BillingParts,
): Promise<Checkout> {
  const page = `${services.policy.publicUrl()}/upgrade`;
  try {
    return await payments.createCheckout({
      account: owner.ulid,
      attempt,
      successUrl: `${page}?paid=1`,
      cancelUrl: page,
    });
  } catch (failure) {
    services.onFailure(failure instanceof Error ? failure : new Error("no checkout"));
    throw new DoorError("UNAVAILABLE", "the payment provider does not answer: try again");
  }
}
