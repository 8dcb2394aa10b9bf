/** What every store keeps about plans, cohorts and what is of no use any more. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { KeptSessionFacts } from "../src/ingest/intake.ts";
import type { SubscriptionChange } from "../src/rows/billing-rows.ts";
import type { KeyMaker } from "../src/rows/tenant-rows.ts";
import type { CommandAnswer } from "../src/store/command.ts";
import type { StoreUnderTest } from "./store-contract.ts";

const KEYS = { digestKeyId: "test", digestKeyCommitment: "c".repeat(64) };
const NOW = Date.parse("2026-01-01T00:00:00Z");
const DAY_MS = 86_400_000;

export function accountContract(open: () => Promise<StoreUnderTest>): void {
  let subject: StoreUnderTest;
  beforeEach(async () => {
    subject = await open();
  });
  afterEach(() => subject.dispose());

  let made = 0;
  async function tenantOf(more: { demo?: boolean; trial?: boolean } = {}): Promise<number> {
    made += 1;
    const created = await subject.store.administer({
      kind: "create_tenant",
      ulid: ulidOf(made),
      tenantKind: more.demo ? "demo" : "account",
      plan: more.trial ? "trial" : "self_hosted",
      createdMs: NOW,
      ...(more.trial && { trialEndsMs: NOW + DAY_MS }),
    });
    if (created.kind !== "done") throw new Error("no tenant");
    return created.value;
  }
  const ulidOf = (number: number) => `01ARZ3NDEKTSV4RRFFQ69G${String(number).padStart(4, "0")}`;
  const planOf = async (tenant: number) => {
    for (let number = made; number > 0; number--) {
      const row = await subject.store.reader.tenantByUlid(ulidOf(number));
      if (row?.tenant === tenant) return row.plan;
    }
    throw new Error("no such tenant");
  };

  function step(
    tenant: number,
    sessionId: string,
    facts: Partial<KeptSessionFacts> = {},
    atMs = NOW,
  ) {
    return subject.store.submit({
      kind: "event",
      tenant,
      receivedMs: atMs,
      sessionId,
      facts: { agentId: "agent", ...facts },
      keys: KEYS,
      draft: {
        category: "tool_api",
        sourceTimestamp: new Date(atMs).toISOString(),
        payload: { toolName: "tool", status: "ok", stateId: "state" },
      },
      asksRoot: false,
    });
  }

  function apply(tenant: number, eventId: string, change: SubscriptionChange) {
    const receivedMs = NOW;
    return subject.store.administer({ kind: "apply_billing", tenant, eventId, receivedMs, change });
  }

  test("the service clock keeps the greater of each, also over a restart", async () => {
    expect(await subject.store.reader.serviceClock()).toBeUndefined();
    const save = (serviceMs: number, highMs: number) =>
      subject.store.administer({ kind: "save_service_clock", clock: { serviceMs, highMs } });
    await save(20, 50);
    await save(10, 70);
    subject = await subject.reopen();
    expect(await subject.store.reader.serviceClock()).toEqual({ serviceMs: 20, highMs: 70 });
  });

  test("who made a key is kept, and absent where nobody said", async () => {
    const tenant = await tenantOf();
    const makers: readonly (KeyMaker | undefined)[] = [
      { kind: "first_start" },
      { kind: "registration" },
      { kind: "key", id: "key_0123456789abcdef" },
      { kind: "member", id: "member_0123456789abcdef" },
      undefined,
    ];
    for (const [at, maker] of makers.entries()) {
      const hash = String(at).repeat(64);
      const key = { hash, keyId: `key_${at}`, prefix: "caum_", scopes: ["read"], createdMs: NOW };
      await subject.store.administer({ kind: "add_key", tenant, ...key, maker });
    }
    subject = await subject.reopen();
    const kept = await subject.store.reader.keys(tenant);
    expect(kept.map(({ maker }) => maker)).toEqual(makers);
  });

  test("a payment message is applied once, and changes the plan with it", async () => {
    const tenant = await tenantOf({ trial: true });
    const other = await tenantOf({ trial: true });
    const active: SubscriptionChange = { id: "sub", status: "active", changedS: 5 };
    const answers = await Promise.all([1, 2, 3].map(() => apply(tenant, "evt", active)));
    expect(answers.map(appliedOf).toSorted()).toEqual([0, 0, 1]);
    expect(await planOf(tenant)).toBe("paid");
    expect(await planOf(other)).toBe("trial");
    subject = await subject.reopen();
    expect(appliedOf(await apply(tenant, "evt", active))).toBe(0);
    expect(appliedOf(await apply(other, "evt", { ...active, id: "other" }))).toBe(1);
    expect(await subject.store.reader.billing(tenant)).toEqual({
      subscriptions: [active],
      attempt: 0,
      checkout: undefined,
    });
  });

  test("an account falls back to what it was before it paid", async () => {
    const [trial, own] = [await tenantOf({ trial: true }), await tenantOf()];
    for (const tenant of [trial, own]) {
      await apply(tenant, "evt_1", { id: "sub", status: "active", changedS: 5 });
      expect(await planOf(tenant)).toBe("paid");
      await apply(tenant, "evt_2", { id: "sub", status: "canceled", changedS: 6 });
      await apply(tenant, "evt_3", { id: "sub", status: "active", changedS: 7 });
    }
    expect(await planOf(trial)).toBe("trial");
    expect(await planOf(own)).toBe("self_hosted");
  });

  test("a checkout stays until it is over, and a later one never gives way to an earlier", async () => {
    const tenant = await tenantOf();
    const pageOf = (session: string) => ({
      session,
      url: `https://pay/${session}`,
      expiresMs: NOW,
    });
    const save = (attempt: number, session: string) =>
      subject.store.administer({
        kind: "save_checkout",
        tenant,
        attempt,
        checkout: pageOf(session),
      });
    const close = (eventId: string, closesCheckout: string) =>
      subject.store.administer({
        kind: "apply_billing",
        tenant,
        eventId,
        receivedMs: NOW,
        closesCheckout,
      });
    await save(0, "one");
    await save(1, "two");
    await save(0, "one");
    expect(await subject.store.reader.billing(tenant)).toMatchObject({
      attempt: 1,
      checkout: pageOf("two"),
    });
    await close("evt_1", "one");
    expect(await subject.store.reader.billing(tenant)).toMatchObject({ attempt: 1 });
    await close("evt_2", "two");
    await close("evt_2", "two");
    expect(await subject.store.reader.billing(tenant)).toMatchObject({
      attempt: 2,
      checkout: undefined,
    });
    const neighbour = await tenantOf();
    expect(await subject.store.reader.billing(neighbour)).toMatchObject({ attempt: 0 });
  });

  test("sessions of a workflow are found by their labels, in the order they began", async () => {
    const tenant = await tenantOf();
    const workflow = "checkout flow";
    await step(tenant, "b2", { workflow, cohort: "before" }, NOW + 3);
    await step(tenant, "b1", { workflow, cohort: "before" }, NOW + 1);
    await step(tenant, "a1", { workflow, cohort: "after" }, NOW + 2);
    await step(tenant, "none", { workflow }, NOW + 4);
    await step(tenant, "other", { workflow: "another", cohort: "before" }, NOW);
    await step(await tenantOf(), "theirs", { workflow, cohort: "before" }, NOW);
    const { reader } = subject.store;
    const ids = async (filter: Parameters<typeof reader.workflowSessions>[2]) =>
      (await reader.workflowSessions(tenant, workflow, filter)).map(({ id }) => id);
    expect(await ids({ limit: 9 })).toEqual(["b1", "a1", "b2", "none"]);
    expect(await ids({ limit: 9, cohort: "before" })).toEqual(["b1", "b2"]);
    expect(await ids({ limit: 1, cohort: "before", newestFirst: true })).toEqual(["b2"]);
    expect(await reader.cohorts(tenant, workflow)).toEqual([
      { cohort: undefined, sessions: 1 },
      { cohort: "after", sessions: 1 },
      { cohort: "before", sessions: 2 },
    ]);
    await subject.store.administer({ kind: "delete_session", tenant, sessionId: "b1" });
    expect(await ids({ limit: 9, cohort: "before" })).toEqual(["b2"]);
  });

  test("labels that come at the end fill what is missing and change nothing else", async () => {
    const tenant = await tenantOf();
    const end = (sessionId: string) =>
      subject.store.submit({
        kind: "end",
        tenant,
        receivedMs: NOW,
        sessionId,
        keys: KEYS,
        labels: { workflow: "w", cohort: "after" },
      });
    await step(tenant, "marked", { workflow: "w", cohort: "before" });
    await step(tenant, "late", { workflow: "w" });
    await end("marked");
    await end("late");
    subject = await subject.reopen();
    const facts = async (id: string) => {
      const view = await subject.store.reader.session(tenant, id);
      return view && !("gone" in view) ? view.facts : undefined;
    };
    expect(await facts("marked")).toEqual({ agentId: "agent", workflow: "w", cohort: "before" });
    expect(await facts("late")).toEqual({
      agentId: "agent",
      workflow: "w",
      cohort: "after",
      isMarkedAtEnd: true,
    });
    expect(await subject.store.reader.cohorts(tenant, "w")).toEqual([
      { cohort: "after", sessions: 1 },
      { cohort: "before", sessions: 1 },
    ]);
  });

  test("what was found in a session is kept beside it, with the engine that found it", async () => {
    const tenant = await tenantOf();
    for (let at = 0; at < 10; at++) await step(tenant, "s");
    subject = await subject.reopen();
    const view = await subject.store.reader.session(tenant, "s");
    if (view === undefined || "gone" in view) throw new Error("no session");
    expect(view.figures).toMatchObject({ loops: 1, exactSteps: 10, patternSteps: 10 });
    expect(view.figures.engine).toMatch(/^\d+$/);
    expect(view.figures.workYield).toBeGreaterThan(0);
  });

  test("deleting a session takes nothing of another one in the same group with it", async () => {
    const tenant = await tenantOf();
    await step(tenant, "gone");
    await step(tenant, "kept");
    const { store } = subject;
    await Promise.all([
      step(tenant, "kept"),
      store.administer({ kind: "delete_session", tenant, sessionId: "gone" }),
    ]);
    expect(await step(tenant, "kept")).toMatchObject({ kind: "event", index: 3 });
    expect(await store.reader.session(tenant, "kept")).toMatchObject({ tree: { size: 4 } });
  });

  test("tokens that ran out and demo tenants without one are purged, and nothing else", async () => {
    const [demo, running, account] = [
      await tenantOf({ demo: true }),
      await tenantOf({ demo: true }),
      await tenantOf(),
    ];
    const { store } = subject;
    const start = (tenant: number, sessionId: string, hash: string, days: number) =>
      store.submit({
        kind: "start",
        tenant,
        receivedMs: NOW,
        sessionId,
        facts: { agentId: "agent" },
        keys: KEYS,
        token: { hash: hash.repeat(64), expiresMs: NOW + days * DAY_MS },
      });
    await start(demo, "demo", "a", 7);
    await start(running, "running", "b", 30);
    await start(account, "own", "c", 7);
    const purge = async (days: number) =>
      appliedOf(await store.administer({ kind: "purge", nowMs: NOW + days * DAY_MS }));
    expect(await purge(7.5)).toBe(0);
    expect(await purge(10)).toBe(3);
    expect(await purge(10)).toBe(0);
    const { reader } = store;
    expect(await reader.token("a".repeat(64))).toBeUndefined();
    expect(await reader.session(demo, "demo")).toBeUndefined();
    expect(await reader.records(demo, "demo", 0, 9)).toEqual([]);
    expect(await reader.usage(demo)).toMatchObject({ sessions: 0, events: 0 });
    expect(await reader.token("b".repeat(64))).toBeDefined();
    expect(await reader.session(running, "running")).toBeDefined();
    expect(await reader.session(account, "own")).toBeDefined();
    expect(await step(running, "running")).toMatchObject({ kind: "event", index: 1 });
  });

  test("alerts that fired are part of what was used, each account's own", async () => {
    const [tenant, other] = [await tenantOf(), await tenantOf()];
    const rule = {
      id: "rule",
      condition: "class=hard_alert",
      actionType: "webhook",
      destination: "https://hooks.example.com/x",
      cooldownMs: 300_000,
      dwellSteps: 0,
      secretVersion: 1,
      secretRotatedMs: undefined,
      createdMs: NOW,
    } as const;
    await subject.store.administer({ kind: "add_rules", tenant, rules: [rule], max: 9 });
    for (let at = 0; at < 6; at++) await step(tenant, "s");
    for (let at = 0; at < 6; at++) await step(other, "s");
    expect(await subject.store.reader.usage(tenant)).toMatchObject({ steps: 6, alerts: 1 });
    expect(await subject.store.reader.usage(other)).toMatchObject({ steps: 6, alerts: 0 });
  });
}

function appliedOf(answer: CommandAnswer): number {
  if (answer.kind !== "done") throw new Error(`refused: ${JSON.stringify(answer)}`);
  return answer.value;
}
