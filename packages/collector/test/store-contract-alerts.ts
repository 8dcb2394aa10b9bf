/** What every store must do about alerts: fire once, hand out once, forget nothing. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AlertRule, ClaimedDelivery, DeliveryOutcome } from "../src/alerts/alert-rows.ts";
import type { EventIntake, EventOutcome } from "../src/ingest/intake.ts";
import type { Store } from "../src/store/store.ts";
import type { StoreUnderTest } from "./store-contract.ts";

const KEYS = { digestKeyId: "test", digestKeyCommitment: "c".repeat(64) };
const NOW = Date.parse("2026-01-01T00:00:00Z");
const LEASE_MS = 20_000;

function ruleOf(id: string, more: Partial<AlertRule> = {}): AlertRule {
  return {
    id,
    condition: "class=hard_alert",
    actionType: "webhook",
    destination: "https://hooks.example.com/secret",
    cooldownMs: 300_000,
    secretVersion: 1,
    secretRotatedMs: undefined,
    createdMs: NOW,
    ...more,
  };
}

/** Equal events are a loop: the fourth fires `class=hard_alert`. */
function event(tenant: number, sessionId: string, more: Partial<EventIntake> = {}): EventIntake {
  return {
    kind: "event",
    tenant,
    receivedMs: NOW,
    sessionId,
    facts: { agentId: "agent", team: "team" },
    keys: KEYS,
    draft: {
      category: "tool_api",
      sourceTimestamp: new Date(NOW).toISOString(),
      payload: { toolName: "tool", status: "ok", stateId: "state", costNanoUsd: 5 },
    },
    asksRoot: false,
    ...more,
  };
}

function call(status: "pending" | "ok", durationMs?: number): EventIntake["draft"] {
  return {
    category: "tool_api",
    sourceTimestamp: new Date(NOW).toISOString(),
    payload: {
      toolName: "slow",
      status,
      toolCallId: "d".repeat(64),
      ...(durationMs !== undefined && { durationMs, durationIsBound: "lower" }),
    },
  };
}

