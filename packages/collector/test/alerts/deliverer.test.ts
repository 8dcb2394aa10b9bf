import { afterEach, beforeEach, expect, test } from "vitest";
import { MAX_ATTEMPTS, waitAfter } from "../../src/alerts/backoff.ts";
import { Deliverer, type DelivererParts } from "../../src/alerts/deliverer.ts";
import { DELIVERED, failed } from "../../src/alerts/send/attempt.ts";
import { trialAlert } from "../../src/alerts/trial-alert.ts";
import type { AlertRule, ClaimedDelivery } from "../../src/rows/alert-rows.ts";
import { openSqlite } from "../store/open-sqlite.ts";
import type { StoreUnderTest } from "../store-contract.ts";
import { eventually } from "./receiver.ts";

/** Longer than any test: what is not asked for is not looked for. */
const SELDOM = { pollMs: 600_000, drainMs: 50 };
const NOW = Date.parse("2026-01-01T00:00:00Z");

let subject: StoreUnderTest;
let deliverers: Deliverer[];
beforeEach(async () => {
  subject = await openSqlite();
  deliverers = [];
});
afterEach(async () => {
  await Promise.all(deliverers.map((each) => each.stop()));
  await subject.dispose();
});

function deliver(send: DelivererParts["send"], more: Partial<DelivererParts> = {}): Deliverer {
  const deliverer = new Deliverer({
    store: subject.store,
    send,
    clock: () => NOW,
    random: () => 0.5,
    onFailure: () => {},
    timing: { pollMs: 5, drainMs: 50 },
    ...more,
  });
  deliverers.push(deliverer);
  deliverer.start();
  return deliverer;
}

/** So many alerts of one rule, all due. */
async function fire(rule: string, count: number): Promise<void> {
  const made: AlertRule = {
    id: rule,
    condition: "steps>0",
    actionType: "webhook",
    destination: "https://hooks.example.com/",
    cooldownMs: 0,
    dwellSteps: 0,
    secretVersion: 1,
    secretRotatedMs: undefined,
    createdMs: NOW,
  };
  await subject.store.administer({ kind: "add_rules", tenant: 1, rules: [made], max: 50 });
  for (let at = 0; at < count; at++) {
    const id = Buffer.alloc(16, `${rule} ${at}`);
    const alert = trialAlert(1, made, id, NOW);
    await subject.store.administer({ kind: "add_alert", alert });
  }
}

const statuses = async () =>
  (await subject.store.reader.alerts(1, { limit: 100 })).map(({ status }) => status);

test("two deliverers on the same data bring every alert out once", async () => {
  await fire("rule_a", 30);
  await fire("rule_b", 30);
  const sent: string[] = [];
  for (let node = 0; node < 2; node++) {
    deliver(async ({ id }) => {
      sent.push(id);
      return DELIVERED;
    });
  }
  await eventually(statuses, (all) => all.every((status) => status === "delivered"));
  expect(sent).toHaveLength(60);
  expect(new Set(sent).size).toBe(60);
});

test("a target has one attempt at a time until it took one, then eight", async () => {
  await fire("rule_a", 40);
  const open: (() => void)[] = [];
  const send = async () => {
    await new Promise<void>((resolve) => open.push(resolve));
    return DELIVERED;
  };
  // Nothing but what was claimed says that there is more.
  deliver(send, { timing: SELDOM });
  await eventually(
    () => open.length,
    (length) => length > 0,
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(open).toHaveLength(1);
  open[0]?.();
  await eventually(
    () => open.length,
    (length) => length === 9,
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(open).toHaveLength(9);
  const finish = setInterval(() => open.forEach((resolve) => void resolve()), 5);
  await eventually(statuses, (all) => all.every((status) => status === "delivered"));
  clearInterval(finish);
});

test("what becomes due while a claim is under way is claimed by the next one", async () => {
  const { store } = subject;
  let claims = 0;
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const deliverer = deliver(async () => DELIVERED, {
    timing: SELDOM,
    store: {
      administer: (command) => store.administer(command),
      async claimDeliveries(claim) {
        const claimed = await store.claimDeliveries(claim);
        claims += 1;
        if (claims === 1) await held;
        return claimed;
      },
    },
  });
  await eventually(
    () => claims,
    (count) => count === 1,
  );
  await fire("rule_a", 1);
  deliverer.wake();
  release();
  await eventually(statuses, (all) => all.every((status) => status === "delivered"));
});

test("stopping gives up what hangs, and makes it due again", async () => {
  await fire("rule_a", 1);
  let isUnderWay = false;
  const deliverer = deliver((_delivery, { signal }) => {
    isUnderWay = true;
    return new Promise((resolve) => {
      signal.addEventListener("abort", () => resolve(failed("timeout")));
    });
  });
  await eventually(
    () => isUnderWay,
    (seen) => seen,
  );
  await deliverer.stop();
  expect(await subject.store.reader.alerts(1, { limit: 1 })).toMatchObject([
    { status: "due", dueMs: NOW, attempts: 1, problem: "stopped" },
  ]);
});

test("an attempt that throws harms no other, and is repeated when its lease is over", async () => {
  await fire("rule_a", 1);
  await fire("rule_b", 1);
  let nowMs = NOW;
  const failures: Error[] = [];
  const sent: ClaimedDelivery[] = [];
  const parts = { clock: () => nowMs, onFailure: (failure: Error) => void failures.push(failure) };
  deliver(async (delivery) => {
    sent.push(delivery);
    if (sent.length === 1) throw new Error("a mistake of ours");
    return DELIVERED;
  }, parts);
  await eventually(
    () => sent.length,
    (length) => length === 2,
  );
  expect(failures.map(({ message }) => message)).toEqual(["a mistake of ours"]);
  nowMs += 20_000;
  await eventually(statuses, (all) => all.every((status) => status === "delivered"));
  expect(sent).toHaveLength(3);
});

test("waits grow from 5 s to a day, a fifth to either side, and end after nine attempts", () => {
  const seconds = Array.from({ length: MAX_ATTEMPTS }, (_, at) => {
    const wait = waitAfter(at + 1, 0.5);
    return wait === undefined ? undefined : wait / 1_000;
  });
  expect(seconds).toEqual([5, 30, 120, 900, 3_600, 14_400, 43_200, 86_400, undefined]);
  expect(waitAfter(1, 0)).toBe(4_000);
  expect(waitAfter(1, 1)).toBe(6_000);
});
