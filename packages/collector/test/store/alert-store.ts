/** A store under test with rules, sessions that fire them, and somebody who takes what is due. */
import { afterEach, beforeEach, expect } from "vitest";
import type { EventIntake, EventOutcome } from "../../src/ingest/intake.ts";
import type { AlertRule, ClaimedDelivery, DeliveryOutcome } from "../../src/rows/alert-rows.ts";
import type { Store } from "../../src/store/store.ts";
import type { StoreUnderTest } from "../store-contract.ts";

export const KEYS = { digestKeyId: "test", digestKeyCommitment: "c".repeat(64) };
export const NOW = Date.parse("2026-01-01T00:00:00Z");
export const LEASE_MS = 20_000;

export function ruleOf(id: string, more: Partial<AlertRule> = {}): AlertRule {
  return {
    id,
    condition: "class=hard_alert",
    actionType: "webhook",
    destination: "https://hooks.example.com/secret",
    cooldownMs: 300_000,
    dwellSteps: 0,
    secretVersion: 1,
    secretRotatedMs: undefined,
    createdMs: NOW,
    ...more,
  };
}

/** Equal events are a loop: the fourth fires `class=hard_alert`. */
export function event(
  tenant: number,
  sessionId: string,
  more: Partial<EventIntake> = {},
): EventIntake {
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

export function call(status: "pending" | "ok", durationMs?: number): EventIntake["draft"] {
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

/** Opened before each test and closed after it. */
export function alertStore(open: () => Promise<StoreUnderTest>) {
  let subject: StoreUnderTest;
  beforeEach(async () => {
    subject = await open();
  });
  afterEach(() => subject.dispose());

  const store = () => subject.store;
  const peer = () => subject.peer ?? subject.store;
  const history = (tenant = 1, limit = 100) => store().reader.alerts(tenant, { limit });

  async function submit(intake: EventIntake, node: Store = store()): Promise<EventOutcome> {
    const outcome = await node.submit(intake);
    if (outcome.kind !== "event") throw new Error(`not accepted: ${JSON.stringify(outcome)}`);
    return outcome;
  }

  async function addRules(tenant: number, ...rules: readonly AlertRule[]): Promise<void> {
    const added = await store().administer({ kind: "add_rules", tenant, rules, max: 50 });
    expect(added).toEqual({ kind: "done", value: rules.length });
  }

  async function loop(tenant: number, sessionId: string): Promise<number[]> {
    const fired = [];
    for (let at = 0; at < 6; at++)
      fired.push((await submit(event(tenant, sessionId))).rulesFired.length);
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
    const claimed = await (more.node ?? store()).claimDeliveries({
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
    return store().administer({ kind: "settle_delivery", tenant, id, attempt, nowMs, outcome });
  }

  /** The one delivery that is there. */
  async function claimOne(nowMs: number): Promise<ClaimedDelivery> {
    const [delivery, ...others] = await claim(nowMs);
    expect(others).toEqual([]);
    if (delivery === undefined) throw new Error("nothing is due");
    return delivery;
  }

  async function reopen(): Promise<void> {
    subject = await subject.reopen();
  }

  return { store, peer, reopen, history, submit, addRules, loop, claim, claimOne, settle };
}
