/** "It had a loop", and "it is over", are facts of a session that every store keeps and finds. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createObserver } from "@caum/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { EventIntake } from "../src/ingest/intake.ts";
import type { SessionFilter, SessionOrder, SessionView, SortedFilter } from "../src/store/store.ts";
import type { StoreUnderTest } from "./store-contract.ts";

const KEYS = { digestKeyId: "test", digestKeyCommitment: "c".repeat(64) };
export const NOW = Date.parse("2026-01-01T00:00:00Z");
const DAY_MS = 86_400_000;
const COST_NANO_USD = 1_000;

export interface Sender {
  /** So many calls that are all new. */
  work(count: number): Promise<void>;
  /** So many equal calls; the fourth is a hard alert. */
  loop(count: number): Promise<void>;
}

/** Sends calls of one session to whichever store is under test. */
export function senderOf(subject: () => StoreUnderTest, sessionId: string): Sender {
  let sent = 0;
  const send = async (stateId: string) => {
    sent += 1;
    const intake: EventIntake = {
      kind: "event",
      tenant: 1,
      receivedMs: NOW + sent,
      sessionId,
      facts: { agentId: "agent" },
      keys: KEYS,
      draft: {
        category: "tool_api",
        sourceTimestamp: new Date(NOW + sent).toISOString(),
        payload: { toolName: "tool", status: "ok", stateId, costNanoUsd: COST_NANO_USD },
      },
      asksRoot: false,
    };
    expect((await subject().store.submit(intake)).kind).toBe("event");
  };
  return {
    async work(count) {
      for (let at = 0; at < count; at++) await send(`state ${sent}`);
    },
    async loop(count) {
      const state = `state ${sent}`;
      for (let at = 0; at < count; at++) await send(state);
    },
  };
}

/** Lines of one run, as an observer wrote them a day before now, with its close at the end. */
async function runOf(sessionId: string): Promise<{ runId: string; lines: readonly string[] }> {
  const home = mkdtempSync(join(tmpdir(), "caum-lines-"));
  let now = NOW - DAY_MS;
  const writer = { writer: "test", writerVersion: "1", layer: "mcp", view: "one_server" } as const;
  const observer = createObserver({ home, env: {}, ...writer, clock: () => now });
  for (let at = 0; at < 12; at++) {
    now += 1_000;
    const [subject, server] = [{ of: "the same" }, at % 2 === 0 ? "one" : "other"];
    observer.observe(sessionId, { tool: "t", arguments: subject, result: subject, server });
  }
  await observer.close();
  const [runId = ""] = readdirSync(join(home, "runs"));
  const text = readFileSync(join(home, "runs", runId, "records.ndjson"), "utf8");
  rmSync(home, { recursive: true, force: true });
  return { runId, lines: text.trimEnd().split("\n") };
}

