/** The overview, on whichever store: its sums are what the sessions did, and groups what looped alike. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { expireAll } from "../../src/operation/retention.ts";
import { RollUp } from "../../src/overview/roll-up.ts";
import type { LoopGroup } from "../../src/rows/group-rows.ts";
import {
  OVERVIEW_KINDS,
  type OverviewCommand,
  type OverviewKind,
} from "../../src/rows/overview-rows.ts";
import { MAX_VIEWS } from "../../src/rows/view-rows.ts";
import type { Store } from "../../src/store/store.ts";
import { newAccount } from "../memory/memory-contract.ts";
import { ruleOf } from "../store/alert-store.ts";
import { MEMBERS } from "../store/undo-loops.ts";
import type { StoreUnderTest } from "../store-contract.ts";
import { MINUTE_MS, NOW, type Plan, profilesIn, send } from "../store-contract-memory.ts";

const DAY = Math.floor(NOW / 86_400_000);
const RANGE = { fromDay: DAY - 10, toDay: DAY + 10 };
const GROUPS = { limit: 100, sinceMs: 0, nowMs: NOW, order: "last" } as const;

/** A layout before the overview: what is there then is rolled up by the program that finds it. */
export const UNDO_OVERVIEW = [
  ...["overview_rounds", "overview_days", "overview_sessions"],
  ...["loop_groups", "loop_group_days", "saved_views"],
]
  .map((table) => `drop table ${table}`)
  .concat(MEMBERS);

export function rollUpOn(store: Store, clock: () => number, onFailure: (failure: Error) => void) {
  return new RollUp({ store, clock, onFailure });
}

/** Two sessions with the same loop and one without, from before there was an overview. */
export async function fillEarlier(store: Store): Promise<number> {
  const tenant = await newAccount(store);
  await send(store, { id: "a", tenant, works: 3, repeats: 8, ends: true });
  await send(store, { id: "b", tenant, works: 3, repeats: 8, minute: -5_000, ends: true });
  await send(store, { id: "c", tenant, works: 5 });
  return tenant;
}

export async function checkEarlier(store: Store, tenant: number): Promise<void> {
  const rollUp = rollUpOn(
    store,
    () => NOW + MINUTE_MS,
    (failure) => expect.unreachable(failure.message),
  );
  await rollUp.round();
  const { overview, groups } = store.reader;
  const [all] = await overview.names(tenant, "all", RANGE, 10);
  expect(all?.figures).toMatchObject({ sessions: 3, looped: 2 });
  expect(await groups.groups(tenant, GROUPS)).toMatchObject([{ sessions: 2 }]);
}

