/** What every store must do about alerts: fire once, hand out once, forget nothing. */
import { describe, expect, test } from "vitest";
import { alertStore, call, event, KEYS, NOW, ruleOf } from "./store/alert-store.ts";
import { deliveryContract } from "./store/delivery-contract.ts";
import type { StoreUnderTest } from "./store-contract.ts";

export function alertContract(open: () => Promise<StoreUnderTest>): void {
  deliveryContract(open);
  describe("alerts", () => {
    const { store, peer, reopen, history, submit, addRules, loop, claim, claimOne, settle } =
      alertStore(open);

    test("a rule fires with the event that meets it, once, for its own tenant", async () => {
      await addRules(1, ruleOf("rule_a"));
      expect(await loop(2, "s")).toEqual([0, 0, 0, 0, 0, 0]);
      expect(await loop(1, "s")).toEqual([0, 0, 0, 1, 0, 0]);
      expect(await history(2)).toEqual([]);
      expect(await history()).toMatchObject([
        {
          rule: "rule_a",
          status: "due",
          attempts: 0,
          firedMs: NOW,
          dueMs: NOW,
          settledMs: undefined,
          problem: undefined,
          facts: {
            condition: "class=hard_alert",
            maskedDestination: "https://hooks.example.com/...",
            sessionId: "s",
            agent: "agent",
            team: "team",
            taskTag: null,
            step: 4,
            regime: "LOOP",
            tier: "T5",
            costNanoUsd: 20,
            isTest: false,
          },
        },
      ]);
    });

    test("what fired is remembered when the store was opened again", async () => {
      await addRules(1, ruleOf("rule_a", { cooldownMs: 0 }));
      await loop(1, "s");
      await reopen();
      expect(await loop(1, "s")).toEqual([0, 0, 0, 0, 0, 0]);
      expect(await history()).toHaveLength(1);
    });

    test("events that come to two nodes at once fire once", async () => {
      await addRules(1, ruleOf("rule_a"), ruleOf("rule_b", { condition: "steps>3" }));
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, at) => submit(event(1, "s"), at % 2 ? store() : peer())),
      );
      expect(outcomes.flatMap(({ rulesFired }) => rulesFired)).toHaveLength(2);
      expect(await history()).toHaveLength(2);
    });

    test("an event that is sent again is answered as before and fires nothing", async () => {
      await addRules(1, ruleOf("rule_a"));
      for (let at = 0; at < 3; at++) await submit(event(1, "s"));
      const claimed = event(1, "s", {
        claim: { eventId: "550e8400-e29b-41d4-a716-446655440000", body: "b" },
      });
      expect(await submit(claimed)).toMatchObject({
        how: "appended",
        rulesFired: ["class=hard_alert"],
      });
      expect(await submit(claimed, peer())).toMatchObject({
        how: "repeated",
        rulesFired: ["class=hard_alert"],
      });
      expect(await history()).toHaveLength(1);
    });

    test("a job that fails beside it takes the alert of no other with it", async () => {
      await addRules(1, ruleOf("rule_a"));
      const bad = event(1, "s", {
        draft: {
          category: "tool_api",
          sourceTimestamp: new Date(NOW).toISOString(),
          payload: { toolName: "\ud800", status: "ok" },
        },
      });
      const intakes = [1, 2, 3, 4].flatMap(() => [event(1, "s"), bad]);
      const outcomes = await Promise.all(intakes.map((intake) => store().submit(intake)));
      expect(outcomes.filter(({ kind }) => kind === "refused")).toHaveLength(4);
      expect(await history()).toHaveLength(1);
    });

    test("a call that is open for too long fires when its time has come", async () => {
      await addRules(1, ruleOf("rule_a", { condition: "open_call>120" }));
      const pending = await submit(event(1, "s", { draft: call("pending", 60_000) }));
      expect(pending.rulesFired).toEqual([]);
      expect(await history()).toEqual([]);
      expect(await claim(NOW + 59_999)).toEqual([]);
      expect(await claimOne(NOW + 60_000)).toMatchObject({ firedMs: NOW + 60_000, attempts: 1 });
      expect(await history()).toMatchObject([{ status: "due", firedMs: NOW + 60_000 }]);
    });

    test("a call that is answered in time fires nothing", async () => {
      await addRules(1, ruleOf("rule_a", { condition: "open_call>120" }));
      await submit(event(1, "s", { draft: call("pending", 60_000) }));
      await submit(event(1, "s", { draft: call("ok") }), peer());
      expect(await claim(NOW + 1e9)).toEqual([]);
      const late = await submit(event(1, "s2", { draft: call("pending", 120_000) }));
      expect(late.rulesFired).toEqual(["open_call>120"]);
    });

    test("a record that makes a rule hold and opens a call of the same rule loses neither", async () => {
      const condition = "cost>1 or open_call>120";
      await addRules(1, ruleOf("rule_a", { condition }));
      const payload = { toolName: "t", status: "pending", toolCallId: "one", durationMs: 60_000 };
      const sourceTimestamp = new Date(NOW).toISOString();
      const paid = { ...payload, costNanoUsd: 2_000_000_000 } as const;
      const draft = { category: "tool_api", sourceTimestamp, payload: paid } as const;
      // A draft is checked by the door.
      const pending = event(1, "s", { draft: draft as never });
      expect((await submit(pending)).rulesFired).toEqual([condition]);
      const first = await claimOne(NOW);
      expect(first.firedMs).toBe(NOW);
      await settle(first, NOW, { kind: "delivered" });
      expect((await claimOne(NOW + 60_000)).firedMs).toBe(NOW + 60_000);
    });

    test("a call of no server is none of the servers of its session", async () => {
      await addRules(1, ruleOf("rule_a", { condition: "open_call>60 and server=github" }));
      const of = (status: "ok" | "pending", toolCallId: string, serverTag?: string) => {
        const payload = { toolName: "t", status, toolCallId, ...(serverTag && { serverTag }) };
        const sourceTimestamp = new Date(NOW).toISOString();
        return event(1, "s", { draft: { category: "tool_api", sourceTimestamp, payload } });
      };
      await submit(of("ok", "one", "github"));
      await submit(of("pending", "two"));
      expect(await claim(NOW + 1e9)).toEqual([]);
      await submit(of("pending", "three", "github"));
      expect(await claim(NOW + 1e9)).toHaveLength(1);
    });

    test("a call that is open when the session ends fires nothing", async () => {
      await addRules(1, ruleOf("rule_a", { condition: "open_call>120" }));
      await submit(event(1, "s", { draft: call("pending", 60_000) }));
      const end = { kind: "end", tenant: 1, receivedMs: NOW, sessionId: "s", keys: KEYS } as const;
      expect(await peer().submit(end)).toMatchObject({ kind: "head" });
      expect(await claim(NOW + 1e9)).toEqual([]);
    });

    test("a rule that is deleted fires and sends no more", async () => {
      await addRules(1, ruleOf("rule_a"), ruleOf("rule_b", { condition: "open_call>120" }));
      await loop(1, "s");
      await submit(event(1, "s", { draft: call("pending") }));
      for (const id of ["rule_a", "rule_b"]) {
        const deletion = { kind: "delete_rule", tenant: 1, id, nowMs: NOW + 1 } as const;
        expect(await store().administer({ ...deletion, tenant: 2 })).toMatchObject({
          code: "NOT_FOUND",
        });
        expect(await store().administer(deletion)).toMatchObject({ kind: "done" });
      }
      expect(await store().reader.alertRules(1)).toEqual([]);
      expect(await claim(NOW + 1e9)).toEqual([]);
      const [dead, ...others] = await history();
      expect(dead).toMatchObject({ status: "dead", problem: "rule_deleted", settledMs: NOW + 1 });
      expect(others).toEqual([]);
      const replay = { kind: "replay_alert", tenant: 1, id: dead?.id ?? "", nowMs: NOW } as const;
      expect(await store().administer(replay)).toMatchObject({ code: "CONFLICT" });
      expect(await loop(1, "s2")).toEqual([0, 0, 0, 0, 0, 0]);
    });

    test("rules are added all or none, up to a limit, and rotate their secret", async () => {
      await addRules(1, ruleOf("rule_a"));
      const rules = [ruleOf("rule_b", { createdMs: NOW + 1 }), ruleOf("rule_c")];
      const add = { kind: "add_rules", tenant: 1, rules, max: 2 } as const;
      expect(await store().administer(add)).toMatchObject({ code: "CONFLICT" });
      expect(await store().reader.alertRules(1)).toEqual([ruleOf("rule_a")]);
      expect(await store().administer({ ...add, max: 3 })).toMatchObject({ kind: "done" });
      expect((await store().reader.alertRules(1)).map(({ id }) => id)).toEqual([
        "rule_a",
        "rule_c",
        "rule_b",
      ]);
      const rotate = {
        kind: "rotate_rule_secret",
        tenant: 1,
        id: "rule_a",
        nowMs: NOW + 7,
      } as const;
      expect(await store().administer(rotate)).toEqual({ kind: "done", value: 2 });
      expect(await store().administer({ ...rotate, tenant: 2 })).toMatchObject({
        code: "NOT_FOUND",
      });
      const [rule] = await store().reader.alertRules(1);
      expect(rule).toMatchObject({ secretVersion: 2, secretRotatedMs: NOW + 7 });
    });

    test("a destination is replaced where it is still the one that was read", async () => {
      await addRules(2, ruleOf("rule_a"));
      const { destination } = ruleOf("rule_a");
      const open = () => store().reader.openRules();
      expect(await open()).toEqual([{ tenant: 2, id: "rule_a", destination }]);
      const seal = { kind: "seal_rule", tenant: 2, id: "rule_a", to: "sealed:AAAA:shown" } as const;
      await store().administer({ ...seal, from: "https://other.example.com/" });
      expect(await open()).toHaveLength(1);
      await store().administer({ ...seal, from: destination });
      expect(await open()).toEqual([]);
      await loop(2, "s");
      expect(await history(2)).toMatchObject([{ facts: { maskedDestination: "shown" } }]);
    });

    test("a test needs its rule, and no session", async () => {
      await addRules(1, ruleOf("rule_a"));
      await loop(1, "s");
      const [made] = await history();
      if (made === undefined) throw new Error("nothing fired");
      const { tenant, facts, firedMs } = made;
      const alert = {
        tenant,
        id: "alert_test",
        rule: "rule_a",
        session: undefined,
        status: "due",
        firedMs,
        facts: { ...facts, isTest: true },
      } as const;
      expect(await store().administer({ kind: "add_alert", alert })).toMatchObject({
        kind: "done",
      });
      const orphan = { ...alert, id: "alert_orphan", rule: "rule_gone" };
      expect(await store().administer({ kind: "add_alert", alert: orphan })).toMatchObject({
        code: "NOT_FOUND",
      });
      expect((await history()).map(({ id }) => id)).toContain("alert_test");
    });
  });
}
