/** The memory of workflows, on whichever store: what was folded is what the sessions did. */
import { DaySketch, type SessionProfile, sketchOf } from "@caum/workflows";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WorkflowMemory } from "../../src/memory/workflow-memory.ts";
import { expireAll } from "../../src/operation/retention.ts";
import { MEMORY_KINDS, type MemoryCommand, type MemoryKind } from "../../src/rows/memory-rows.ts";
import { encodeCards, encodeDays } from "../../src/store/columns/memory-columns.ts";
import type { Store } from "../../src/store/store.ts";
import type { StoreUnderTest } from "../store-contract.ts";
import { MINUTE_MS, NOW, profilesIn, send } from "../store-contract-memory.ts";

const DAY_MS = 86_400_000;
const DAY = Math.floor(NOW / DAY_MS);
const TICKETS = { kind: "workflow", name: "tickets" } as const;
const ALL_DAYS = { fromDay: DAY - 10, toDay: DAY + 10 };

export async function newAccount(
  store: Store,
  kind: "account" | "demo" = "account",
): Promise<number> {
  const ulid = `${kind}-${Math.random()}`;
  const account = { ulid, tenantKind: kind, plan: "free", createdMs: NOW } as const;
  const answer = await store.administer({ kind: "create_tenant", ...account });
  return answer.kind === "done" ? answer.value : -1;
}

/** Sums over all days of all names of a kind, as the bytes of a sketch. */
async function foldedIn({ reader }: Store, tenant: number, kind: MemoryKind, name: string) {
  const sketch = new DaySketch();
  for (const day of await reader.memory.days(tenant, { kind, name }, ALL_DAYS)) {
    const of = DaySketch.decode(Buffer.from(day.sketch, "hex"));
    expect([day.sessions, day.looped]).toEqual([of.sum("sessions"), of.sum("looped")]);
    sketch.addAll(of);
  }
  return sketch;
}

const bytesOf = (sketch: DaySketch) => Buffer.from(sketch.encode()).toString("hex");

function sumOf(profiles: readonly SessionProfile[]): DaySketch {
  const sketch = new DaySketch();
  for (const profile of profiles) sketch.add(sketchOf(profile));
  return sketch;
}