export function overviewContract(open: () => Promise<StoreUnderTest>): void {
  let subject: StoreUnderTest;
  let tenant: number;
  let nowMs: number;
  let failures: Error[];
  beforeEach(async () => {
    subject = await open();
    tenant = await newAccount(subject.store);
    nowMs = NOW + 10 * MINUTE_MS;
    failures = [];
  });
  afterEach(async () => {
    await subject.dispose();
    expect(failures).toEqual([]);
  });

  const rollUp = (store = subject.store) =>
    rollUpOn(
      store,
      () => nowMs,
      (failure) => failures.push(failure),
    );
  const give = (plan: Omit<Plan, "tenant">) => send(subject.store, { ...plan, tenant });
  const figuresOf = async (kind: OverviewKind, of = tenant) => {
    const found = await subject.store.reader.overview.names(of, kind, RANGE, 100);
    return new Map(found.map(({ name, figures }) => [name, figures]));
  };
  const groupsNow = (more = {}): Promise<readonly LoopGroup[]> =>
    subject.store.reader.groups.groups(tenant, { ...GROUPS, nowMs, ...more });
  /** The sums are those of the sessions, had each been added once, as it is now. */
  const expectExact = async () => {
    const profiles = await profilesIn(subject.store, { limit: 500 }, tenant);
    const sum = (of: (profile: (typeof profiles)[number]) => number) =>
      profiles.reduce((total, profile) => total + of(profile), 0);
    const all = (await figuresOf("all")).get("");
    expect(all).toMatchObject({
      sessions: profiles.length,
      looped: sum(({ loops }) => Math.min(1, loops)),
      loops: sum(({ loops }) => loops),
      steps: sum(({ steps }) => steps),
      loopSteps: sum(({ loopSteps }) => loopSteps),
      failures: sum(({ structure }) => structure.failures),
      tokens: sum(({ tokens = 0 }) => tokens),
      costNanoUsd: sum(({ costNanoUsd = 0 }) => costNanoUsd),
      loopCostNanoUsd: sum(({ loopCostNanoUsd }) => loopCostNanoUsd),
    });
    const regimes = [...(await figuresOf("regime")).values()];
    expect(regimes.reduce((total, { sessions }) => total + sessions, 0)).toBe(profiles.length);
    const retry = (await figuresOf("tool")).get("retry");
    const retries = profiles.flatMap(({ structure }) => structure.tools.filter(isRetry));
    const calls = retries.reduce((total, tool) => total + tool.calls, 0);
    expect(retry?.steps ?? 0).toBe(calls);
    const loops = (await groupsNow()).reduce((total, group) => total + group.loops, 0);
    const kinds = profiles.flatMap(({ structure }) => structure.loopKinds);
    expect(loops).toBe(kinds.reduce((total, { count }) => total + count, 0));
  };

  test("sessions are summed by day under each of their names, also while they go on", async () => {
    await give({ id: "a", works: 6, repeats: 8, ends: true });
    await give({ id: "b", works: 5, minute: -1_440, ends: true });
    await give({ id: "c", works: 4, facts: { workflow: "other" } });
    await rollUp().round();
    const workflows = await figuresOf("workflow");
    expect(workflows.get("tickets")).toMatchObject({ sessions: 2, looped: 1, steps: 19 });
    expect(workflows.get("other")).toMatchObject({ sessions: 1, looped: 0, steps: 4 });
    expect((await figuresOf("server")).get("server-0")?.sessions).toBe(3);
    expect((await figuresOf("tool")).get("retry")).toMatchObject({ sessions: 1, steps: 8 });
    expect([...(await figuresOf("client")).keys()]).toEqual(["client"]);
    const days = await subject.store.reader.overview.days(
      tenant,
      { kind: "agent", name: "agent" },
      RANGE,
    );
    expect(days.map(({ day, figures }) => [day - DAY, figures.sessions, figures.looped])).toEqual([
      [-1, 1, 0],
      [0, 2, 1],
    ]);
    await expectExact();
  });

  test("a session counts once, however often it is looked at and whoever looks", async () => {
    await give({ id: "a", works: 6, repeats: 8, ends: true });
    const both = [subject.store, subject.peer ?? subject.store].map((store) => rollUp(store));
    await Promise.all(both.map((one) => one.round()));
    await give({ id: "b", works: 3, minute: 10 });
    nowMs = NOW + 12 * MINUTE_MS;
    for (const one of [...both, rollUp()]) {
      one.changed(tenant);
      await one.round();
    }
    await expectExact();
    const late = { kind: "save_overview", tenant, overMs: 0, allMs: 0 } as const;
    const empty = { days: "[]", groups: "[]", groupDays: "[]", sessions: "[]" };
    for (const round of [0, 1, 77]) {
      const command: OverviewCommand = { ...late, ...empty, round };
      expect(await subject.store.administer(command)).toMatchObject({ code: "CONFLICT" });
    }
  });

  test("one that goes on is taken out as it was, and put in as it is", async () => {
    for (const id of ["a", "b", "c"]) await give({ id, works: 6, repeats: 7 });
    await rollUp().round();
    await give({ id: "a", minute: 11, works: 3, repeats: 9, ends: true });
    await give({ id: "b", minute: 12, works: 8, facts: { cohort: "new" } });
    subject = await subject.reopen();
    nowMs = NOW + 60 * MINUTE_MS;
    await rollUp().round();
    await expectExact();
  });

  test("more sessions than fit into a round are all there in the end", async () => {
    for (let at = 0; at < 230; at++) await give({ id: `s${at}`, works: 1, ends: at % 2 === 0 });
    await rollUp().round();
    await expectExact();
  });

  const everyName = async () => {
    const kinds = await Promise.all(OVERVIEW_KINDS.map((kind) => figuresOf(kind)));
    return kinds.flatMap((kind) => [...kind.keys()]);
  };

  test("a session that is deleted takes what it added with it, and names that only it had", async () => {
    await give({ id: "a", works: 6, repeats: 8, ends: true, facts: { workflow: "gone" } });
    await give({ id: "b", works: 4, facts: { workflow: "kept", agentName: "else" } });
    await rollUp().round();
    expect(await everyName()).toContain("gone");
    await subject.store.administer({ kind: "delete_session", tenant, sessionId: "a" });
    await rollUp().round();
    await expectExact();
    expect((await figuresOf("all")).get("")?.sessions).toBe(1);
    expect(await everyName()).toContain("kept");
    for (const name of ["gone", "retry", "agent"]) expect(await everyName()).not.toContain(name);
    expect(await groupsNow()).toEqual([]);
  });

  test("a roll-up that read a session before it was deleted comes too late", async () => {
    await give({ id: "a", works: 6, repeats: 8, ends: true });
    const { overview } = subject.store.reader;
    const { round = 0 } = (await overview.state(tenant)) ?? {};
    await subject.store.administer({ kind: "delete_session", tenant, sessionId: "a" });
    const empty = { days: "[]", groups: "[]", groupDays: "[]", sessions: "[]" };
    const late: OverviewCommand = {
      ...{ kind: "save_overview", tenant, round, overMs: 0, allMs: 0 },
      ...empty,
    };
    expect(await subject.store.administer(late)).toMatchObject({ code: "CONFLICT" });
    await rollUp().round();
    expect(await everyName()).toEqual([]);
  });

  test("what retention takes away is in no sum either", async () => {
    await give({ id: "a", works: 6, repeats: 8, ends: true });
    await rollUp().round();
    expect(await everyName()).toContain("retry");
    const days = { kind: "set_retention", tenant, days: 1 } as const;
    expect(await subject.store.administer(days)).toMatchObject({ kind: "done" });
    await expireAll(subject.store, NOW + 3 * 86_400_000);
    expect(await everyName()).toEqual([]);
    expect(await groupsNow()).toEqual([]);
  });

  test("each account has its own sums and groups, and a demo has none", async () => {
    const [other, demo] = [
      await newAccount(subject.store),
      await newAccount(subject.store, "demo"),
    ];
    const plan = { works: 3, repeats: 8, ends: true } as const;
    await give({ id: "s", ...plan });
    await send(subject.store, { id: "s", tenant: other, ...plan, facts: { workflow: "theirs" } });
    await send(subject.store, { id: "s", tenant: demo, ...plan });
    await rollUp().round();
    expect([...(await figuresOf("workflow")).keys()]).toEqual(["tickets"]);
    expect([...(await figuresOf("workflow", other)).keys()]).toEqual(["theirs"]);
    expect((await figuresOf("all", demo)).size).toBe(0);
    const [own] = await groupsNow();
    const say = { kind: "acknowledge_group", by: "me", nowMs, id: own?.id ?? "" } as const;
    expect(await subject.store.administer({ ...say, tenant })).toMatchObject({ kind: "done" });
    const theirs = await subject.store.reader.groups.groups(other, { ...GROUPS, state: "open" });
    expect(theirs).toMatchObject([{ acknowledgedLoops: 0, sessions: 1 }]);
  });

  test("sessions with loops that nobody acknowledged are counted up to a limit", async () => {
    for (const id of ["a", "b", "c"]) await give({ id, works: 2, repeats: 8 });
    await give({ id: "quiet", works: 5 });
    const { overview } = subject.store.reader;
    expect(await overview.marked(tenant, 0, 10)).toBe(3);
    const seen = { kind: "acknowledge", tenant, sessionId: "a", by: "me", nowMs } as const;
    await subject.store.administer(seen);
    expect(await overview.marked(tenant, 0, 10)).toBe(2);
    expect(await overview.marked(tenant, 0, 1)).toBe(1);
    expect(await overview.marked(tenant, NOW + MINUTE_MS, 10)).toBe(0);
  });

  test("loops of one structure are one group, with when they were seen and what they cost", async () => {
    await give({ id: "a", works: 2, repeats: 8, minute: -3_000, ends: true });
    await give({ id: "b", works: 4, repeats: 9, ends: true });
    await give({ id: "c", works: 3, repeats: 8, facts: { agentName: "else" }, ends: true });
    await rollUp().round();
    const found = await groupsNow();
    expect(found.map(({ agent, sessions }) => [agent, sessions]).toSorted()).toEqual([
      ["agent", 2],
      ["else", 1],
    ]);
    const [group] = await groupsNow({ agent: "agent" });
    expect(group).toMatchObject({
      tools: ["retry"],
      loops: 2,
      costKnown: 2,
      latestSession: "b",
      comments: [],
    });
    const days = await subject.store.reader.groups.days(tenant, [group?.id ?? ""], DAY - 5);
    expect(days.map(({ day, loops }) => [day - DAY, loops]).toSorted()).toEqual([
      [-3, 1],
      [0, 1],
    ]);
    expect(group && group.firstMs < group.lastMs && group.steps > 8).toBe(true);
  });

  test("a group is acknowledged until its loop comes back, muted for a time, and spoken of", async () => {
    await give({ id: "a", works: 2, repeats: 8, ends: true });
    await rollUp().round();
    const [{ id = "" } = {}] = await groupsNow({ state: "open" });
    const by = "someone";
    const say = { tenant, id, by, nowMs } as const;
    await subject.store.administer({ ...say, kind: "acknowledge_group" });
    expect(await groupsNow({ state: "open" })).toEqual([]);
    expect(await groupsNow({ state: "acknowledged" })).toMatchObject([{ id, by, atMs: nowMs }]);
    const untilMs = nowMs + 5 * MINUTE_MS;
    await subject.store.administer({ ...say, kind: "mute_group", untilMs });
    expect(await groupsNow({ state: "muted" })).toMatchObject([{ id }]);
    await give({ id: "b", works: 2, repeats: 8, minute: 11, ends: true });
    nowMs += 2 * MINUTE_MS;
    await rollUp().round();
    expect(await groupsNow({ state: "open" })).toEqual([]);
    nowMs += 4 * MINUTE_MS;
    expect(await groupsNow({ state: "open" })).toMatchObject([{ id, loops: 2 }]);
    for (const text of ["first", "second"]) {
      await subject.store.administer({ ...say, kind: "comment_group", text });
    }
    const group = await subject.store.reader.groups.group(tenant, id);
    expect(group?.comments.map(({ text }) => text)).toEqual(["first", "second"]);
    const nothing = { ...say, id: "0".repeat(24) };
    expect(await subject.store.administer({ ...nothing, kind: "acknowledge_group" })).toMatchObject(
      { code: "NOT_FOUND" },
    );
  });

  test("an alert of a muted group is held back, and one of any other is not", async () => {
    const rules = [ruleOf("rule_a")];
    await subject.store.administer({ kind: "add_rules", tenant, rules, max: 50 });
    await give({ id: "a", works: 2, repeats: 8, ends: true });
    await rollUp().round();
    const [{ id = "" } = {}] = await groupsNow();
    const claim = async () => {
      const lease = { nowMs, leaseMs: MINUTE_MS, limit: 9, busyRules: [] };
      const claimed = await subject.store.claimDeliveries({ kind: "claim_deliveries", ...lease });
      return claimed.kind === "claimed" ? claimed.deliveries : [];
    };
    const [first] = await claim();
    expect(first).toMatchObject({ facts: { sessionId: "a" } });
    const settle = { kind: "settle_delivery", tenant, id: first?.id ?? "", attempt: 1 } as const;
    const outcome = { kind: "delivered" } as const;
    await subject.store.administer({ ...settle, nowMs, outcome });
    const mute = { kind: "mute_group", tenant, id, by: "me", nowMs } as const;
    await subject.store.administer({ ...mute, untilMs: nowMs + 100 * MINUTE_MS });
    await give({ id: "b", works: 2, repeats: 8, minute: 11 });
    await give({ id: "c", works: 2, repeats: 8, minute: 11, facts: { agentName: "else" } });
    nowMs += 5 * MINUTE_MS;
    const sent = [...(await claim()), ...(await claim())].map(({ facts }) => facts.sessionId);
    expect(sent).toEqual(["c"]);
    const held = await subject.store.reader.alerts(tenant, { limit: 9, status: "muted" });
    expect(held).toMatchObject([{ facts: { sessionId: "b" }, settledMs: nowMs }]);
  });

  test("views are kept by name, as many as there is room for", async () => {
    const { store } = subject;
    const save = (name: string, address = "/", id = name) =>
      store.administer({ kind: "save_view", tenant, view: { id, name, address, createdMs: NOW } });
    await save("b");
    await save("a", "/?regime=LOOP");
    await save("b", "/overview", "again");
    expect(await store.reader.groups.views(tenant)).toMatchObject([
      { id: "a", address: "/?regime=LOOP" },
      { id: "again", name: "b", address: "/overview" },
    ]);
    for (let at = 2; at < MAX_VIEWS; at++) await save(`v${at}`);
    expect(await save("too many")).toMatchObject({ code: "CONFLICT" });
    expect(await save("a", "/x", "a2")).toMatchObject({ kind: "done" });
    const gone = { kind: "delete_view", tenant, id: "a2" } as const;
    expect(await store.administer(gone)).toMatchObject({ kind: "done" });
    expect(await store.administer(gone)).toMatchObject({ code: "NOT_FOUND" });
    expect(await store.reader.groups.views(tenant + 1)).toEqual([]);
  });
}

function isRetry({ tool }: { readonly tool: string }): boolean {
  return tool === "retry";
}
