/** Stripe Checkout and its webhook, by the `stripe` package, which is loaded only when configured. */
import { sha256 } from "@caum/core/collector";
import type Stripe from "stripe";
import type { Checkout } from "../rows/billing-rows.ts";
import {
  type CheckoutOrder,
  type PaymentMessage,
  type Payments,
  SignatureError,
} from "./payments.ts";
import { ACCOUNT, messageOf } from "./stripe-message.ts";
import { type StripeSettings, stripeSettings } from "./stripe-settings.ts";

const TIMEOUT_MS = 10_000;
const RETRIES = 2;
/** Older messages are refused, in seconds: as Stripe's own libraries do. */
const TOLERANCE_S = 300;

/**
 * @returns undefined when billing is not configured
 * @throws {Error} when it is half configured, or the package `stripe` is not installed
 */
export async function openPayments(
  env: Readonly<Record<string, string | undefined>>,
): Promise<Payments | undefined> {
  const settings = stripeSettings(env);
  if (settings === undefined) return undefined;
  const { default: StripeClient } = await loadStripe();
  return new StripePayments(new StripeClient(settings.secretKey, optionsOf(settings)), settings);
}

async function loadStripe(): Promise<typeof import("stripe")> {
  try {
    return await import("stripe");
  } catch {
    throw new Error("billing is configured, but its package is missing: npm install stripe");
  }
}

function optionsOf({ apiUrl }: StripeSettings) {
  return {
    telemetry: false,
    timeout: TIMEOUT_MS,
    maxNetworkRetries: RETRIES,
    ...(apiUrl && {
      host: apiUrl.hostname.replace(/^\[|\]$/g, ""),
      port: apiUrl.port || (apiUrl.protocol === "http:" ? 80 : 443),
      protocol: apiUrl.protocol === "http:" ? ("http" as const) : ("https" as const),
    }),
  };
}

class StripePayments implements Payments {
  readonly #stripe: Stripe;
  readonly #settings: StripeSettings;

  constructor(stripe: Stripe, settings: StripeSettings) {
    this.#stripe = stripe;
    this.#settings = settings;
  }

  async createCheckout(order: CheckoutOrder): Promise<Checkout> {
    const metadata = { [ACCOUNT]: order.account };
    const parameters: Stripe.Checkout.SessionCreateParams = {
      mode: "subscription",
      line_items: [{ price: this.#settings.price, quantity: 1 }],
      success_url: order.successUrl,
      cancel_url: order.cancelUrl,
      client_reference_id: order.account,
      metadata,
      subscription_data: { metadata },
    };
    // Stripe answers the same key with the same session, and refuses it with other parameters.
    const idempotencyKey = sha256(JSON.stringify([order.attempt, parameters]));
    const created = await this.#stripe.checkout.sessions.create(parameters, { idempotencyKey });
    if (created.url === null) throw new Error("the checkout has no page");
    return { session: created.id, url: created.url, expiresMs: created.expires_at * 1_000 };
  }

  async readMessage(
    body: Buffer,
    signature: string,
    nowMs: number,
  ): Promise<PaymentMessage | undefined> {
    return messageOf(this.#verified(body, signature, nowMs));
  }

  #verified(body: Buffer, signature: string, nowMs: number): Stripe.Event {
    const { webhookSecret: secret } = this.#settings;
    const { webhooks } = this.#stripe;
    try {
      return webhooks.constructEvent(body, signature, secret, TOLERANCE_S, undefined, nowMs);
    } catch {
      // What the library says of it would repeat the message.
      throw new SignatureError();
    }
  }
}