export function loopContract(open: () => Promise<StoreUnderTest>): void {
  let subject: StoreUnderTest;
  beforeEach(async () => {
    subject = await open();
  });
  afterEach(() => subject.dispose());

  const send = (sessionId: string) => senderOf(() => subject, sessionId);
  const found = async (filter: Partial<SessionFilter>) => {
    const views = await subject.store.reader.sessions(1, { limit: 10, ...filter });
    return views.map(({ id }) => id).sort();
  };
  const viewOf = async (id: string, store = subject.store): Promise<SessionView> => {
    const view = await store.reader.session(1, id);
    if (view === undefined || "gone" in view) throw new Error("not there");
    return view;
  };
  const acknowledge = (sessionId: string) => {
    const command = { tenant: 1, sessionId, by: "ada", nowMs: NOW + 5_000 } as const;
    return subject.store.administer({ kind: "acknowledge", ...command });
  };

  test("a session that looped and moved on is found by its loops", async () => {
    await send("clean").work(20);
    const looped = send("looped");
    await looped.work(3);
    await looped.loop(6);
    await looped.work(40);
    await looped.loop(5);
    await looped.work(40);
    const { standing, loops } = await viewOf("looped");
    expect(standing.publicClass).toBe("none");
    expect(loops).toMatchObject({ count: 2, steps: 11, costNanoUsd: 11 * COST_NANO_USD });
    expect(loops.worstTier > standing.tier).toBe(true);
    expect(await found({ hadLoop: true })).toEqual(["looped"]);
    expect(await found({ hadLoop: false })).toEqual(["clean"]);
    expect(await found({ worstTier: loops.worstTier })).toEqual(["looped"]);
    expect(await found({ isMarked: true })).toEqual(["looped"]);
  });

  test("it stays marked until somebody has looked, and a new loop marks it again", async () => {
    const looped = send("s");
    await looped.loop(6);
    await looped.work(40);
    const before = await viewOf("s");
    expect(await acknowledge("s")).toMatchObject({ kind: "done" });
    const after = await viewOf("s");
    expect(after.acknowledged).toEqual({ atMs: NOW + 5_000, by: "ada", loops: 1 });
    expect({ ...after, acknowledged: undefined }).toEqual(before);
    expect(await found({ isMarked: true })).toEqual([]);
    expect(await found({ isMarked: false })).toEqual(["s"]);
    subject = await subject.reopen();
    await looped.work(10);
    expect(await found({ isMarked: true })).toEqual([]);
    await looped.loop(6);
    expect(await found({ isMarked: true })).toEqual(["s"]);
    expect((await viewOf("s")).acknowledged).toMatchObject({ by: "ada", loops: 1 });
    expect(await acknowledge("nobody")).toMatchObject({ code: "NOT_FOUND" });
  });

  test("another attempt of the sender does not hide the loops of the one before", async () => {
    const looped = send("s");
    await looped.loop(6);
    const end = { tenant: 1, receivedMs: NOW, sessionId: "s", keys: KEYS };
    await subject.store.submit({ kind: "end", ...end });
    await looped.work(20);
    expect(await viewOf("s")).toMatchObject({ segment: 2, figures: { loops: 0 } });
    expect(await viewOf("s")).toMatchObject({ loops: { count: 1, steps: 6 } });
    subject = await subject.reopen();
    await looped.loop(6);
    const { loops } = await viewOf("s");
    expect(loops).toMatchObject({ count: 2, steps: 12, costNanoUsd: 12 * COST_NANO_USD });
    expect(await viewOf("s", subject.peer ?? subject.store)).toMatchObject({ loops });
  });

  test("a session is over when the last of its runs was closed, and goes on with the next", async () => {
    const runs = [await runOf("s"), await runOf("s")];
    const submit = (lines: readonly string[], runId: string) =>
      subject.store.submit({
        kind: "records",
        tenant: 1,
        receivedMs: NOW,
        sessionId: "s",
        runId,
        lines,
      });
    for (const { lines, runId } of runs) await submit(lines.slice(0, -1), runId);
    expect(await viewOf("s")).toMatchObject({ ended: false });
    for (const { lines, runId } of runs) {
      expect((await viewOf("s")).ended).toBe(false);
      await submit(lines.slice(-1), runId);
    }
    expect(await viewOf("s")).toMatchObject({ ended: true });
    subject = await subject.reopen();
    expect(await viewOf("s")).toMatchObject({ ended: true });
    const { lines, runId } = await runOf("s");
    await submit(lines.slice(0, 3), runId);
    expect(await viewOf("s")).toMatchObject({ ended: false });
  });

  test("what is brought later keeps the times of its sender", async () => {
    const { lines, runId } = await runOf("s");
    const intake = { tenant: 1, receivedMs: NOW, sessionId: "s", runId, lines } as const;
    await subject.store.submit({ kind: "records", ...intake });
    const view = await viewOf("s");
    expect(NOW - view.firstMs).toBe(DAY_MS - 1_000);
    expect(NOW - view.activeMs).toBe(DAY_MS - 12_000);
    expect(view.lastMs).toBe(NOW);
    expect(view.origins.servers).toHaveLength(2);
    expect(await found({ activeSinceMs: NOW - 3_600_000 })).toEqual([]);
    expect(await found({ activeSinceMs: NOW - DAY_MS })).toEqual(["s"]);
    expect(await found({ sinceMs: NOW })).toEqual(["s"]);
  });

  test("sessions are ordered by a figure among the newest, what is not known last, and others are told", async () => {
    const plans = { none: [3, 0], few: [9, 9], many: [2, 12] } as const;
    for (const [id, [work, loop]] of Object.entries(plans)) {
      const sender = senderOf(() => subject, id);
      await sender.work(work);
      await sender.loop(loop);
    }
    const { reader } = subject.store;
    const sorted = async (by: SessionOrder, more: Partial<SortedFilter> = {}) => {
      const asked = { by, isAscending: false, lookedAt: 10, among: 10, limit: 10, ...more };
      const { views, ...told } = await reader.sortedSessions(1, asked);
      return { ids: views.map(({ id }) => id), ...told };
    };
    expect(await sorted("steps")).toMatchObject({
      ids: ["few", "many", "none"],
      looked: 3,
      isWhole: true,
    });
    expect((await sorted("steps", { isAscending: true })).ids).toEqual(["none", "many", "few"]);
    expect((await sorted("cost")).ids).toEqual(["few", "many", "none"]);
    expect((await sorted("loops")).ids.at(-1)).toBe("none");
    expect((await sorted("last", { isAscending: true, limit: 1 })).ids).toHaveLength(1);
    // All calls went well, and of equal ones the newer comes first.
    const newest = (await reader.sessions(1, { limit: 10 })).map(({ id }) => id);
    expect((await sorted("failures")).ids).toEqual(newest);
    const some = await sorted("steps", { lookedAt: 2 });
    expect(some).toMatchObject({ looked: 2, isWhole: false });
    expect(some.ids).toHaveLength(2);
    expect((await sorted("steps", { hadLoop: false })).ids).toEqual(["none"]);
    // Among the newest there is none without a loop, and it is said that others were not looked at.
    expect(await sorted("steps", { hadLoop: false, among: 1 })).toMatchObject({
      ids: [],
      isWhole: false,
    });
    expect(await sorted("steps", { among: 1 })).toMatchObject({ looked: 2, isWhole: false });
    expect(await sorted("steps", { among: 3 })).toMatchObject({ looked: 3, isWhole: true });
    expect(await sorted("steps", { agent: "nobody" })).toMatchObject({ ids: [], looked: 0 });
    expect(
      (
        await reader.sortedSessions(2, {
          by: "steps",
          isAscending: false,
          lookedAt: 9,
          among: 9,
          limit: 9,
        })
      ).views,
    ).toEqual([]);
  });
}
