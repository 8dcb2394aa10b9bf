/** What a payment provider does for the collector; Stripe is the one there is. */
import type { Checkout, SubscriptionChange } from "../rows/billing-rows.ts";

export interface CheckoutOrder {
  /** Public id of the account. */
  readonly account: string;
  /** Counts the checkouts of the account: the same attempt is the same page. */
  readonly attempt: number;
  readonly successUrl: string;
  readonly cancelUrl: string;
}

/** What a signed message says about one of our accounts. */
export interface PaymentMessage {
  readonly id: string;
  readonly account: string;
  readonly change?: SubscriptionChange;
  readonly closesCheckout?: string;
}

/** The provider's signature does not fit the message, or the message is too old. */
export class SignatureError extends Error {
  override readonly name = "SignatureError";

  constructor() {
    super("the signature does not fit this message, or the message is too old");
  }
}

export interface Payments {
  /** @throws when the provider does not answer or refuses */
  createCheckout(order: CheckoutOrder): Promise<Checkout>;
  /**
   * @param body the bytes exactly as they came
   * @returns undefined when the message is about nothing of ours
   * @throws {SignatureError} when it is not the provider who says it, or not now
   */
  readMessage(body: Buffer, signature: string, nowMs: number): Promise<PaymentMessage | undefined>;
}
