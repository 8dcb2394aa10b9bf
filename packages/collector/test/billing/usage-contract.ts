/** Usage on whichever store: exact at every moment, and what was added up is not read again. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { UsageSums } from "../../src/billing/usage-sums.ts";
import { expireAll } from "../../src/operation/retention.ts";
import type { Store, Usage } from "../../src/store/store.ts";
import { newAccount } from "../memory/memory-contract.ts";
import { eventOf } from "../store/tenant-events.ts";
import type { StoreUnderTest } from "../store-contract.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z");
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface UsageStore extends StoreUnderTest {
  /** Past the store, as somebody who may change everything. */
  change(sql: string): Promise<void>;
}

export function usageContract(open: () => Promise<UsageStore>): void {
  let subject: UsageStore;
  let tenant: number;
  let nowMs: number;
  beforeEach(async () => {
    subject = await open();
    tenant = await newAccount(subject.store);
    nowMs = NOW;
  });
  afterEach(() => subject.dispose());

  const sumsOf = (store: Store = subject.store) =>
    new UsageSums({
      store,
      clock: () => nowMs,
      onFailure: (failure) => expect.fail(String(failure)),
    });
  const usage = (of = tenant) => subject.store.reader.usage(of);
  const send = async (sessionId: string, more: { agoMs?: number; of?: number } = {}) => {
    const { agoMs = 0, of = tenant } = more;
    const receivedMs = nowMs - agoMs;
    const draft = {
      category: "tool_api",
      sourceTimestamp: new Date(receivedMs).toISOString(),
      payload: { toolName: "t", status: "ok", totalTokens: 7, costNanoUsd: 11 },
    } as const;
    const outcome = await subject.store.submit(eventOf(of, sessionId, { receivedMs, draft }));
    expect(outcome.kind).toBe("event");
  };
  /** Each session has a record that opens it. */
  const usedBy = (sessions: number, events: number): Partial<Usage> => ({
    sessions,
    events: sessions + events,
    steps: events,
    totalTokens: 7 * events,
    costNanoUsd: 11 * events,
  });

  test("it is exact before, between and after rounds, and after sessions were deleted", async () => {
    const sums = sumsOf();
    let events = 0;
    const sendAll = async (ids: readonly string[]) => {
      for (const id of ids) await send(id);
      events += ids.length;
    };
    await sendAll(["a", "b", "c", "a"]);
    expect(await usage()).toMatchObject(usedBy(3, events));
    await subject.store.administer({ kind: "delete_session", tenant, sessionId: "a" });
    expect(await usage()).toMatchObject(usedBy(3, events));
    await sums.round();
    expect(await usage()).toMatchObject(usedBy(3, events));
    nowMs += HOUR_MS;
    await sendAll(["b", "d"]);
    expect(await usage()).toMatchObject(usedBy(4, events));
    // One that was counted and has more since, one that was counted as it is, one that never was.
    for (const sessionId of ["b", "c", "d"]) {
      await subject.store.administer({ kind: "delete_session", tenant, sessionId });
      expect(await usage()).toMatchObject(usedBy(4, events));
    }
    sums.changed(tenant);
    await sums.round();
    expect(await usage()).toMatchObject(usedBy(4, events));
    await sendAll(["e", "e"]);
    nowMs += HOUR_MS;
    sums.changed(tenant);
    await sums.round();
    await sendAll(["e"]);
    expect(await usage()).toMatchObject(usedBy(5, events));
  });

  test("what a node takes whose clock is minutes behind is counted as well", async () => {
    const sums = sumsOf();
    await send("a");
    await sums.round();
    await send("late", { agoMs: 4 * 60_000 });
    expect(await usage()).toMatchObject(usedBy(2, 2));
    sums.changed(tenant);
    await sums.round();
    await send("late", { agoMs: 4 * 60_000 });
    expect(await usage()).toMatchObject(usedBy(2, 3));
  });

  test("retention takes nothing out of it, and what goes on after it is added", async () => {
    await send("a");
    await send("b");
    await sumsOf().round();
    nowMs += 10 * DAY_MS;
    await subject.store.administer({ kind: "set_retention", tenant, days: 1 });
    await expireAll(subject.store, nowMs);
    expect(await usage()).toMatchObject(usedBy(2, 2));
    await send("a");
    expect(await usage()).toMatchObject(usedBy(2, 3));
    await sumsOf().round();
    expect(await usage()).toMatchObject(usedBy(2, 3));
  });

  test("sessions that were counted are not read again", async () => {
    for (const id of ["a", "b"]) await send(id);
    nowMs += HOUR_MS;
    await sumsOf().round();
    await subject.change("update sessions set steps = 1000000, tokens = 1000000");
    expect(await usage()).toMatchObject(usedBy(2, 2));
  });

  test("each account has its own, and one that is none is read as it is", async () => {
    const other = await newAccount(subject.store);
    await send("a");
    await send("a", { of: other });
    await send("a", { of: other });
    await sumsOf().round();
    await send("a");
    expect(await usage()).toMatchObject(usedBy(1, 2));
    expect(await usage(other)).toMatchObject(usedBy(1, 2));
    expect(await usage(other + 1_000)).toMatchObject(usedBy(0, 0));
  });

  test("more than is counted at once is counted in steps, exact at each of them", async () => {
    const sent = Array.from({ length: 2_500 }, (_, at) => send(`s${at}`, { agoMs: at % 700 }));
    await Promise.all(sent);
    nowMs += HOUR_MS;
    const count = { kind: "count_usage", tenant, nowMs } as const;
    const answers = [];
    for (let step = 0; step < 3; step++) {
      const answer = await subject.store.administer(count);
      answers.push(answer.kind === "done" && answer.value);
      expect(await usage()).toMatchObject(usedBy(2_500, 2_500));
    }
    expect(answers).toEqual([1, 1, 0]);
  });

  test("nodes that count at the same time, beside sessions that come and go, count once", async () => {
    const { store, peer = store } = subject;
    const nodes = [sumsOf(), sumsOf(peer)];
    const counting = async () => {
      for (let round = 0; round < 10; round++) {
        for (const node of nodes) node.changed(tenant);
        await Promise.all(nodes.map((node) => node.round()));
      }
    };
    const sending = async () => {
      for (let at = 0; at < 60; at++) {
        const sessionId = `s${at % 20}-${Math.floor(at / 40)}`;
        await send(sessionId);
        // None of these comes again.
        if (at >= 40 || (at >= 20 && at % 3 === 0)) {
          await store.administer({ kind: "delete_session", tenant, sessionId });
        }
      }
    };
    await Promise.all([counting(), sending()]);
    expect(await usage()).toMatchObject(usedBy(40, 60));
    nowMs += HOUR_MS;
    for (const node of nodes) {
      node.changed(tenant);
      await node.round();
    }
    expect(await usage()).toMatchObject(usedBy(40, 60));
  });
}
