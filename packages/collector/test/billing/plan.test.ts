import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Subscription, SubscriptionChange } from "../../src/rows/billing-rows.ts";
import { afterChange, PAID, planWith, SELF_HOSTED, TRIAL } from "../../src/rows/plan.ts";

const said = (status: SubscriptionChange["status"], changedS: number): SubscriptionChange => ({
  id: "sub_1",
  status,
  changedS,
});

function after(changes: readonly SubscriptionChange[]): Subscription | undefined {
  let known: Subscription | undefined;
  for (const change of changes) known = afterChange(known, change) ?? known;
  return known;
}

/** One life of a subscription, as Stripe tells it; each message is of another second. */
const LIFE: readonly SubscriptionChange[] = [
  said("incomplete", 10),
  said("active", 11),
  said("past_due", 20),
  said("active", 25),
  said("unpaid", 40),
  said("canceled", 50),
];

describe("the state of a subscription", () => {
  test("does not depend on the order in which messages arrive", () => {
    const orders = fc.shuffledSubarray([...LIFE], { minLength: LIFE.length });
    fc.assert(
      fc.property(orders, (messages) => {
        expect(after(messages)?.status).toBe("canceled");
      }),
    );
    const running = fc.shuffledSubarray(LIFE.slice(0, 4), { minLength: 4 });
    fc.assert(
      fc.property(running, (messages) => {
        expect(after(messages)?.status).toBe("active");
      }),
    );
  });

  test("does not come back once it is over", () => {
    expect(after([said("canceled", 5), said("active", 9)])?.status).toBe("canceled");
  });

  test("is not paid by a payment that failed", () => {
    expect(after([said("payment_failed", 5)])).toBeUndefined();
    expect(after([said("incomplete", 5), said("payment_failed", 6)])?.status).toBe("incomplete");
    expect(after([said("active", 5), said("payment_failed", 6)])?.status).toBe("past_due");
  });

  test("is the later one where two messages are of one second", () => {
    expect(after([said("active", 5), said("incomplete", 5)])?.status).toBe("active");
    expect(after([said("incomplete", 5), said("active", 5)])?.status).toBe("active");
  });
});

describe("the plan of an account", () => {
  const with_ = (...statuses: Subscription["status"][]) =>
    statuses.map((status, at): Subscription => ({ id: `sub_${at}`, status, changedS: at }));

  test("is paid while any of its subscriptions is", () => {
    expect(planWith(with_("canceled", "active"), true)).toBe(PAID);
    expect(planWith(with_("past_due"), true)).toBe(PAID);
    expect(planWith(with_("trialing"), false)).toBe(PAID);
  });

  test("is what it was before when none is", () => {
    for (const status of ["canceled", "unpaid", "incomplete", "paused"] as const) {
      expect(planWith(with_(status), true)).toBe(TRIAL);
      expect(planWith(with_(status), false)).toBe(SELF_HOSTED);
    }
  });
});
