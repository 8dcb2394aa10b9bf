import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Served, serve } from "../served.ts";
import { completedCheckout, signatureOf, stripeEvent, WEBHOOK_SECRET } from "./stripe-stand-in.ts";

const ENV = {
  CAUM_STRIPE_SECRET_KEY: "sk_test_1",
  CAUM_STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
  CAUM_STRIPE_PRICE: "price_1",
};

function tell({ url }: Served, payload: string) {
  const headers = {
    "content-type": "application/json",
    "stripe-signature": signatureOf(payload, Date.now()),
  };
  return fetch(`${url}/v1/stripe/webhook`, { method: "POST", headers, body: payload });
}

test("a message that was answered survives a kill, and is not applied again", async () => {
  const folder = mkdtempSync(join(tmpdir(), "caum-webhook-"));
  let served = await serve(folder, ENV);
  const made = await served.post("/v1/register", { email: "a@b.example" });
  const { account_id, api_key } = (await made.json()) as { account_id: string; api_key: string };
  const created = Math.floor(Date.now() / 1_000);
  const event = stripeEvent("checkout.session.completed", completedCheckout(account_id), {
    created,
  });
  const payload = JSON.stringify(event);
  expect(await (await tell(served, payload)).json()).toEqual({ received: true, applied: true });
  await served.kill("SIGKILL");
  served = await serve(folder, ENV);
  const headers = { authorization: `Bearer ${api_key}` };
  const usage = await (await fetch(`${served.url}/v1/usage`, { headers })).json();
  expect(usage).toMatchObject({ plan: "paid", subscription: "active" });
  expect(await (await tell(served, payload)).json()).toEqual({ received: true, applied: false });
  await served.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});
