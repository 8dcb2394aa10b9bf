/** Stripe's checkout on loopback: keeps its rules about idempotency, and signs its messages. */
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import Stripe from "stripe";

export const WEBHOOK_SECRET = "whsec_of_the_stand_in";
export const PRICE = "price_of_the_stand_in";

export interface StripeRequest {
  readonly headers: IncomingMessage["headers"];
  readonly parameters: Readonly<Record<string, string>>;
}

export interface StripeStandIn {
  readonly env: Readonly<Record<string, string>>;
  readonly requests: readonly StripeRequest[];
  /** How many pages were made; the same key twice is one page. */
  readonly pages: number;
  /** What the next requests are answered with, before it works again. */
  failWith(...statuses: number[]): void;
  close(): Promise<void>;
}

const DAY_S = 86_400;

export async function startStripe(nowMs: () => number): Promise<StripeStandIn> {
  const requests: StripeRequest[] = [];
  const known = new Map<string, { readonly digest: string; readonly page: object }>();
  const failures: number[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const text = await textOf(request);
    requests.push({
      headers: request.headers,
      parameters: Object.fromEntries(new URLSearchParams(text)),
    });
    const send = (status: number, body: object) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    const failure = failures.shift();
    if (failure !== undefined) return send(failure, { error: { type: "api_error" } });
    if (request.url !== "/v1/checkout/sessions") return send(404, { error: { type: "invalid" } });
    const key = String(request.headers["idempotency-key"]);
    const digest = createHash("sha256").update(text).digest("hex");
    const before = known.get(key);
    if (before && before.digest !== digest) {
      return send(400, { error: { type: "idempotency_error", message: "other parameters" } });
    }
    const id = `cs_test_${randomBytes(8).toString("hex")}`;
    const expires = Math.floor(nowMs() / 1_000) + DAY_S;
    const page = { id, object: "checkout.session", expires_at: expires, url: `https://pay/${id}` };
    if (!before) known.set(key, { digest, page });
    send(200, before?.page ?? page);
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // A listening TCP server has one.
  return {
    env: {
      CAUM_STRIPE_SECRET_KEY: "sk_test_of_the_stand_in",
      CAUM_STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
      CAUM_STRIPE_PRICE: PRICE,
      CAUM_STRIPE_API_URL: `http://127.0.0.1:${port}`,
    },
    requests,
    get pages() {
      return known.size;
    },
    failWith: (...statuses) => failures.push(...statuses),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}

/** The header that Stripe's own library makes for a message. */
export function signatureOf(payload: string, atMs: number, secret = WEBHOOK_SECRET): string {
  const timestamp = Math.floor(atMs / 1_000);
  return new Stripe("sk_test").webhooks.generateTestHeaderString({ payload, secret, timestamp });
}

let events = 0;

/** An event as Stripe sends it. */
export function stripeEvent(
  type: string,
  object: object,
  more: { readonly id?: string; readonly created: number },
) {
  const id = more.id ?? `evt_${++events}`;
  return { id, object: "event", type, created: more.created, data: { object } };
}

export const completedCheckout = (account: string, session = "cs_1", subscription = "sub_1") => ({
  id: session,
  object: "checkout.session",
  mode: "subscription",
  payment_status: "paid",
  subscription,
  client_reference_id: account,
  metadata: { caum_account: account },
});

export const subscriptionIn = (account: string, status: string, id = "sub_1") => ({
  id,
  object: "subscription",
  status,
  metadata: { caum_account: account },
});

export const failedInvoice = (account: string, subscription = "sub_1") => ({
  id: "in_1",
  object: "invoice",
  parent: {
    type: "subscription_details",
    subscription_details: { subscription, metadata: { caum_account: account } },
  },
});
