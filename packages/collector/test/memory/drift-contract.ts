/** What moved in a workflow, on whichever store, and the rules that wait for it. */
import { cardOf, encodeState, type WorkflowCard, WorkflowState } from "@caum/workflows";
import { afterEach, beforeEach, expect, test } from "vitest";
import { chooseBaseline } from "../../src/memory/choose-baseline.ts";
import { WorkflowMemory } from "../../src/memory/workflow-memory.ts";
import { ruleOf } from "../store/alert-store.ts";
import type { StoreUnderTest } from "../store-contract.ts";
import { MINUTE_MS, NOW, type Plan, profilesIn, send } from "../store-contract-memory.ts";
import { newAccount } from "./memory-contract.ts";

/** Sessions that make a workflow known: ten for its words, and forty that are normal. */
const KNOWN = 50;
const TICKETS = { kind: "workflow", name: "tickets" } as const;

export function driftContract(open: () => Promise<StoreUnderTest>): void {
  let subject: StoreUnderTest;
  let tenant: number;
  let nowMs: number;
  let sessions: number;
  beforeEach(async () => {
    subject = await open();
    tenant = await newAccount(subject.store);
    nowMs = NOW;
    sessions = 0;
  });
  afterEach(() => subject.dispose());

  const memoryOn = () =>
    new WorkflowMemory({ store: subject.store, clock: () => nowMs, onFailure: () => {} });
  const record = async (count: number, plan: Partial<Plan> = {}) => {
    for (let at = 0; at < count; at++) {
      sessions += 1;
      const works = 3 + (sessions % 4);
      const id = `s-${sessions}`;
      await send(subject.store, { id, tenant, minute: sessions, works, ends: true, ...plan });
    }
  };
  const fold = async (memory = memoryOn()) => {
    nowMs = Math.max(nowMs, NOW + (sessions + 1) * MINUTE_MS);
    memory.changed(tenant);
    await memory.round();
  };
  const cardOfTickets = async () => {
    const [row] = await subject.store.reader.memory.cardsAt(tenant, [TICKETS]);
    return JSON.parse(row?.card ?? "null") as WorkflowCard;
  };
  const addRules = async (...conditions: readonly string[]) => {
    const rules = conditions.map((condition, at) => ruleOf(`rule_${at}`, { condition }));
    const added = await subject.store.administer({ kind: "add_rules", tenant, rules, max: 50 });
    expect(added.kind).toBe("done");
  };
  const fired = () => subject.store.reader.alerts(tenant, { limit: 100 });

  test("a workflow has a card, which says what moved since which session", async () => {
    await record(KNOWN + 20);
    await fold();
    expect(await cardOfTickets()).toMatchObject({ state: "quiet", sessions: KNOWN + 20 });
    await record(20, { works: 30 });
    await fold();
    const card = await cardOfTickets();
    expect(card.state).toBe("high_review");
    expect(card.moved.find(({ channel }) => channel === "length")).toMatchObject({
      unit: "steps",
      direction: "up",
      to: { value: 30 },
      since: { session: KNOWN + 21, sessionId: `s-${KNOWN + 21}` },
    });
  });

  test("a session that goes on later counts once", async () => {
    await record(KNOWN);
    await fold();
    sessions += 1;
    await send(subject.store, { id: "s-1", tenant, minute: KNOWN + 1, works: 9, ends: true });
    await fold();
    expect((await cardOfTickets()).sessions).toBe(KNOWN);
  });

  test("what is kept from round to round is what sessions one by one come to", async () => {
    const { store } = subject;
    const kept = memoryOn();
    for (let round = 0; round < 24; round++) {
      await record(3, round < 20 ? {} : { works: 30 });
      // Now and then another node is faster.
      await fold(round % 5 === 3 ? memoryOn() : kept);
      if (round % 6 < 4) continue;
      const state = new WorkflowState();
      const profiles = await profilesIn(store, { limit: 500, workflow: "tickets" }, tenant);
      for (const profile of profiles.toReversed()) state.take(profile);
      const [row] = await store.reader.memory.cardsAt(tenant, [TICKETS]);
      expect(row?.sessions).toBe(profiles.length);
      expect(row?.state).toBe(Buffer.from(encodeState(state)).toString("hex"));
      expect(row?.card).toBe(JSON.stringify(cardOf(state)));
    }
    expect((await cardOfTickets()).moved.length).toBeGreaterThan(0);
  });

  /** From the sessions that are there, one by one. */
  const learned = async () => {
    const state = new WorkflowState();
    const all = { limit: 500, workflow: "tickets" };
    const profiles = await profilesIn(subject.store, all, tenant);
    for (const profile of profiles.toReversed()) state.take(profile);
    return Buffer.from(encodeState(state)).toString("hex");
  };
  const RETRY = Buffer.from("retry").toString("hex");

  test("what drift is told from is learned anew when a session is deleted, without it", async () => {
    const { store } = subject;
    const memory = memoryOn();
    await record(5);
    await record(1, { repeats: 8 });
    await record(KNOWN);
    await fold(memory);
    const row = async () => (await store.reader.memory.cardsAt(tenant, [TICKETS]))[0];
    expect((await row())?.state).toContain(RETRY);
    await store.administer({ kind: "delete_session", tenant, sessionId: "s-6" });
    expect(await row()).toMatchObject({ sessions: KNOWN + 5, state: "" });
    expect(await row()).not.toHaveProperty("card");
    await fold(memory);
    expect((await row())?.state).toBe(await learned());
    expect((await row())?.state).not.toContain(RETRY);
    expect(await cardOfTickets()).toMatchObject({ state: "quiet", sessions: KNOWN + 5 });
    // It goes on from there.
    await record(3);
    await fold(memory);
    expect((await row())?.state).toBe(await learned());
  });

  test("a baseline that a person chose stays, and the sessions after it are held against it", async () => {
    const { store } = subject;
    const memory = memoryOn();
    await record(KNOWN);
    const untilMs = NOW + (sessions + 1) * MINUTE_MS;
    await record(30, { works: 30 });
    await fold(memory);
    // One that is not over yet is not counted twice.
    await send(store, { id: "going-on", tenant, minute: sessions + 1, works: 3 });
    const of = { tenant, workflow: "tickets" };
    const range = { kind: "range", sinceMs: NOW, untilMs } as const;
    expect(await chooseBaseline(store, of, range)).toMatchObject({ kind: "chosen" });
    const chosen = await cardOfTickets();
    expect(chosen).toMatchObject({
      sessions: KNOWN + 30,
      baseline: { sessions: KNOWN, choice: range },
    });
    expect(chosen.moved.map(({ channel }) => channel)).toContain("length");
    sessions += 1;
    await record(20);
    await fold(memory);
    const later = await cardOfTickets();
    expect(later).toMatchObject({
      sessions: KNOWN + 50,
      baseline: { sessions: KNOWN, choice: range },
    });
    // The last stable stretch again, learned from what there is.
    expect(await chooseBaseline(store, of, undefined)).toMatchObject({ kind: "chosen" });
    expect((await cardOfTickets()).baseline.choice).toBeUndefined();
    const other = await newAccount(store);
    const elsewhere = { tenant: other, workflow: "tickets" };
    expect(await chooseBaseline(store, elsewhere, range)).toEqual({ kind: "unknown" });
    expect(await chooseBaseline(store, { ...of, workflow: "none" }, range)).toEqual({
      kind: "unknown",
    });
  });

  test("a cohort that a person chose is normal", async () => {
    const { store } = subject;
    await record(KNOWN, { facts: { cohort: "before" } });
    await record(20, { works: 30, facts: { cohort: "after" } });
    await fold();
    const of = { tenant, workflow: "tickets" };
    await chooseBaseline(store, of, { kind: "cohort", cohort: "after" });
    expect(await cardOfTickets()).toMatchObject({ state: "learning", baseline: { missing: 20 } });
    await chooseBaseline(store, of, { kind: "cohort", cohort: "before" });
    const { moved } = await cardOfTickets();
    expect(moved.find(({ channel }) => channel === "length")).toMatchObject({ direction: "up" });
  });

  test("a rule for drift fires once, with the session with which something is found", async () => {
    await addRules("drift and workflow=tickets", "tier=T5", "drift and workflow=other");
    await record(KNOWN + 20);
    await fold();
    expect(await fired()).toEqual([]);
    for (let at = 0; at < 10; at++) {
      await record(2, { works: 30 });
      await fold();
    }
    const alerts = await fired();
    expect(alerts).toMatchObject([{ rule: "rule_0", status: "due" }]);
    const [{ facts }] = alerts as [(typeof alerts)[number]];
    expect(facts).toMatchObject({
      condition: "drift and workflow=tickets",
      agent: "agent",
      isTest: false,
    });
    expect(facts.story?.workflow).toMatchObject({ name: "tickets" });
    expect(facts.story?.workflow?.moved?.length).toBeGreaterThan(0);
  });

  test("a rule for a share of loops fires when it is crossed, and at most once a day", async () => {
    await addRules("loop_rate>0.1", "loop_rate>0.9");
    await record(20);
    await fold();
    expect(await fired()).toEqual([]);
    await record(3, { works: 6, repeats: 8 });
    await fold();
    const alerts = await fired();
    expect(alerts).toMatchObject([{ rule: "rule_0", facts: { condition: "loop_rate>0.1" } }]);
    expect(alerts[0]?.facts.story?.workflow?.loops).toEqual({ looped: 3, sessions: 23 });
    await record(40);
    await record(5, { works: 6, repeats: 8 });
    await fold();
    expect(await fired()).toHaveLength(1);
    // A day later, by the minute of each session.
    sessions += 1_440;
    await record(40);
    await record(5, { works: 6, repeats: 8 });
    await fold();
    expect(await fired()).toHaveLength(2);
  });

  test("where one rule waits for both, each fires, at most once a day", async () => {
    await addRules("drift or loop_rate>0.1 or loop_rate>0.05");
    await record(KNOWN + 20);
    await fold();
    await record(10, { works: 6, repeats: 8 });
    await fold();
    const told = async () =>
      (await fired()).map(({ facts }) => (facts.story?.workflow?.loops ? "loops" : "drift"));
    expect((await told()).toSorted()).toEqual(["drift", "loops"]);
    await record(60);
    await record(10, { works: 6, repeats: 8 });
    await fold();
    expect(await told()).toHaveLength(2);
  });
}
