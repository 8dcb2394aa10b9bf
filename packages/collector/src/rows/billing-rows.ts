/** What is kept about plans: the service clock, subscriptions and the open checkout. */

/** How far the time of trials has come; both only grow. */
export interface ServiceClockRow {
  /** Time that counts against trials, in milliseconds since 1970 as the first start had it. */
  readonly serviceMs: number;
  /** The latest that the machine's clock ever said. */
  readonly highMs: number;
}

/** States of a subscription, in Stripe's words. */
export const SUBSCRIPTION_STATUSES = [
  "active",
  "trialing",
  "past_due",
  "incomplete",
  "incomplete_expired",
  "canceled",
  "unpaid",
  "paused",
] as const;

export type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number];

export interface Subscription {
  readonly id: string;
  readonly status: SubscriptionStatus;
  /** When the provider says that it became so, in seconds since 1970. */
  readonly changedS: number;
}

/** What a signed message says of a subscription; a payment that failed is no state by itself. */
export interface SubscriptionChange {
  readonly id: string;
  readonly status: SubscriptionStatus | "payment_failed";
  readonly changedS: number;
}

/** A page of the payment provider where an account can subscribe. */
export interface Checkout {
  readonly session: string;
  readonly url: string;
  readonly expiresMs: number;
}

export interface BillingRow {
  readonly subscriptions: readonly Subscription[];
  /** Counts the checkouts of the account; part of what makes asking again idempotent. */
  readonly attempt: number;
  readonly checkout: Checkout | undefined;
}

export type BillingCommand =
  | {
      /** Keeps the greater of what is stored and what is given; of all tenants. */
      readonly kind: "save_service_clock";
      readonly clock: ServiceClockRow;
    }
  | {
      /** Remembers an open checkout; one of an earlier attempt never replaces a later one. */
      readonly kind: "save_checkout";
      readonly tenant: number;
      readonly attempt: number;
      readonly checkout: Checkout;
    }
  | {
      /** Applies a signed message once; answers 0 when it was applied before. */
      readonly kind: "apply_billing";
      readonly tenant: number;
      readonly eventId: string;
      readonly receivedMs: number;
      readonly change?: SubscriptionChange;
      /** The checkout that is over with it. */
      readonly closesCheckout?: string;
    };
