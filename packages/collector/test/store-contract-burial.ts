/** Retention goes in small steps, at any length of a session and with any clock. */
import { CompactRange } from "@caum/core/collector";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { EventIntake, RecordsOutcome } from "../src/ingest/intake.ts";
import { Compaction } from "../src/operation/compaction.ts";
import { type NativeRunLines, recordRun } from "./native-lines.ts";
import { eventOf } from "./store/tenant-events.ts";
import type { StoreUnderTest } from "./store-contract.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z");
const HOUR_MS = 3_600_000;
const TOMBSTONE = '{"tombstone":';

export function burialContract(open: () => Promise<StoreUnderTest>): void {
  let subject: StoreUnderTest;
  beforeEach(async () => {
    subject = await open();
    await subject.store.administer({
      kind: "create_tenant",
      ulid: "01ARZ3NDEKTSV4RRFFQ69G5FAV",
      tenantKind: "account",
      plan: "free",
      createdMs: NOW,
    });
  });
  afterEach(() => subject.dispose());

  const expire = async (idleSinceMs: number) => {
    const answer = await subject.store.administer({ kind: "expire", tenant: 1, idleSinceMs });
    if (answer.kind !== "done") throw new Error(answer.code);
    return answer.value;
  };
  const compact = () => {
    const onFailure = (failure: Error) => expect.unreachable(failure.message);
    const { store } = subject;
    return new Compaction({ store, clock: () => NOW + HOUR_MS, onFailure }).round();
  };
  const send = async (more: Partial<EventIntake> = {}) => {
    const outcome = await subject.store.submit(eventOf(1, "s", { receivedMs: NOW, ...more }));
    if (outcome.kind !== "event") throw new Error(JSON.stringify(outcome));
    return outcome;
  };
  const submitLines = async ({ runId }: NativeRunLines, lines: readonly string[]) => {
    const place = { tenant: 1, receivedMs: NOW, sessionId: "s", runId };
    const outcome = await subject.store.submit({
      kind: "records",
      asksStandings: true,
      ...place,
      lines,
    });
    return outcome as RecordsOutcome; // Nothing of it is refused.
  };
  const submitAll = async (run: NativeRunLines) => {
    for (let at = 0; at < run.lines.length; at += 400) {
      await submitLines(run, run.lines.slice(at, at + 400));
    }
  };
  const all = () => subject.store.reader.records(1, "s", 0, 10_000);
  const left = async () => (await all()).filter(({ line }) => !line.startsWith(TOMBSTONE)).length;
  const rootOfAll = async () => {
    const tree = new CompactRange();
    for (const { leaf } of await all()) tree.append(leaf);
    return tree.root;
  };

  test("a long session is buried step by step, and each step goes on where the last one ended", async () => {
    const run = await recordRun("s", 6_000);
    await submitAll(run);
    const before = await all();
    let steps = 0;
    for (let rest = before.length; (await expire(NOW + HOUR_MS)) > 0; steps += 1) {
      const now = await left();
      expect(now).toBeLessThan(rest);
      // So few that events do not wait for them.
      expect(rest - now).toBeLessThanOrEqual(2_048 + 255);
      rest = now;
      const repeated = await submitLines(run, run.lines.slice(-3));
      expect(repeated.results.map(({ status }) => status)).toEqual(Array(3).fill("duplicate"));
    }
    expect(steps).toBeGreaterThan(2);
    expect(await left()).toBe(1);
    const after = await all();
    expect(after.map(({ leaf, index }) => [leaf, index])).toEqual(
      before.map(({ leaf, index }) => [leaf, index]),
    );
  });

  test("a session that goes on while it is buried is judged on, and buried to its end later", async () => {
    const run = await recordRun("s", 5_000);
    const more = await recordRun("s", 5);
    const other = await open();
    const whole = subject;
    await submitAll(run);
    subject = other;
    await submitAll(run);
    subject = whole;
    expect(await expire(NOW + HOUR_MS)).toBe(1);
    expect(await left()).toBeGreaterThan(1_000);
    const place = { tenant: 1, receivedMs: NOW + 2 * HOUR_MS, sessionId: "s" };
    const { lines, runId } = more;
    const intake = { kind: "records", asksStandings: true, ...place, runId, lines } as const;
    const [cut, uncut] = await Promise.all([
      subject.store.submit(intake),
      other.store.submit(intake),
    ]);
    await other.dispose();
    expect(cut).toEqual(uncut);
    expect(await expire(NOW + HOUR_MS)).toBe(0);
    while ((await expire(NOW + 3 * HOUR_MS)) > 0);
    expect(await left()).toBe(2);
    expect((cut as RecordsOutcome).head.root).toBe(await rootOfAll());
  });

  test("runs that only began end a burial, however many there are", async () => {
    const runs: NativeRunLines[] = [];
    const { lines, runId } = await recordRun("s", 0);
    const opened = lines[0] ?? "";
    for (let at = 0; at < 2_100; at++) {
      const other = runId.slice(0, -4) + String(at).padStart(4, "0");
      const eventId = `018f0000-0000-7000-8000-${String(at).padStart(12, "0")}`;
      const line = opened.replaceAll(runId, other);
      runs.push({
        runId: other,
        lines: [line.replace(/"eventId":"[^"]+"/, `"eventId":"${eventId}"`)],
      });
    }
    await Promise.all(runs.map((run) => submitLines(run, run.lines)));
    expect(await left()).toBe(runs.length);
    expect(await expire(NOW + HOUR_MS)).toBe(1);
    expect(await expire(NOW + HOUR_MS)).toBe(0);
    expect(await left()).toBe(runs.length);
  });

  test("a long session is compacted in one round, and others are not held up by it", async () => {
    const run = await recordRun("s", 2_500);
    for (let at = 0; at < run.lines.length; at += 20) {
      await submitLines(run, run.lines.slice(at, at + 20));
    }
    await subject.store.submit(eventOf(1, "other", { receivedMs: NOW }));
    const before = await all();
    expect(await compact()).toBe(run.lines.length + 2);
    expect(await all()).toEqual(before);
    expect(await subject.store.reader.looseSessions(undefined, 9)).toEqual([]);
  });

  test("rows between chunks are moved in one round, however many stretches they are", async () => {
    const run = await recordRun("s", 600);
    const { length } = run.lines;
    let loose = 0;
    for (let at = 0, size = 20; at < length; at += size, size = 60 - size) {
      const lines = run.lines.slice(at, at + size);
      await submitLines(run, lines);
      if (lines.length < 32) loose += lines.length;
    }
    const before = await all();
    expect(await compact()).toBe(loose);
    expect(await all()).toEqual(before);
    expect(await subject.store.reader.looseSessions(undefined, 9)).toEqual([]);
  });

  test("what came while the clock was back is buried too, though no round ran meanwhile", async () => {
    await send({ receivedMs: NOW + 50 * HOUR_MS });
    expect(await expire(NOW + 99 * HOUR_MS)).toBe(1);
    expect(await expire(NOW + 99 * HOUR_MS)).toBe(0);
    await subject.store.submit(eventOf(1, "new", { receivedMs: NOW }));
    await send({ receivedMs: NOW });
    expect(await expire(NOW + 100 * HOUR_MS)).toBe(2);
    expect(await expire(NOW + 100 * HOUR_MS)).toBe(0);
  });
}