export function workflowMemoryContract(open: () => Promise<StoreUnderTest>): void {
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

  const memoryOn = (store: Store) =>
    new WorkflowMemory({
      store,
      clock: () => nowMs,
      onFailure: (failure) => failures.push(failure),
    });
  const sessionsOf = async (kind: MemoryKind, store = subject.store) => {
    const cards = await store.reader.memory.cards(tenant, kind, { after: "", limit: 100 });
    return Object.fromEntries(cards.map(({ name, sessions }) => [name, sessions]));
  };
  /** What is remembered is what would be, had all sessions been folded once, as they are now. */
  const expectExact = async () => {
    const profiles = await profilesIn(subject.store, { limit: 500 }, tenant);
    for (const kind of MEMORY_KINDS) {
      const cards = await subject.store.reader.memory.cards(tenant, kind, {
        after: "",
        limit: 100,
      });
      for (const { name, sessions } of cards) {
        const own = profiles.filter(({ servers, [kind as "agent"]: one }) =>
          kind === "server" ? servers.includes(name) : one === name,
        );
        expect(sessions, `${kind} ${name}`).toBe(own.length);
        const sketch = await foldedIn(subject.store, tenant, kind, name);
        expect(bytesOf(sketch), `${kind} ${name}`).toBe(bytesOf(sumOf(own)));
      }
    }
  };

  /** What a round saves that has folded nothing. */
  const nothing = (round: number): MemoryCommand => ({
    kind: "save_memory",
    ...{ tenant, round, overMs: 0, idleMs: 0, alerts: [] },
    ...{ days: "[]", cards: "[]", folded: "[]", empty: { days: [], cards: [] } },
  });
  const everyName = async () => {
    const kinds = await Promise.all(MEMORY_KINDS.map((kind) => sessionsOf(kind)));
    return kinds.flatMap((kind) => Object.keys(kind));
  };

  test("sessions that are over are remembered by workflow, agent, client, server and day", async () => {
    const { store } = subject;
    await send(store, { id: "a", tenant, works: 6, repeats: 8, ends: true });
    await send(store, { id: "b", tenant, works: 5, minute: -1_440, ends: true });
    await send(store, { id: "c", tenant, works: 4, facts: { workflow: "other" }, ends: true });
    await send(store, { id: "open", tenant, works: 4 });
    const memory = memoryOn(store);
    memory.changed(tenant);
    await memory.round();
    expect(await sessionsOf("workflow")).toEqual({ other: 1, tickets: 2 });
    expect(await sessionsOf("agent")).toEqual({ agent: 3 });
    expect(await sessionsOf("client")).toEqual({ client: 3 });
    expect(await sessionsOf("server")).toEqual({ "server-0": 3, "server-1": 3 });
    const days = await store.reader.memory.days(
      tenant,
      { kind: "workflow", name: "tickets" },
      ALL_DAYS,
    );
    expect(days.map(({ day, sessions, looped }) => [day - DAY, sessions, looped])).toEqual([
      [-1, 1, 0],
      [0, 1, 1],
    ]);
    const recent = await store.reader.memory.recent(tenant, "workflow", DAY);
    expect(recent.get("tickets")).toEqual({ sessions: 1, looped: 1 });
  });

  test("a session is folded once, however often it is looked at and whoever looks", async () => {
    await send(subject.store, { id: "a", tenant, works: 6, ends: true });
    const memories = [subject.store, subject.peer ?? subject.store].map(memoryOn);
    for (const memory of memories) memory.changed(tenant);
    await Promise.all(memories.map((memory) => memory.round()));
    for (const memory of [...memories, memoryOn(subject.store)]) {
      memory.changed(tenant);
      await memory.round();
    }
    expect(await sessionsOf("workflow")).toEqual({ tickets: 1 });
    // Again at once, where something was saved before.
    await send(subject.store, { id: "b", tenant, minute: 10, works: 3, ends: true });
    nowMs = NOW + 11 * MINUTE_MS;
    for (const memory of memories) memory.changed(tenant);
    await Promise.all(memories.map((memory) => memory.round()));
    expect(await sessionsOf("workflow")).toEqual({ tickets: 2 });
    await expectExact();
    // Whoever read another round than the last one is refused, whatever it has folded.
    for (const round of [0, 1, 7]) {
      expect(await subject.store.administer(nothing(round))).toMatchObject({ code: "CONFLICT" });
    }
  });

  test("one that nobody ends is remembered when nothing happened in it for half an hour", async () => {
    await send(subject.store, { id: "a", tenant, works: 6 });
    const memory = memoryOn(subject.store);
    memory.changed(tenant);
    await memory.round();
    expect(await sessionsOf("workflow")).toEqual({});
    nowMs = NOW + 31 * MINUTE_MS;
    await memory.round();
    expect(await sessionsOf("workflow")).toEqual({ tickets: 1 });
  });

  test("one that goes on is taken out as it was, and put in as it is", async () => {
    const { store } = subject;
    const memory = memoryOn(store);
    for (const id of ["a", "b", "c"]) await send(store, { id, tenant, works: 6, ends: true });
    memory.changed(tenant);
    await memory.round();
    await send(store, { id: "a", tenant, minute: 1, works: 3, repeats: 9, ends: true });
    await send(store, { id: "b", tenant, minute: 2, works: 8 });
    memory.changed(tenant);
    nowMs = NOW + 60 * MINUTE_MS;
    await memory.round();
    expect(await sessionsOf("workflow")).toEqual({ tickets: 3 });
    await expectExact();
    subject = await subject.reopen();
    await send(subject.store, { id: "b", tenant, minute: 61, works: 2, ends: true });
    nowMs = NOW + 70 * MINUTE_MS;
    await memoryOn(subject.store).round();
    await expectExact();
  });

  test("a label that comes at the end counts under the new name, and no more under none", async () => {
    const { store } = subject;
    const memory = memoryOn(store);
    await send(store, { id: "a", tenant, works: 6, isUnmarked: true });
    memory.changed(tenant);
    nowMs = NOW + 40 * MINUTE_MS;
    await memory.round();
    expect(await sessionsOf("workflow")).toEqual({});
    await store.submit({
      kind: "end",
      tenant,
      sessionId: "a",
      keys: { digestKeyId: "test", digestKeyCommitment: "c".repeat(64) },
      receivedMs: NOW + 41 * MINUTE_MS,
      labels: { workflow: "late" },
    });
    memory.changed(tenant);
    nowMs = NOW + 42 * MINUTE_MS;
    await memory.round();
    expect(await sessionsOf("workflow")).toEqual({ late: 1 });
    await expectExact();
  });

  test("more sessions than fit into a round are all folded", async () => {
    const { store } = subject;
    for (let at = 0; at < 230; at++) {
      await send(store, {
        id: `s${at}`,
        tenant,
        works: 1,
        facts: { workflow: `w${at % 3}` },
        ends: true,
      });
    }
    const memory = memoryOn(store);
    memory.changed(tenant);
    await memory.round();
    expect(await sessionsOf("workflow")).toEqual({ w0: 77, w1: 77, w2: 76 });
    await expectExact();
  });

  const remove = (sessionId: string) =>
    subject.store.administer({ kind: "delete_session", tenant, sessionId });

  test("a session that is deleted takes what it added with it, and names that only it had", async () => {
    const { store } = subject;
    const memory = memoryOn(store);
    const gone = { workflow: "gone", agentName: "its own" };
    await send(store, { id: "a", tenant, works: 6, repeats: 8, facts: gone, ends: true });
    await send(store, { id: "b", tenant, works: 4, minute: 1, ends: true });
    await send(store, { id: "c", tenant, works: 5, minute: 2, ends: true });
    memory.changed(tenant);
    await memory.round();
    expect(await everyName()).toEqual(expect.arrayContaining(["gone", "its own", "tickets"]));
    for (const id of ["a", "b"]) expect(await remove(id)).toMatchObject({ kind: "done" });
    const names = await everyName();
    for (const name of ["gone", "its own"]) expect(names).not.toContain(name);
    expect(await sessionsOf("workflow")).toEqual({ tickets: 1 });
    await expectExact();
    const days = await store.reader.memory.days(
      tenant,
      { kind: "agent", name: "its own" },
      ALL_DAYS,
    );
    expect(days).toEqual([]);
    // Whoever kept it in memory knows of it too.
    await send(store, { id: "d", tenant, works: 3, minute: 10, ends: true });
    memory.changed(tenant);
    nowMs += MINUTE_MS;
    await memory.round();
    expect(await sessionsOf("workflow")).toEqual({ tickets: 2 });
    await expectExact();
    for (const id of ["c", "d"]) await remove(id);
    expect(await everyName()).toEqual([]);
  });

  test("when a deleted session began and was active is said of no name any more", async () => {
    const { store } = subject;
    const memory = memoryOn(store);
    const day = 1_440;
    for (const [id, minute] of [
      ["a", -2 * day - 7],
      ["b", -day - 8],
      ["c", -9],
    ] as const) {
      await send(store, { id, tenant, works: 2, minute, ends: true });
    }
    memory.changed(tenant);
    await memory.round();
    const times = async () => {
      const [card] = await store.reader.memory.cards(tenant, "agent", { after: "", limit: 1 });
      return [card?.firstMs, card?.lastMs].map((ms = 0) => (ms - NOW) / MINUTE_MS / day);
    };
    const [before = 0, lastBefore = 0] = await times();
    expect(before).toBeCloseTo(-2 - 7 / day, 6);
    await remove("a");
    // Of what is left, the day is said.
    expect(await times()).toEqual([-2, lastBefore]);
    await remove("c");
    const [first, last = 0] = await times();
    expect(first).toBe(-2);
    expect(Math.ceil(last)).toBe(-1 + 0);
  });

  test("a fold that read a session before it was deleted comes too late", async () => {
    await send(subject.store, { id: "a", tenant, works: 6, ends: true });
    const { round = 0 } = (await subject.store.reader.memory.state(tenant)) ?? {};
    await remove("a");
    expect(await subject.store.administer(nothing(round))).toMatchObject({ code: "CONFLICT" });
    const memory = memoryOn(subject.store);
    memory.changed(tenant);
    await memory.round();
    expect(await everyName()).toEqual([]);
  });

  test("what retention takes away is in no sum either, and what comes after it is", async () => {
    const { store } = subject;
    await send(store, { id: "a", tenant, works: 6, ends: true });
    await send(store, { id: "b", tenant, works: 4, minute: 5 * 1_440, ends: true });
    nowMs = NOW + 5 * 1_440 * MINUTE_MS + 10 * MINUTE_MS;
    const memory = memoryOn(store);
    memory.changed(tenant);
    await memory.round();
    expect(await sessionsOf("workflow")).toEqual({ tickets: 2 });
    await store.administer({ kind: "set_retention", tenant, days: 1 });
    await expireAll(store, nowMs);
    expect(await sessionsOf("workflow")).toEqual({ tickets: 1 });
    await expectExact();
    await send(store, { id: "a", tenant, works: 3, minute: 5 * 1_440 + 11, ends: true });
    nowMs += 30 * MINUTE_MS;
    memory.changed(tenant);
    await memory.round();
    expect(await sessionsOf("workflow")).toEqual({ tickets: 2 });
    await expectExact();
  });

  test("days that no session stands behind go with the retention of their account", async () => {
    const { store } = subject;
    const memory = memoryOn(store);
    await send(store, { id: "a", tenant, works: 6, ends: true });
    memory.changed(tenant);
    await memory.round();
    // As sessions that were deleted before they took themselves out left them.
    const { round = 0 } = (await store.reader.memory.state(tenant)) ?? {};
    const [like] = await profilesIn(store, {}, tenant);
    const sketch = bytesOf(sumOf(like === undefined ? [] : [like, like]));
    const left = { kind: "workflow", looped: 0, sessions: 2, sketch } as const;
    const dayOf = (name: string, day: number) => ({ ...left, name, day });
    const card = { kind: "workflow", sessions: 2, firstMs: NOW - 9 * DAY_MS, lastMs: NOW } as const;
    const [own] = await store.reader.memory.cards(tenant, "workflow", { after: "", limit: 1 });
    await store.administer({
      ...nothing(round),
      kind: "save_memory",
      days: encodeDays([dayOf("left", DAY - 9), dayOf("tickets", DAY - 9), dayOf("tickets", DAY)]),
      cards: encodeCards([
        { ...card, name: "left" },
        { ...card, ...own, name: "tickets", sessions: 5 },
      ]),
    } as MemoryCommand);
    await store.administer({ kind: "set_retention", tenant, days: 5 });
    await expireAll(store, NOW + DAY_MS);
    expect(await sessionsOf("workflow")).toEqual({ tickets: 3 });
    const days = await store.reader.memory.days(tenant, TICKETS, ALL_DAYS);
    expect(days.map(({ day }) => day)).toEqual([DAY]);
  });

  test("each account has its own memory, and a demo has none", async () => {
    const { store } = subject;
    const [other, demo] = [await newAccount(store), await newAccount(store, "demo")];
    await send(store, { id: "s", tenant, works: 3, ends: true });
    await send(store, {
      id: "s",
      tenant: other,
      works: 4,
      facts: { workflow: "theirs" },
      ends: true,
    });
    await send(store, { id: "s", tenant: demo, works: 5, ends: true });
    const memory = memoryOn(store);
    // Nobody told it: all accounts are looked at now and then.
    await memory.round();
    expect(await sessionsOf("workflow")).toEqual({ tickets: 1 });
    const theirs = await store.reader.memory.cards(other, "workflow", { after: "", limit: 9 });
    expect(theirs.map(({ name }) => name)).toEqual(["theirs"]);
    expect(await store.reader.memory.cards(demo, "workflow", { after: "", limit: 9 })).toEqual([]);
  });
}
