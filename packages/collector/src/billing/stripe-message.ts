/** Stripe's messages as what they say of one of our accounts. */
import { z } from "zod";
import { SUBSCRIPTION_STATUSES, type SubscriptionChange } from "../rows/billing-rows.ts";
import type { PaymentMessage } from "./payments.ts";

/**
 * Metadata that this collector puts on what it makes. A `client_reference_id` would not do: where a
 * Stripe account has payment links as well, their visitors choose it.
 */
export const ACCOUNT = "caum_account";

const metadata = z.object({ [ACCOUNT]: z.string().optional() }).nullish();
/** An id, or the whole object where the endpoint expands it. */
const reference = z.union([z.string(), z.object({ id: z.string() })]).nullish();

const checkoutSession = z.object({
  id: z.string(),
  payment_status: z.string(),
  subscription: reference,
  metadata,
});
const subscription = z.object({
  id: z.string(),
  status: z.enum(SUBSCRIPTION_STATUSES),
  metadata,
});
const details = z.object({ subscription: reference, metadata }).nullish();
/** Before and since the version 2025-03-31 of Stripe's API. */
const invoice = z.object({
  subscription: reference,
  subscription_details: details,
  parent: z.object({ subscription_details: details }).nullish(),
});

/** What of an event is read; the signature vouches for it, the version of the API is not ours. */
const stripeEvent = z.object({
  id: z.string(),
  type: z.string(),
  /** Seconds since 1970. */
  created: z.int().nonnegative(),
  data: z.object({ object: z.unknown() }),
});

type StripeEvent = z.output<typeof stripeEvent>;

interface Said {
  readonly account: string | undefined;
  readonly change?: SubscriptionChange | undefined;
  readonly closesCheckout?: string;
}

const NOTHING: Said = { account: undefined };

/** @returns undefined for what is about nothing of ours, or has another form than we know */
export function messageOf(sent: unknown): PaymentMessage | undefined {
  const { data: event } = stripeEvent.safeParse(sent);
  if (event === undefined) return undefined;
  const { account, change, closesCheckout } = said(event) ?? {};
  if (account === undefined || (change === undefined && closesCheckout === undefined)) {
    return undefined;
  }
  return {
    id: event.id,
    account,
    ...(change && { change }),
    ...(closesCheckout !== undefined && { closesCheckout }),
  };
}

function said({ type, created, data }: StripeEvent): Said | undefined {
  switch (type) {
    case "checkout.session.completed":
    case "checkout.session.async_payment_succeeded":
      return ofCheckout(data.object, created);
    case "checkout.session.expired":
      return { ...(ofCheckout(data.object, created) ?? NOTHING), change: undefined };
    case "customer.subscription.created":
    case "customer.subscription.updated":
    case "customer.subscription.deleted":
    case "customer.subscription.paused":
    case "customer.subscription.resumed":
      return ofSubscription(data.object, created, type.endsWith(".deleted"));
    case "invoice.payment_failed":
      return ofFailedInvoice(data.object, created);
    default:
      return undefined;
  }
}

function ofCheckout(object: unknown, changedS: number): Said | undefined {
  const { data: session } = checkoutSession.safeParse(object);
  if (session === undefined) return undefined;
  const id = idOf(session.subscription);
  // Some ways to pay take days: then the money is announced, and comes with a message of its own.
  const isPaid = session.payment_status !== "unpaid";
  return {
    account: session.metadata?.[ACCOUNT],
    closesCheckout: session.id,
    change: isPaid && id !== undefined ? { id, status: "active", changedS } : undefined,
  };
}

function ofSubscription(object: unknown, changedS: number, isOver: boolean): Said | undefined {
  const { data } = subscription.safeParse(object);
  if (data === undefined) return undefined;
  const status = isOver ? "canceled" : data.status;
  return { account: data.metadata?.[ACCOUNT], change: { id: data.id, status, changedS } };
}

function ofFailedInvoice(object: unknown, changedS: number): Said | undefined {
  const { data } = invoice.safeParse(object);
  const told = data?.parent?.subscription_details ?? data?.subscription_details;
  const id = idOf(told?.subscription ?? data?.subscription);
  if (id === undefined) return undefined;
  return {
    account: told?.metadata?.[ACCOUNT],
    change: { id, status: "payment_failed", changedS },
  };
}

function idOf(value: z.output<typeof reference>): string | undefined {
  return typeof value === "string" ? value : value?.id;
}
