import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AlertWatch, type LocalAlert } from "../../../src/health/alerts/alert-watch.ts";
import { createObserver, type Observer } from "../../../src/observer.ts";

let home: string;
let observer: Observer;
let nowMs: number;
/** What waits, by the time at which it is due. */
let waiting: { work: () => void; dueMs: number }[];
let watch: AlertWatch;
let told: LocalAlert[];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "caum-watch-"));
  nowMs = Date.parse("2026-01-01T00:00:00Z");
  waiting = [];
  told = [];
  watch = new AlertWatch((work, waitMs) => {
    const entry = { work, dueMs: nowMs + waitMs };
    waiting.push(entry);
    return () => {
      waiting = waiting.filter((other) => other !== entry);
    };
  });
  observer = createObserver({
    home,
    env: {},
    writer: "test",
    writerVersion: "1",
    layer: "framework",
    view: "full",
    alerts: watch,
    clock: () => nowMs,
  });
});
afterEach(async () => {
  await observer.close();
  rmSync(home, { recursive: true, force: true });
});

const tell = (alert: LocalAlert) => told.push(alert);
const CALL = { tool: "bash", arguments: { command: "ls" }, result: "same", status: "ok" } as const;

function pass(milliseconds: number): void {
  nowMs += milliseconds;
  for (const { work } of waiting.filter(({ dueMs }) => dueMs <= nowMs)) work();
}

test("the collector's conditions are told in this process, each once", () => {
  watch.on(["class=hard_alert", "cost>0.02", "steps>5"], tell);
  for (let at = 0; at < 8; at++) observer.observe("s", { ...CALL, costUsd: 0.01 });
  expect(told.map(({ condition, assessment }) => [condition, assessment.step])).toEqual([
    ["cost>0.02", 3],
    ["class=hard_alert", 4],
    ["steps>5", 6],
  ]);
  expect(told[1]).toMatchObject({ sessionId: "s", assessment: { regime: "LOOP" } });
  expect(watch.takeFired()).toEqual(["cost>0.02", "class=hard_alert", "steps>5"]);
  expect(watch.takeFired()).toEqual([]);
});

test("sessions are told apart, and who stopped listening hears nothing", () => {
  const stop = watch.on(["steps>1"], tell);
  for (const session of ["a", "b", "a", "b"]) observer.observe(session, CALL);
  stop();
  for (let at = 0; at < 3; at++) observer.observe("c", CALL);
  expect(told.map(({ sessionId }) => sessionId)).toEqual(["a", "b"]);
});

test("a listener that throws changes nothing for the agent or for others", () => {
  watch.on(["steps>1"], () => {
    throw new Error("a listener of somebody's");
  });
  watch.on(["steps>1"], tell);
  observer.observe("s", CALL);
  expect(observer.observe("s", CALL).step).toBe(2);
  expect(told).toHaveLength(1);
  expect(observer.status.problems).toEqual({});
});

test("a changed tool definition is told", () => {
  watch.on(["tool_definition_changed"], tell);
  const change = {
    kind: "environment",
    change: "tool_definition",
    subject: "bash",
    value: {},
  } as const;
  observer.observe("s", change);
  expect(told).toMatchObject([{ condition: "tool_definition_changed" }]);
});

test("a call that is open for too long is told when its time has come, unless it was answered", () => {
  watch.on(["open_call>120"], tell);
  const pending = { ...CALL, status: "pending", durationMs: 60_000 } as const;
  observer.observe("s", { ...pending, toolCallId: "one" });
  observer.observe("s", { ...pending, toolCallId: "two" });
  pass(59_999);
  observer.observe("s", { ...CALL, toolCallId: "one" });
  expect(told).toEqual([]);
  pass(1);
  expect(told).toMatchObject([{ condition: "open_call>120" }]);
});

test("a session that ended waits for nothing", async () => {
  watch.on(["open_call>120"], tell);
  observer.observe("s", { ...CALL, status: "pending", toolCallId: "one" });
  expect(waiting).toHaveLength(1);
  await observer.closeSession("s");
  expect(waiting).toEqual([]);
});

test("what is no condition is refused where it is set", () => {
  expect(() => watch.on(["tier>T4"], tell)).toThrow('at position 5: expected ">=" or "="');
});

test("rules of a process ask for names, too", async () => {
  const named = createObserver({
    home,
    env: {},
    writer: "test",
    writerVersion: "1",
    layer: "framework",
    view: "full",
    alerts: watch,
    clock: () => nowMs,
    agentId: "helper",
  });
  const session = named.session("s", { agentName: "Helper", workflow: "tickets" });
  watch.on(
    [
      "steps>1 and agent=helper and workflow=tickets",
      "steps>1 and agent=Helper",
      "steps>1 and agent=other",
      "steps>1 and server=github",
      "open_call>60 and server=github or open_call>120",
    ],
    tell,
  );
  for (let at = 0; at < 3; at++)
    session.observe({ ...CALL, ...(at === 2 && { serverName: "github" }) });
  expect(told.map(({ condition, assessment }) => [condition, assessment.step])).toEqual([
    ["steps>1 and agent=helper and workflow=tickets", 2],
    ["steps>1 and agent=Helper", 2],
    ["steps>1 and server=github", 3],
  ]);
  const pending = { ...CALL, status: "pending" } as const;
  session.observe({ ...pending, toolCallId: "one", serverName: "files" });
  session.observe({ ...pending, toolCallId: "two", serverName: "github" });
  // One of no server, in a session that called github.
  session.observe({ ...pending, toolCallId: "three" });
  expect(waiting.map(({ dueMs }) => dueMs - nowMs)).toEqual([120_000, 60_000, 120_000]);
  await named.close();
});

test("of a session the first 16 servers are known by name", () => {
  watch.on(["steps>0 and server=server-15", "steps>0 and server=server-16"], tell);
  for (let at = 0; at < 17; at++) observer.observe("s", { ...CALL, serverName: `server-${at}` });
  expect(told.map(({ condition }) => condition)).toEqual(["steps>0 and server=server-15"]);
});
