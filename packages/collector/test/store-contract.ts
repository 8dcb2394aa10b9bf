/** What every store must do, whatever it is made of. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { EventIntake, EventOutcome, Outcome } from "../src/ingest/intake.ts";
import type { Store } from "../src/store/store.ts";

/** How a store under test comes and goes; `reopen` closes it and opens the same data again. */
export interface StoreUnderTest {
  readonly store: Store;
  /** A second node on the same data, where there can be one. */
  readonly peer?: Store;
  reopen(): Promise<StoreUnderTest>;
  dispose(): Promise<void>;
}

const KEYS = { digestKeyId: "test", digestKeyCommitment: "c".repeat(64) };
const NOW = Date.parse("2026-01-01T00:00:00Z");

function event(tenant: number, sessionId: string, more: Partial<EventIntake> = {}): EventIntake {
  return {
    kind: "event",
    tenant,
    receivedMs: NOW,
    sessionId,
    facts: { agentId: "agent" },
    keys: KEYS,
    draft: {
      category: "tool_api",
      sourceTimestamp: new Date(NOW).toISOString(),
      payload: { toolName: "tool", status: "ok", stateId: "state" },
    },
    asksRoot: true,
    ...more,
  };
}

function accepted(outcome: Outcome): EventOutcome {
  if (outcome.kind !== "event") throw new Error(`not accepted: ${JSON.stringify(outcome)}`);
  return outcome;
}

