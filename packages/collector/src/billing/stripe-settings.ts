/** What the operator says about Stripe, by environment. */
export interface StripeSettings {
  readonly secretKey: string;
  /** Signs what Stripe sends to the webhook. */
  readonly webhookSecret: string;
  /** Id of the recurring price that an account subscribes to. */
  readonly price: string;
  /** Another address than Stripe's own, for a stand-in. */
  readonly apiUrl: URL | undefined;
}

const NEEDED = {
  secretKey: "CAUM_STRIPE_SECRET_KEY",
  webhookSecret: "CAUM_STRIPE_WEBHOOK_SECRET",
  price: "CAUM_STRIPE_PRICE",
} as const;

const API_URL = "CAUM_STRIPE_API_URL";

/**
 * @returns undefined when nothing is said about Stripe
 * @throws {Error} when only a part is said, because half a configuration takes money and gives nothing
 */
export function stripeSettings(
  env: Readonly<Record<string, string | undefined>>,
): StripeSettings | undefined {
  const names = Object.values(NEEDED);
  const missing = names.filter((name) => !env[name]);
  if (missing.length === names.length) return undefined;
  if (missing.length > 0) {
    throw new Error(`billing is half configured: set ${missing.join(" and ")} as well`);
  }
  const apiUrl = env[API_URL];
  if (apiUrl && !URL.canParse(apiUrl)) throw new Error(`${API_URL} is no URL`);
  const told = (name: keyof typeof NEEDED) => env[NEEDED[name]] ?? "";
  return {
    secretKey: told("secretKey"),
    webhookSecret: told("webhookSecret"),
    price: told("price"),
    apiUrl: apiUrl ? new URL(apiUrl) : undefined,
  };
}
