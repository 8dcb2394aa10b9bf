/** What every store must do about what fired: hand it out once, and forget nothing. */
import { describe, expect, test } from "vitest";
import type { StoreUnderTest } from "../store-contract.ts";
import { alertStore, event, LEASE_MS, NOW, ruleOf } from "./alert-store.ts";

export function deliveryContract(open: () => Promise<StoreUnderTest>): void {
  describe("deliveries", () => {
    const { store, peer, history, submit, addRules, loop, claim, claimOne, settle } =
      alertStore(open);

    test("no alert is handed out twice while its lease runs, and each is after it", async () => {
      await addRules(1, ruleOf("rule_a"));
      await loop(1, "s");
      const both = await Promise.all([claim(NOW), claim(NOW, { node: peer() })]);
      expect(both.flat()).toHaveLength(1);
      expect(await claim(NOW + LEASE_MS - 1, { node: peer() })).toEqual([]);
      const again = await claimOne(NOW + LEASE_MS);
      expect(again).toMatchObject({ id: both.flat()[0]?.id, attempts: 2 });
      expect(again.target).toEqual(ruleOf("rule_a"));
    });

    test("rules stand side by side: one alert of each, and none of those that are busy", async () => {
      await addRules(1, ruleOf("rule_a"), ruleOf("rule_b"));
      await addRules(2, ruleOf("rule_c"));
      for (const id of ["s1", "s2", "s3"]) await loop(1, id);
      await loop(2, "s");
      const first = await claim(NOW);
      expect(first.map(({ rule }) => rule).toSorted()).toEqual(["rule_a", "rule_b", "rule_c"]);
      expect(await claim(NOW, { busy: ["rule_a"], limit: 1 })).toMatchObject([{ rule: "rule_b" }]);
      const rest = await claim(NOW, { busy: ["rule_a", "rule_b"] });
      expect(rest).toEqual([]);
    });

    test("what is delivered is over; an older attempt changes nothing about it", async () => {
      await addRules(1, ruleOf("rule_a"));
      await loop(1, "s");
      const first = await claimOne(NOW);
      const second = await claimOne(NOW + LEASE_MS);
      await settle(second, NOW + LEASE_MS, { kind: "delivered" });
      await settle(first, NOW + LEASE_MS, { kind: "dead", problem: "timeout" });
      expect(await claim(NOW + 1e9)).toEqual([]);
      expect(await history()).toMatchObject([
        { status: "delivered", attempts: 2, settledMs: NOW + LEASE_MS, problem: undefined },
      ]);
    });

    test("an attempt whose lease was over does not move a later one", async () => {
      await addRules(1, ruleOf("rule_a"));
      await loop(1, "s");
      const first = await claimOne(NOW);
      const second = await claimOne(NOW + LEASE_MS);
      await settle(first, NOW, { kind: "retry", dueMs: NOW + 1e9, problem: "timeout" });
      await settle(second, NOW, { kind: "retry", dueMs: NOW + LEASE_MS + 5, problem: "http_500" });
      const [alert] = await history();
      expect(alert).toMatchObject({ dueMs: NOW + LEASE_MS + 5, problem: "http_500" });
      expect(await claimOne(NOW + LEASE_MS + 5)).toMatchObject({ attempts: 3, problem: undefined });
    });

    test("a dead letter is found, and replayed under the same id", async () => {
      await addRules(1, ruleOf("rule_a"));
      await loop(1, "s");
      const delivery = await claimOne(NOW);
      const { id } = delivery;
      const replay = { kind: "replay_alert", tenant: 1, id, nowMs: NOW + 9 } as const;
      expect(await store().administer(replay)).toMatchObject({ code: "CONFLICT" });
      await settle(delivery, NOW, { kind: "dead", problem: "http_404" });
      expect(await claim(NOW + 1e9)).toEqual([]);
      expect(await store().reader.alerts(1, { limit: 9, status: "dead" })).toMatchObject([
        { id, problem: "http_404", settledMs: NOW },
      ]);
      expect(await store().reader.alerts(1, { limit: 9, status: "due" })).toEqual([]);
      expect(await store().administer({ ...replay, tenant: 2 })).toMatchObject({
        code: "NOT_FOUND",
      });
      expect(await store().administer(replay)).toMatchObject({ kind: "done" });
      expect(await claimOne(NOW + 9)).toMatchObject({ id, attempts: 1 });
    });

    test("history is read page by page, newest first", async () => {
      await addRules(1, ruleOf("rule_a"));
      for (let at = 0; at < 5; at++) {
        for (let step = 0; step < 4; step++) {
          await submit(event(1, `s${at}`, { receivedMs: NOW + Math.floor(at / 2) }));
        }
      }
      const all = await history();
      expect(all.map(({ firedMs }) => firedMs - NOW)).toEqual([2, 1, 1, 0, 0]);
      const pages = [];
      let after: { readonly firedMs: number; readonly id: string } | undefined;
      for (let page = 0; page < 3; page++) {
        const alerts = await store().reader.alerts(1, { limit: 2, after });
        pages.push(...alerts.map(({ id }) => id));
        after = alerts.at(-1);
      }
      expect(pages).toEqual(all.map(({ id }) => id));
    });

    test("a deleted session takes its alerts with it, and old ones are forgotten", async () => {
      await addRules(1, ruleOf("rule_a"));
      await loop(1, "kept");
      await loop(1, "deleted");
      await store().administer({ kind: "delete_session", tenant: 1, sessionId: "deleted" });
      expect(await history()).toMatchObject([{ facts: { sessionId: "kept" } }]);
      await settle(await claimOne(NOW), NOW + 10, { kind: "delivered" });
      await store().administer({ kind: "expire_alerts", settledBeforeMs: NOW + 10 });
      expect(await history()).toHaveLength(1);
      await store().administer({ kind: "expire_alerts", settledBeforeMs: NOW + 11 });
      expect(await history()).toEqual([]);
    });
  });
}
