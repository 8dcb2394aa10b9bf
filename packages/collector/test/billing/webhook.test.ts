import { afterEach, beforeEach, expect, test } from "vitest";
import { type Client, startClient } from "../client.ts";
import { type Account, accountWith, DAY_MS, machineClocks, register, tell } from "./account.ts";
import {
  completedCheckout,
  failedInvoice,
  type StripeStandIn,
  signatureOf,
  startStripe,
  stripeEvent,
  subscriptionIn,
} from "./stripe-stand-in.ts";

const TOLERANCE_MS = 300_000;

let machine: ReturnType<typeof machineClocks>;
let stripe: StripeStandIn;
let client: Client;
let account: Account;

beforeEach(async () => {
  machine = machineClocks();
  stripe = await startStripe(machine.clock);
  client = await startClient({ ...clocks(), trialDays: 14, env: stripe.env });
  account = await register(client);
});

afterEach(async () => {
  await client.stop();
  await stripe.close();
});

function clocks() {
  return { clock: machine.clock, uptime: machine.uptime };
}

/** The provider says something now; each message is of a later second. */
async function say(type: string, object: object, id?: string) {
  machine.wait(1_000);
  const created = Math.floor(machine.wallMs / 1_000);
  const event = stripeEvent(type, object, { created, ...(id !== undefined && { id }) });
  return { event, answer: await tell(client, event, machine.wallMs) };
}

async function planNow() {
  const { plan, subscription } = await account.usage();
  return { plan, subscription };
}

test("the plan follows the signed messages through the life of a subscription", async () => {
  const { answer } = await say("checkout.session.completed", completedCheckout(account.id));
  expect(answer.body).toEqual({ received: true, applied: true });
  expect(await planNow()).toEqual({ plan: "paid", subscription: "active" });
  await say("invoice.payment_failed", failedInvoice(account.id));
  expect(await planNow()).toEqual({ plan: "paid", subscription: "past_due" });
  await say("customer.subscription.updated", subscriptionIn(account.id, "active"));
  expect(await planNow()).toEqual({ plan: "paid", subscription: "active" });
  await say("customer.subscription.updated", subscriptionIn(account.id, "unpaid"));
  expect(await planNow()).toEqual({ plan: "trial", subscription: "unpaid" });
  await say("customer.subscription.updated", subscriptionIn(account.id, "active"));
  await say("customer.subscription.deleted", subscriptionIn(account.id, "active"));
  expect(await planNow()).toEqual({ plan: "trial", subscription: "canceled" });
});

test("paying lifts a 402 at once, and ending the subscription brings it back", async () => {
  machine.wait(14 * DAY_MS);
  expect((await account.step("s", 1)).status).toBe(402);
  await say("checkout.session.completed", completedCheckout(account.id));
  expect((await account.step("s", 1)).status).toBe(200);
  await say("customer.subscription.deleted", subscriptionIn(account.id, "canceled"));
  expect((await account.step("s", 2)).status).toBe(402);
});

test("a message is applied once, also over a restart and when it is signed anew", async () => {
  const { event } = await say("checkout.session.completed", completedCheckout(account.id));
  await say("customer.subscription.deleted", subscriptionIn(account.id, "canceled"));
  for (let again = 0; again < 3; again++) {
    expect((await tell(client, event, machine.wallMs)).body).toMatchObject({ applied: false });
  }
  const { folder } = client;
  await client.collector.close();
  client = await startClient({ ...clocks(), data: folder, trialDays: 14, env: stripe.env });
  account = accountWith(client, account.id, account.apiKey);
  expect((await tell(client, event, machine.wallMs)).body).toMatchObject({ applied: false });
  expect((await planNow()).plan).toBe("trial");
});

