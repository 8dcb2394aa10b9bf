import type { StructuralRecord } from "@caum/core/verify";
import { type Diagnostic, withSession } from "@caum/langchain";
import { AIMessage } from "@langchain/core/messages";
import { MemorySaver } from "@langchain/langgraph";
import { createAgent } from "langchain";
import { expect, test } from "vitest";
import { eventsOf, turnsIn } from "../../../test/records.ts";
import { recorded } from "./recorded.ts";
import { IS_FIRST_RELEASE, SCENARIOS } from "./scenarios.ts";
import { calls, ScriptedModel, says, toolOf } from "./scripted-model.ts";

const ask = { messages: [{ role: "user" as const, content: "hi" }] };
const search = () => toolOf("search", ({ q }) => `found ${q}`);
const agent = (name?: string, isThreaded = false) =>
  createAgent({
    model: new ScriptedModel([calls(["c1", "search", { q: "x" }]), says("done")]),
    tools: [search()],
    ...(isThreaded && { checkpointer: new MemorySaver() }),
    ...(name !== undefined && { name }),
  });
const EVENTS = ["message user", "turn ok 1", "search ok", "turn ok"];

function sessionsOf(records: readonly StructuralRecord[]): string[] {
  return [...new Set(records.map(({ sessionId }) => sessionId))];
}

test("the thread id names the session", async () => {
  const records = await recorded((handler) =>
    agent(undefined, true).invoke(ask, {
      callbacks: [handler],
      configurable: { thread_id: "thread-1" },
    }),
  );
  expect(sessionsOf(records)).toEqual(["thread-1"]);
  expect(eventsOf(records)).toEqual(EVENTS);
});

test("a thread id that is no identifier is keyed, and is still one session", async () => {
  const thread_id = "jane.doe@example.com";
  const records = await recorded(async (handler) => {
    const config = { callbacks: [handler], configurable: { thread_id } };
    for (let turn = 0; turn < 2; turn++) await agent(undefined, true).invoke(ask, config);
  });
  expect(sessionsOf(records)).toEqual([expect.stringMatching(/^s-[0-9a-f]{32}$/)]);
  expect(JSON.stringify(records)).not.toContain("jane");
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
        agent(undefined, true).invoke(ask, {
          callbacks: [handler],
          configurable: { thread_id: id },
        }),
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
    ...(!IS_FIRST_RELEASE && { agentTag: expect.stringMatching(/^x-/) }),
  });
});

test.each([
  ["no id", undefined, undefined],
  ["an id that an older host made", "run-1", undefined],
  ["an id that the host made", "lc_run--1", undefined],
  ["an id of the provider", "chatcmpl-1", expect.any(String)],
])("an answer with %s is known by it where the provider gave it", async (_what, id, known) => {
  const message = new AIMessage({ content: "done", ...(id !== undefined && { id }) });
  const records = await recorded((handler) =>
    new ScriptedModel([message]).invoke("hi", { callbacks: [handler] }),
  );
  expect(turnsIn(records).map(({ responseId }) => responseId)).toEqual([known]);
});

test.skipIf(IS_FIRST_RELEASE)(
  "an agent inside of a tool is another agent of its session",
  async () => {
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
  },
);

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

test("the calls of one answer have its turn as their parent, and so has the turn", async () => {
  const run = SCENARIOS.find(({ name }) => name === "parallel calls with one throwing")?.run;
  const records = await recorded(async (handler) => run?.([handler]));
  const [turn] = records.filter(({ payload }) => "requestedTools" in payload);
  const calls = records.filter(({ category }) => category === "tool_api");
  expect(turn?.parentEventId).toMatch(/^[0-9a-f]{32}$/);
  expect(calls.map(({ parentEventId }) => parentEventId)).toEqual([
    turn?.parentEventId,
    turn?.parentEventId,
  ]);
});

test.each([
  "a call that a person changes before it runs",
  "a call that middleware changes before it runs",
])("%s is recorded as it ran", async (name) => {
  const argumentsOf = async (wanted: string) => {
    const run = SCENARIOS.find((one) => one.name === wanted)?.run;
    const records = await recorded(async (handler) => run?.([handler]), { session: "s" });
    return records.flatMap(({ payload }) =>
      "argumentsBytes" in payload ? [payload.argumentsBytes] : [],
    );
  };
  const [ran] = (await argumentsOf(name)).slice(-1);
  const [asked] = await argumentsOf("a tool that works, with a thread");
  expect(ran).toBeGreaterThan(asked ?? 0);
});