export function alertContract(open: () => Promise<StoreUnderTest>): void {
  describe("alerts", () => {
    let subject: StoreUnderTest;
    let store: Store;
    beforeEach(async () => {
      subject = await open();
      store = subject.store;
    });
    afterEach(() => subject.dispose());

    const peer = () => subject.peer ?? store;
    const history = (tenant = 1, limit = 100) => store.reader.alerts(tenant, { limit });

    async function submit(intake: EventIntake, node: Store = store): Promise<EventOutcome> {
      const outcome = await node.submit(intake);
      if (outcome.kind !== "event") throw new Error(`not accepted: ${JSON.stringify(outcome)}`);
      return outcome;
    }

    async function addRules(tenant: number, ...rules: readonly AlertRule[]): Promise<void> {
      const added = await store.administer({ kind: "add_rules", tenant, rules, max: 50 });
      expect(added).toEqual({ kind: "done", value: rules.length });
    }

    async function loop(tenant: number, sessionId: string): Promise<number[]> {
      const fired = [];
      for (let at = 0; at < 6; at++)
        fired.push((await submit(event(tenant, sessionId))).alertsFired);
      return fired;
    }

    async function claim(
      nowMs: number,
      more: {
        readonly node?: Store;
        readonly busy?: readonly string[];
        readonly limit?: number;
      } = {},
    ): Promise<readonly ClaimedDelivery[]> {
      const claimed = await (more.node ?? store).claimDeliveries({
        kind: "claim_deliveries",
        nowMs,
        leaseMs: LEASE_MS,
        limit: more.limit ?? 100,
        busyRules: more.busy ?? [],
      });
      if (claimed.kind !== "claimed") throw new Error("not claimed");
      return claimed.deliveries;
    }

    function settle(delivery: ClaimedDelivery, nowMs: number, outcome: DeliveryOutcome) {
      const { tenant, id, attempts: attempt } = delivery;
      return store.administer({ kind: "settle_delivery", tenant, id, attempt, nowMs, outcome });
    }

    /** The one delivery that is there. */
    async function claimOne(nowMs: number): Promise<ClaimedDelivery> {
      const [delivery, ...others] = await claim(nowMs);
      expect(others).toEqual([]);
      if (delivery === undefined) throw new Error("nothing is due");
      return delivery;
    }

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
      subject = await subject.reopen();
      store = subject.store;
      expect(await loop(1, "s")).toEqual([0, 0, 0, 0, 0, 0]);
      expect(await history()).toHaveLength(1);
    });

    test("events that come to two nodes at once fire once", async () => {
      await addRules(1, ruleOf("rule_a"), ruleOf("rule_b", { condition: "steps>3" }));
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, at) => submit(event(1, "s"), at % 2 ? store : peer())),
      );
      expect(outcomes.reduce((sum, { alertsFired }) => sum + alertsFired, 0)).toBe(2);
      expect(await history()).toHaveLength(2);
    });

    test("an event that is sent again is answered as before and fires nothing", async () => {
      await addRules(1, ruleOf("rule_a"));
      for (let at = 0; at < 3; at++) await submit(event(1, "s"));
      const claimed = event(1, "s", {
        claim: { eventId: "550e8400-e29b-41d4-a716-446655440000", body: "b" },
      });
      expect(await submit(claimed)).toMatchObject({ how: "appended", alertsFired: 1 });
      expect(await submit(claimed, peer())).toMatchObject({ how: "repeated", alertsFired: 1 });
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
      const outcomes = await Promise.all(intakes.map((intake) => store.submit(intake)));
      expect(outcomes.filter(({ kind }) => kind === "refused")).toHaveLength(4);
      expect(await history()).toHaveLength(1);
    });

    test("a call that is open for too long fires when its time has come", async () => {
      await addRules(1, ruleOf("rule_a", { condition: "open_call>120" }));
      const pending = await submit(event(1, "s", { draft: call("pending", 60_000) }));
      expect(pending.alertsFired).toBe(0);
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
      expect(late.alertsFired).toBe(1);
    });

    test("a call that is open when the session ends fires nothing", async () => {
      await addRules(1, ruleOf("rule_a", { condition: "open_call>120" }));
      await submit(event(1, "s", { draft: call("pending", 60_000) }));
      const end = { kind: "end", tenant: 1, receivedMs: NOW, sessionId: "s", keys: KEYS } as const;
      expect(await peer().submit(end)).toMatchObject({ kind: "head" });
      expect(await claim(NOW + 1e9)).toEqual([]);
    });

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
      expect(await store.administer(replay)).toMatchObject({ code: "CONFLICT" });
      await settle(delivery, NOW, { kind: "dead", problem: "http_404" });
      expect(await claim(NOW + 1e9)).toEqual([]);
      expect(await store.reader.alerts(1, { limit: 9, status: "dead" })).toMatchObject([
        { id, problem: "http_404", settledMs: NOW },
      ]);
      expect(await store.reader.alerts(1, { limit: 9, status: "due" })).toEqual([]);
      expect(await store.administer({ ...replay, tenant: 2 })).toMatchObject({ code: "NOT_FOUND" });
      expect(await store.administer(replay)).toMatchObject({ kind: "done" });
      expect(await claimOne(NOW + 9)).toMatchObject({ id, attempts: 1 });
    });

    test("a rule that is deleted fires and sends no more", async () => {
      await addRules(1, ruleOf("rule_a"), ruleOf("rule_b", { condition: "open_call>120" }));
      await loop(1, "s");
      await submit(event(1, "s", { draft: call("pending") }));
      for (const id of ["rule_a", "rule_b"]) {
        const deletion = { kind: "delete_rule", tenant: 1, id, nowMs: NOW + 1 } as const;
        expect(await store.administer({ ...deletion, tenant: 2 })).toMatchObject({
          code: "NOT_FOUND",
        });
        expect(await store.administer(deletion)).toMatchObject({ kind: "done" });
      }
      expect(await store.reader.alertRules(1)).toEqual([]);
      expect(await claim(NOW + 1e9)).toEqual([]);
      const [dead, ...others] = await history();
      expect(dead).toMatchObject({ status: "dead", problem: "rule_deleted", settledMs: NOW + 1 });
      expect(others).toEqual([]);
      const replay = { kind: "replay_alert", tenant: 1, id: dead?.id ?? "", nowMs: NOW } as const;
      expect(await store.administer(replay)).toMatchObject({ code: "CONFLICT" });
      expect(await loop(1, "s2")).toEqual([0, 0, 0, 0, 0, 0]);
    });

    test("rules are added all or none, up to a limit, and rotate their secret", async () => {
      await addRules(1, ruleOf("rule_a"));
      const rules = [ruleOf("rule_b", { createdMs: NOW + 1 }), ruleOf("rule_c")];
      const add = { kind: "add_rules", tenant: 1, rules, max: 2 } as const;
      expect(await store.administer(add)).toMatchObject({ code: "CONFLICT" });
      expect(await store.reader.alertRules(1)).toEqual([ruleOf("rule_a")]);
      expect(await store.administer({ ...add, max: 3 })).toMatchObject({ kind: "done" });
      expect((await store.reader.alertRules(1)).map(({ id }) => id)).toEqual([
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
      expect(await store.administer(rotate)).toEqual({ kind: "done", value: 2 });
      expect(await store.administer({ ...rotate, tenant: 2 })).toMatchObject({ code: "NOT_FOUND" });
      const [rule] = await store.reader.alertRules(1);
      expect(rule).toMatchObject({ secretVersion: 2, secretRotatedMs: NOW + 7 });
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
      expect(await store.administer({ kind: "add_alert", alert })).toMatchObject({ kind: "done" });
      const orphan = { ...alert, id: "alert_orphan", rule: "rule_gone" };
      expect(await store.administer({ kind: "add_alert", alert: orphan })).toMatchObject({
        code: "NOT_FOUND",
      });
      expect((await history()).map(({ id }) => id)).toContain("alert_test");
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
        const alerts = await store.reader.alerts(1, { limit: 2, after });
        pages.push(...alerts.map(({ id }) => id));
        after = alerts.at(-1);
      }
      expect(pages).toEqual(all.map(({ id }) => id));
    });

    test("a deleted session takes its alerts with it, and old ones are forgotten", async () => {
      await addRules(1, ruleOf("rule_a"));
      await loop(1, "kept");
      await loop(1, "deleted");
      await store.administer({ kind: "delete_session", tenant: 1, sessionId: "deleted" });
      expect(await history()).toMatchObject([{ facts: { sessionId: "kept" } }]);
      await settle(await claimOne(NOW), NOW + 10, { kind: "delivered" });
      await store.administer({ kind: "expire_alerts", settledBeforeMs: NOW + 10 });
      expect(await history()).toHaveLength(1);
      await store.administer({ kind: "expire_alerts", settledBeforeMs: NOW + 11 });
      expect(await history()).toEqual([]);
    });
  });
}