test("nothing changes without the provider's signature over these very bytes", async () => {
  const created = Math.floor(machine.wallMs / 1_000);
  const event = stripeEvent("checkout.session.completed", completedCheckout(account.id), {
    created,
  });
  const payload = JSON.stringify(event);
  const good = signatureOf(payload, machine.wallMs);
  const send = (body: string, header?: string) =>
    client.post(
      "/v1/stripe/webhook",
      body,
      header === undefined ? {} : { "stripe-signature": header },
    );
  const forged = [
    await send(payload),
    await send(payload, ""),
    await send(payload, "t=1,v1=00"),
    await send(payload, signatureOf(payload, machine.wallMs, "whsec_guessed")),
    await send(` ${payload}`, good),
    await send(payload.replace("paid", "owed"), good),
    await send(payload, signatureOf(payload, machine.wallMs - TOLERANCE_MS - 1_000)),
    await send("", signatureOf("", machine.wallMs)),
    await send("{", signatureOf("{", machine.wallMs)),
  ];
  for (const answer of forged) {
    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain(account.id);
  }
  expect((await planNow()).plan).toBe("trial");
  const late = signatureOf(payload, machine.wallMs - TOLERANCE_MS + 1_000);
  expect((await send(payload, late)).body).toMatchObject({ applied: true });
});

test("spaces and escapes in a message change nothing about its signature", async () => {
  const created = Math.floor(machine.wallMs / 1_000);
  const event = stripeEvent("checkout.session.completed", completedCheckout(account.id), {
    created,
  });
  const payload = JSON.stringify(event, null, 3).replaceAll("paid", "p\\u0061id");
  const header = { "stripe-signature": signatureOf(payload, machine.wallMs) };
  const answer = await client.post("/v1/stripe/webhook", payload, header);
  expect(answer.body).toEqual({ received: true, applied: true });
});

test("an old message that arrives late does not undo a newer one", async () => {
  const at = (offset: number) => Math.floor(machine.wallMs / 1_000) + offset;
  const active = stripeEvent(
    "customer.subscription.updated",
    subscriptionIn(account.id, "active"),
    {
      created: at(-20),
    },
  );
  const over = stripeEvent(
    "customer.subscription.deleted",
    subscriptionIn(account.id, "canceled"),
    {
      created: at(-10),
    },
  );
  await tell(client, over, machine.wallMs);
  await tell(client, active, machine.wallMs);
  expect((await planNow()).plan).toBe("trial");
});

test("a payment that takes days gives the plan when it has come", async () => {
  const session = { ...completedCheckout(account.id), payment_status: "unpaid" };
  await say("checkout.session.completed", session);
  expect((await planNow()).plan).toBe("trial");
  await say("checkout.session.async_payment_succeeded", completedCheckout(account.id));
  expect((await planNow()).plan).toBe("paid");
});

test("what is not ours, or of a form that is not known, is taken and changes nothing", async () => {
  const theirs = { ...completedCheckout(account.id), metadata: {} };
  for (const { answer } of [
    await say("checkout.session.completed", theirs),
    await say("checkout.session.completed", completedCheckout("01ARZ3NDEKTSV4RRFFQ69G5FAV")),
    await say("customer.subscription.updated", subscriptionIn(account.id, "of_tomorrow")),
    await say("invoice.payment_failed", { id: "in_1" }),
    await say("charge.refunded", { id: "ch_1" }),
  ]) {
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ received: true, applied: false });
  }
  expect(await planNow()).toEqual({ plan: "trial", subscription: null });
});

test("messages of Stripe's older versions are read as well", async () => {
  await say("checkout.session.completed", completedCheckout(account.id));
  const { metadata } = completedCheckout(account.id);
  const old = { id: "in_1", subscription: "sub_1", subscription_details: { metadata } };
  await say("invoice.payment_failed", old);
  expect(await planNow()).toEqual({ plan: "paid", subscription: "past_due" });
});

test("a message about one account changes no other", async () => {
  const other = await register(client, "other@b.example");
  await say("checkout.session.completed", completedCheckout(account.id));
  expect((await other.usage()).plan).toBe("trial");
});

test("what is signed but has a form that we do not know changes nothing, and is not asked for again", async () => {
  const type = "customer.subscription.updated";
  const data = { object: { id: "sub", status: "active", metadata: { caum_account: account.id } } };
  const odd = [
    null,
    [],
    { id: "1", type, created: 1 },
    { id: "2", type, created: 1, data: null },
    { id: "3", type, created: 1.5, data },
    { id: "4", type, created: "soon", data },
    { id: { a: 1 }, type, created: 1, data },
  ];
  for (const event of odd) {
    const payload = JSON.stringify(event);
    const headers = { "stripe-signature": signatureOf(payload, machine.wallMs) };
    const answer = await client.post("/v1/stripe/webhook", payload, headers);
    expect(answer.status, payload).toBe(200);
    expect(answer.body).toEqual({ received: true, applied: false });
  }
});
