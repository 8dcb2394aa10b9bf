import type { StructuralRecord } from "@caum/core";
import { type Diagnostic, withSession } from "@caum/langchain";
import { createAgent } from "langchain";
import { expect, test } from "vitest";
import { eventsOf } from "../../../test/records.ts";
import { recorded } from "./recorded.ts";
import { calls, ScriptedModel, says, toolOf } from "./scripted-model.ts";

const ask = { messages: [{ role: "user" as const, content: "hi" }] };
const search = () => toolOf("search", ({ q }) => `found ${q}`);
const agent = (name?: string) =>
  createAgent({
    model: new ScriptedModel([calls(["c1", "search", { q: "x" }]), says("done")]),
    tools: [search()],
    ...(name !== undefined && { name }),
  });
const EVENTS = ["message user", "turn ok 1", "search ok", "turn ok"];

function sessionsOf(records: readonly StructuralRecord[]): string[] {
  return [...new Set(records.map(({ sessionId }) => sessionId))];
}

test("the thread id names the session", async () => {
  const records = await recorded((handler) =>
    agent().invoke(ask, { callbacks: [handler], configurable: { thread_id: "thread-1" } }),
  );
  expect(sessionsOf(records)).toEqual(["thread-1"]);
  expect(eventsOf(records)).toEqual(EVENTS);
});

test("without a thread id the whole run is one session", async () => {
  const records = await recorded((handler) => agent().invoke(ask, { callbacks: [handler] }));
  expect(sessionsOf(records)).toHaveLength(1);
  expect(eventsOf(records)).toEqual(EVENTS);
});

test("withSession names what the host does not", async () => {
  const records = await recorded((handler) =>
    withSession("mine", () => agent().invoke(ask, { callbacks: [handler] })),
  );
  expect(sessionsOf(records)).toEqual(["mine"]);
});

test("two concurrent requests through one handler stay apart", async () => {
  const records = await recorded((handler) =>
    Promise.all(
      ["one", "two"].map((id) =>
        agent().invoke(ask, { callbacks: [handler], configurable: { thread_id: id } }),
      ),
    ),
  );
  for (const id of ["one", "two"]) {
    expect(eventsOf(records.filter(({ sessionId }) => sessionId === id))).toEqual(EVENTS);
  }
});

test("a turn has model, usage, finish and the agent that took it", async () => {
  const records = await recorded((handler) => agent("boss").invoke(ask, { callbacks: [handler] }));
  const [turn] = records.filter((record) => record.category === "reasoning").slice(1);
  expect(turn?.payload).toMatchObject({
    kind: "turn",
    model: "model-1",
    finishReason: "stop",
    inputTokens: 10,
    outputTokens: 5,
    cacheReadTokens: 2,
    requestedTools: 1,
    agentTag: expect.stringMatching(/^x-/),
  });
});

test("an agent inside of a tool is another agent of the same session", async () => {
  const finder = agent("finder");
  const delegate = toolOf("delegate", async () => (await finder.invoke(ask)).messages.length);
  const boss = createAgent({
    model: new ScriptedModel([calls(["c9", "delegate", { q: "go" }]), says("done")]),
    tools: [delegate],
    name: "boss",
  });
  const records = await recorded((handler) => boss.invoke(ask, { callbacks: [handler] }));
  expect(sessionsOf(records)).toHaveLength(1);
  const tags = new Map(
    records.flatMap((record) =>
      record.category === "tool_api" ? [[record.payload.toolName, record.payload.agentTag]] : [],
    ),
  );
  expect(tags.get("search")).toMatch(/^x-/);
  expect(tags.get("search")).not.toBe(tags.get("delegate"));
});

test("an untested host is told once, and in the run", async () => {
  const told: Diagnostic[] = [];
  const metadata = { versions: { "@langchain/core": "2.0.0" } };
  const records = await recorded(
    async (handler) => {
      for (const id of ["a", "b"]) {
        handler.handleToolStart({}, "{}", id, undefined, [], metadata, "search");
        handler.handleToolEnd("found", id);
      }
    },
    { onDiagnostic: (diagnostic) => told.push(diagnostic) },
  );
  expect(told.map(({ code }) => code)).toEqual(["host_version_untested"]);
  expect(eventsOf(records).filter((event) => event.startsWith("adapter_blind"))).toHaveLength(1);
});

test("an adapter without a single outcome says that it is blind", async () => {
  const told: Diagnostic[] = [];
  const handlers: { close(): Promise<void> }[] = [];
  const records = await recorded(
    async (handler) => {
      handlers.push(handler);
      for (let at = 0; at < 6; at++) {
        handler.handleToolStart({}, "{}", `run-${at}`, undefined, [], {}, "search");
      }
    },
    { session: "s", onDiagnostic: (diagnostic) => told.push(diagnostic) },
  );
  expect(told.map(({ code }) => code)).toEqual(["no_outcomes_seen"]);
  expect(eventsOf(records)).toContain("adapter_blind no_outcomes_seen");
});
