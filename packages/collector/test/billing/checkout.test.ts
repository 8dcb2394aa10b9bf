import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CollectorOptions } from "../../src/index.ts";
import { type Client, startClient } from "../client.ts";
import { type Account, accountWith, DAY_MS, machineClocks, register, tell } from "./account.ts";
import {
  completedCheckout,
  PRICE,
  type StripeStandIn,
  startStripe,
  stripeEvent,
} from "./stripe-stand-in.ts";

let machine: ReturnType<typeof machineClocks>;
let stripe: StripeStandIn;
let client: Client;
let account: Account;

function start(more: Partial<CollectorOptions> = {}): Promise<Client> {
  const { clock, uptime } = machine;
  return startClient({ trialDays: 14, clock, uptime, env: stripe.env, ...more });
}

const checkout = (headers = account.key) => client.request("POST", "/v1/checkout", { headers });

describe("with Stripe configured", () => {
  beforeEach(async () => {
    machine = machineClocks();
    stripe = await startStripe(machine.clock);
    client = await start();
    account = await register(client);
  });

  afterEach(async () => {
    await client.stop();
    await stripe.close();
  });

  test("a checkout is a subscription to the configured price, and tells nobody's name", async () => {
    const page = await checkout();
    expect(page.status).toBe(200);
    expect(page.body).toEqual({
      checkout_url: `https://pay/${page.body.checkout_id}`,
      checkout_id: expect.stringMatching(/^cs_test_/),
      expires_at: "2026-03-02T12:00:00.000Z",
    });
    const [asked] = stripe.requests;
    expect(asked?.parameters).toEqual({
      mode: "subscription",
      "line_items[0][price]": PRICE,
      "line_items[0][quantity]": "1",
      success_url: `${client.collector.url}/upgrade?paid=1`,
      cancel_url: `${client.collector.url}/upgrade`,
      client_reference_id: account.id,
      "metadata[caum_account]": account.id,
      "subscription_data[metadata][caum_account]": account.id,
    });
    expect(asked?.headers.authorization).toBe("Bearer sk_test_of_the_stand_in");
    expect(JSON.stringify(asked?.headers)).not.toContain("telemetry");
  });

  test("asking again, also many at once, gives the same page", async () => {
    const pages = await Promise.all(Array.from({ length: 8 }, () => checkout()));
    const ids = new Set(pages.map(({ body }) => body.checkout_id));
    expect(ids.size).toBe(1);
    expect(stripe.pages).toBe(1);
    const asked = stripe.requests.length;
    expect((await checkout()).body).toEqual(pages[0]?.body);
    expect(stripe.requests.length).toBe(asked);
  });

  test("an answer that was lost on its way makes no second page", async () => {
    stripe.failWith(500);
    expect((await checkout()).status).toBe(200);
    const keys = stripe.requests.map(({ headers }) => headers["idempotency-key"]);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });

  test("accounts do not share pages", async () => {
    const other = await register(client, "other@b.example");
    const [one, two] = [await checkout(), await checkout(other.key)];
    expect(one.body.checkout_id).not.toBe(two.body.checkout_id);
  });

  test("a page that ran out is followed by a new one", async () => {
    const first = await checkout();
    machine.wait(DAY_MS);
    const second = await checkout();
    expect(second.status).toBe(200);
    expect(second.body.checkout_id).not.toBe(first.body.checkout_id);
    expect((await checkout()).body.checkout_id).toBe(second.body.checkout_id);
    expect(stripe.pages).toBe(2);
  });

  test("a page that the provider closed is followed by a new one", async () => {
    const first = await checkout();
    const closed = completedCheckout(account.id, first.body.checkout_id);
    const created = Math.floor(machine.wallMs / 1_000);
    await tell(
      client,
      stripeEvent("checkout.session.expired", closed, { created }),
      machine.wallMs,
    );
    expect((await account.usage()).plan).toBe("trial");
    expect((await checkout()).body.checkout_id).not.toBe(first.body.checkout_id);
  });

  test("a provider that fails costs nothing and can be asked again", async () => {
    stripe.failWith(500, 500, 500);
    const failed = await checkout();
    expect(failed.status).toBe(503);
    expect(failed.body.error.code).toBe("UNAVAILABLE");
    expect(failed.headers.get("retry-after")).not.toBeNull();
    expect(failed.text).not.toContain("sk_test");
    expect((await checkout()).status).toBe(200);
    expect(stripe.pages).toBe(1);
  });

  test("whoever pays already is not asked again", async () => {
    const created = Math.floor(machine.wallMs / 1_000);
    const paid = completedCheckout(account.id);
    await tell(
      client,
      stripeEvent("checkout.session.completed", paid, { created }),
      machine.wallMs,
    );
    expect((await checkout()).status).toBe(409);
    expect(stripe.requests).toHaveLength(0);
  });

  test("a key that may not administer the account cannot make a page", async () => {
    const made = await client.post("/v1/keys", { scopes: ["read"] }, account.key);
    const reader = accountWith(client, account.id, made.body.api_key);
    expect((await checkout(reader.key)).status).toBe(403);
    expect((await checkout({} as Record<string, string>)).status).toBe(401);
    expect(stripe.requests).toHaveLength(0);
  });

  test("a trial that is over can still be paid for", async () => {
    machine.wait(14 * DAY_MS);
    expect((await account.step("s", 1)).status).toBe(402);
    expect((await checkout()).status).toBe(200);
  });
});

test("the page that a 402 leads to says what to do, and loads nothing", async () => {
  machine = machineClocks();
  stripe = await startStripe(machine.clock);
  const [paid, free] = [await start(), await startClient({ env: {} })];
  const open = await paid.get("/upgrade", {});
  expect(open.text).toContain(`curl -X POST ${paid.collector.url}/v1/checkout`);
  expect(open.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect((await paid.get("/upgrade?paid=1", {})).text).toContain("Thank you");
  expect((await free.get("/upgrade?paid=1", {})).text).toContain("ask who runs it");
  await Promise.all([paid.stop(), free.stop(), stripe.close()]);
});

test("without Stripe checkout and webhook say that billing is not configured", async () => {
  const plain = await startClient({ env: {} });
  for (const answer of [
    await plain.post("/v1/checkout", {}),
    await plain.post("/v1/stripe/webhook", {}, { "stripe-signature": "t=1,v1=00" }),
  ]) {
    expect(answer.status).toBe(501);
    expect(answer.body).toEqual({
      error: {
        code: "billing_not_configured",
        message:
          "this collector takes no payments: whoever runs it lets accounts go on with caum up --without-trials",
      },
    });
  }
  expect((await plain.post("/v1/checkout", {}, {})).status).toBe(401);
  await plain.stop();
});

test("half a configuration is refused at the start, with what is missing", async () => {
  const env = { CAUM_STRIPE_SECRET_KEY: "sk_test_1", CAUM_STRIPE_PRICE: "price_1" };
  await expect(startClient({ env })).rejects.toThrow(
    "billing is half configured: set CAUM_STRIPE_WEBHOOK_SECRET as well",
  );
});