export function storeContract(open: () => Promise<StoreUnderTest>): void {
  let subject: StoreUnderTest;
  beforeEach(async () => {
    subject = await open();
  });
  afterEach(() => subject.dispose());

  const submit = async (intake: EventIntake) => accepted(await subject.store.submit(intake));

  test("records of a session are linked in the order of acceptance", async () => {
    const outcomes = [];
    for (let at = 0; at < 5; at++) outcomes.push(await submit(event(1, "s")));
    const records = await subject.store.reader.records(1, "s", 0, 100);
    expect(records).toHaveLength(6);
    for (const [at, outcome] of outcomes.entries()) {
      expect(outcome.index).toBe(at + 1);
      expect(outcome.previousHash).toBe(records[at]?.leaf);
      expect(records[at + 1]?.leaf).toBe(outcome.leaf);
    }
  });

  test("many callers at once never fork a chain", async () => {
    await Promise.all(Array.from({ length: 200 }, (_, at) => submit(event(1, `s${at % 3}`))));
    for (const id of ["s0", "s1", "s2"]) {
      const records = await subject.store.reader.records(1, id, 0, 1_000);
      const links = records.map(({ line }) => JSON.parse(line).previousHash);
      expect(links.slice(1)).toEqual(records.slice(0, -1).map(({ leaf }) => leaf));
    }
  });

  test("a claimed event id is stored once in a tenant, and another tenant has its own", async () => {
    const claim = { eventId: "550e8400-e29b-41d4-a716-446655440000", body: "b" };
    const first = await submit(event(1, "s", { claim }));
    const again = await submit(event(1, "s", { claim, receivedMs: NOW + 5 }));
    expect(again).toMatchObject({ how: "repeated", conflict: false, receivedMs: NOW });
    expect(again.root).toBe(first.root);
    const other = await submit(event(1, "s", { claim: { ...claim, body: "other" } }));
    expect(other).toMatchObject({ how: "repeated", conflict: true });
    expect(await submit(event(2, "s", { claim }))).toMatchObject({ how: "appended" });
  });

  test("reads of one tenant never see another", async () => {
    await submit(event(1, "mine"));
    const { reader } = subject.store;
    expect(await reader.session(2, "mine")).toBeUndefined();
    expect(await reader.records(2, "mine", 0, 10)).toEqual([]);
    expect(await reader.leaves(2, "mine", 0, 10)).toEqual([]);
    expect(await reader.sessions(2, { limit: 10 })).toEqual([]);
    expect(await reader.usage(2)).toMatchObject({ sessions: 0, events: 0 });
  });

  test("a session goes on exactly where it was after the store was opened again", async () => {
    for (let at = 0; at < 70; at++) await submit(event(1, "kept"));
    const before = await subject.store.reader.session(1, "kept");
    subject = await subject.reopen();
    expect(await subject.store.reader.session(1, "kept")).toEqual(before);
    const outcome = await submit(event(1, "kept"));
    expect(outcome).toMatchObject({ index: 71, standing: { step: 71, regime: "LOOP" } });
    expect(outcome.standing.pattern).toMatchObject({ rule: "periodic", cycles: 71, fromStep: 1 });
  });

  test("sessions are listed newest first, page by page", async () => {
    const timeOf = (at: number) => NOW + 4_000 * at;
    for (const at of [3, 0, 6, 2, 5, 1, 4]) {
      await submit(event(1, `s${at}`, { receivedMs: timeOf(at) }));
    }
    const { reader } = subject.store;
    const first = await reader.sessions(1, { limit: 4 });
    expect(first.map(({ id }) => id)).toEqual(["s6", "s5", "s4", "s3"]);
    const last = first.at(-1);
    const after = last && { lastMs: last.lastMs, key: last.key };
    const second = await reader.sessions(1, { limit: 4, after });
    expect(second.map(({ id }) => id)).toEqual(["s2", "s1", "s0"]);
    const since = await reader.sessions(1, { limit: 4, after, sinceMs: timeOf(1) });
    expect(since.map(({ id }) => id)).toEqual(["s2", "s1"]);
  });

  test("what was idle for long loses its records, keeps its chain, and goes on", async () => {
    for (const id of ["old", "old", "old"]) await submit(event(1, id));
    await submit(event(1, "young", { receivedMs: NOW + 1 }));
    await submit(event(2, "old"));
    const { reader } = subject.store;
    const before = await reader.records(1, "old", 0, 10);
    const expire = (idleSinceMs: number) =>
      subject.store.administer({ kind: "expire", tenant: 1, idleSinceMs });
    expect(await expire(NOW)).toEqual({ kind: "done", value: 0 });
    expect(await expire(NOW + 1)).toMatchObject({ kind: "done", value: expect.any(Number) });
    expect(await expire(NOW + 1)).toEqual({ kind: "done", value: 0 });
    const after = await reader.records(1, "old", 0, 10);
    expect(after.map(({ leaf }) => leaf)).toEqual(before.map(({ leaf }) => leaf));
    expect(after[0]).toEqual(before[0]);
    for (const { line, standing } of after.slice(1)) {
      expect(line).toMatch(/^\{"tombstone":/);
      expect(standing).toBeUndefined();
    }
    for (const [tenant, id] of [
      [1, "young"],
      [2, "old"],
    ] as const) {
      const lines = (await reader.records(tenant, id, 0, 10)).map(({ line }) => line);
      expect(lines.join()).not.toContain("tombstone");
    }
    subject = await subject.reopen();
    const next = await submit(event(1, "old", { receivedMs: NOW + 2 }));
    expect(next).toMatchObject({ index: 4, previousHash: before.at(-1)?.leaf });
    expect(next.standing.step, "of records that can be judged no more").toBe(4);
  });

  test("keys are found by their hash until they are revoked", async () => {
    const created = await subject.store.administer({
      kind: "create_tenant",
      ulid: "01ARZ3NDEKTSV4RRFFQ69G5FAV",
      tenantKind: "account",
      plan: "self_hosted",
      createdMs: NOW,
      email: "digest",
    });
    if (created.kind !== "done") throw new Error("no tenant");
    const tenant = created.value;
    const hash = "a".repeat(64);
    await subject.store.administer({
      kind: "add_key",
      tenant,
      hash,
      keyId: "key_1",
      prefix: "caum_live_x",
      scopes: ["read"],
      createdMs: NOW,
      label: "build server",
      expiresMs: NOW + 60_000,
    });
    const found = { tenant, scopes: ["read"], keyExpiresMs: NOW + 60_000 };
    expect(await subject.store.reader.key(hash)).toMatchObject(found);
    expect(await subject.store.reader.tenantByEmail("digest")).toMatchObject({ tenant });
    await subject.store.administer({ kind: "revoke_key", tenant: tenant + 1, keyId: "key_1" });
    expect(await subject.store.reader.key(hash)).toBeDefined();
    await subject.store.administer({ kind: "revoke_key", tenant, keyId: "key_1" });
    expect(await subject.store.reader.key(hash)).toBeUndefined();
  });

  test("a key keeps its label, its end and the latest of its uses, each tenant its own", async () => {
    const add = (tenant: number, keyId: string, more: object = {}) =>
      subject.store.administer({
        kind: "add_key",
        tenant,
        hash: `${keyId.slice(-1)}${tenant}`.repeat(32),
        keyId,
        prefix: "caum_live_x",
        scopes: ["read"],
        createdMs: NOW,
        ...more,
      });
    const note = (tenant: number, ...uses: readonly { keyId: string; usedMs: number }[]) =>
      subject.store.administer({ kind: "note_key_uses", tenant, uses });
    await add(1, "key_1", { label: "build server", expiresMs: NOW + 60_000 });
    await add(1, "key_2");
    await add(2, "key_1");
    await note(1, { keyId: "key_1", usedMs: NOW + 2 }, { keyId: "key_none", usedMs: NOW });
    await note(1, { keyId: "key_1", usedMs: NOW + 1 });
    subject = await subject.reopen();
    const { reader } = subject.store;
    const plain = { prefix: "caum_live_x", scopes: ["read"], createdMs: NOW, revoked: false };
    const empty = { ...plain, label: undefined, expiresMs: undefined, lastUsedMs: undefined };
    const labelled = { label: "build server", expiresMs: NOW + 60_000, lastUsedMs: NOW + 2 };
    expect(await reader.keys(1)).toEqual([
      { ...plain, keyId: "key_1", ...labelled },
      { ...empty, keyId: "key_2" },
    ]);
    expect(await reader.keys(2)).toEqual([{ ...empty, keyId: "key_1" }]);
  });

  test("the first time-stamp of a head is kept, is its tenant's, and goes with its session", async () => {
    await submit(event(1, "s"));
    const save = (tenant: number, size: number, reply: string) =>
      subject.store.administer({ kind: "save_time_stamp", tenant, sessionId: "s", size, reply });
    expect(await save(1, 2, "Zmlyc3Q=")).toEqual({ kind: "done", value: 1 });
    expect(await save(1, 2, "c2Vjb25k")).toEqual({ kind: "done", value: 0 });
    await save(1, 1, "b2xk");
    expect(await save(2, 2, "YWxpZW4=")).toMatchObject({ kind: "refused", code: "NOT_FOUND" });
    subject = await subject.reopen();
    const { reader } = subject.store;
    const kept = [
      { size: 1, reply: "b2xk" },
      { size: 2, reply: "Zmlyc3Q=" },
    ];
    expect(await reader.timeStamps(1, "s")).toEqual(kept);
    expect(await reader.timeStamps(2, "s")).toEqual([]);
    await subject.store.administer({ kind: "delete_session", tenant: 1, sessionId: "s" });
    expect(await reader.timeStamps(1, "s")).toEqual([]);
  });

  test("a job that cannot be done takes no other with it", async () => {
    const bad = event(1, "s", {
      draft: {
        category: "tool_api",
        sourceTimestamp: new Date(NOW).toISOString(),
        payload: { toolName: "\ud800", status: "ok" },
      },
    });
    const outcomes = await Promise.all([
      subject.store.submit(event(1, "s")),
      subject.store.submit(bad),
      subject.store.submit(event(1, "s")),
    ]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(["event", "refused", "event"]);
    expect(await subject.store.reader.records(1, "s", 0, 10)).toHaveLength(3);
  });

  test("what is submitted after closing is refused, not lost in silence", async () => {
    const { store } = subject;
    subject = await subject.reopen();
    expect(await store.submit(event(1, "s"))).toEqual({ kind: "refused", code: "UNAVAILABLE" });
  });
}
