import { registerCaum, withSession } from "@caum/ai-sdk";
import type { Assessment } from "@caum/core/health";
import type { StructuralRecord } from "@caum/core/verify";
import { embed, embedMany, generateText, isStepCount } from "ai";
import { MockEmbeddingModelV4 } from "ai/test";
import { expect, test } from "vitest";
import { eventsOf } from "../../../test/records.ts";
import { IS_FIRST_RELEASE } from "./first-release.ts";
import { recorded } from "./recorded.ts";
import { answer, call, model, says, toolOf } from "./scripted-model.ts";

const search = () => toolOf(({ q }) => ({ found: q }));
const stopWhen = isStepCount(20);

function sessionsOf(records: readonly StructuralRecord[]): string[] {
  return [...new Set(records.map(({ sessionId }) => sessionId))];
}

const work = (tools = { search: search() }) =>
  generateText({
    model: model(answer(call("c1", "search", { q: "x" })), answer(says("done"))),
    prompt: "hi",
    tools,
    stopWhen,
  });

test("withSession names the session", async () => {
  const records = await recorded(() => withSession("thread-1", work));
  expect(sessionsOf(records)).toEqual(["thread-1"]);
});

test("runtimeContext.sessionId that the user passes on names the session", async () => {
  const records = await recorded(() =>
    generateText({
      model: model(answer(says("done"))),
      prompt: "hi",
      runtimeContext: { sessionId: "thread-2" },
      telemetry: { includeRuntimeContext: { sessionId: true } },
    }),
  );
  expect(sessionsOf(records)).toContain("thread-2");
});

test("without a name every operation is a session of its own", async () => {
  const records = await recorded(async () => {
    await work();
    await work();
  });
  expect(sessionsOf(records)).toHaveLength(2);
});

test("two concurrent requests stay apart", async () => {
  const records = await recorded(() =>
    Promise.all([withSession("one", () => work()), withSession("two", () => work())]),
  );
  for (const id of ["one", "two"]) {
    const own = records.filter(({ sessionId }) => sessionId === id);
    expect(eventsOf(own)).toEqual(["message user", "turn ok 1", "search ok", "turn ok"]);
  }
});

test("an agent inside of a tool belongs to the session of the call, under another agent", async () => {
  const delegate = toolOf(async () => (await work()).text);
  const outer = () =>
    generateText({
      model: model(answer(call("c9", "delegate", { q: "go" })), answer(says("done"))),
      prompt: "hi",
      tools: { delegate },
      stopWhen,
    });
  const records = await recorded(outer);
  expect(sessionsOf(records)).toHaveLength(1);
  const tags = records.flatMap((record) =>
    record.category === "tool_api" ? [[record.payload.toolName, record.payload.agentTag]] : [],
  );
  expect(tags).toEqual([
    ["search", expect.stringMatching(/^x-/)],
    ["delegate", undefined],
  ]);
});

test("a turn has model, provider, usage and finish", async () => {
  const records = await recorded(() => work());
  const [turn] = records.filter((record) => record.category === "reasoning").slice(1);
  expect(turn?.payload).toMatchObject({
    kind: "turn",
    provider: "mock-provider",
    // The first release says which model was asked, not which one answered.
    model: IS_FIRST_RELEASE ? "mock-model-id" : "model-1",
    finishReason: "tool-calls",
    inputTokens: 10,
    outputTokens: 5,
    cacheReadTokens: 2,
    reasoningTokens: 1,
    requestedTools: 1,
  });
});

test("embeddings are model calls with their tokens", async () => {
  const embedder = new MockEmbeddingModelV4({
    doEmbed: async ({ values }) => ({
      embeddings: values.map(() => [1, 2]),
      usage: { tokens: 7 },
      warnings: [],
    }),
  });
  const records = await recorded(async () => {
    await embed({ model: embedder, value: "text" });
    await embedMany({ model: embedder, values: ["a", "b"] });
  });
  const turns = records.filter((record) => record.category === "reasoning");
  // embedMany asks this model once per value.
  expect(turns).toHaveLength(3);
  for (const turn of turns) {
    expect(turn.payload).toMatchObject({ finishReason: "embed", inputTokens: 7 });
  }
});

test("with inputs hidden a healthy run is partial and never a hard alert", async () => {
  const verdicts: Assessment[] = [];
  const steps = Array.from({ length: 15 }, (_, at) =>
    answer(call(`c${at}`, "search", { q: `query ${at}` })),
  );
  await recorded(
    () =>
      generateText({
        model: model(...steps, answer(says("done"))),
        prompt: "hi",
        // Without arguments, an answer says who it is from 32 bytes on.
        tools: { search: toolOf(({ q }) => `the answer to ${q}, at some length`) },
        stopWhen,
        telemetry: { recordInputs: false },
      }),
    { onVerdict: (verdict) => verdicts.push(verdict) },
  );
  expect(verdicts.at(-1)?.traceQuality).toBe("partial");
  expect(verdicts.filter(({ publicClass }) => publicClass === "hard_alert")).toEqual([]);
});

test("an agent that repeats one call is a loop", async () => {
  const verdicts: Assessment[] = [];
  const steps = Array.from({ length: 8 }, (_, at) =>
    answer(call(`c${at}`, "search", { q: "again" })),
  );
  await recorded(
    () =>
      generateText({
        model: model(...steps, answer(says("done"))),
        prompt: "hi",
        tools: { search: search() },
        stopWhen,
      }),
    { onVerdict: (verdict) => verdicts.push(verdict) },
  );
  expect(verdicts.some(({ publicClass }) => publicClass === "hard_alert")).toBe(true);
});

test("a handler of the user that throws is not noticed", async () => {
  const onVerdict = () => {
    throw new Error("user");
  };
  const records = await recorded(
    async () => {
      expect((await work()).text).toBe("done");
      expect(registerCaum().failures).toBeGreaterThan(0);
    },
    { onVerdict },
  );
  expect(eventsOf(records)).toEqual(["message user", "turn ok 1", "search ok", "turn ok"]);
});

test("what an MCP server adds for its client is no part of a result", async () => {
  const bytes = JSON.stringify({ content: [{ type: "text", text: "x" }] }).length;
  for (const _meta of [{ time: 1 }, { time: 2, trace: "long" }]) {
    const tools = { search: toolOf(() => ({ content: [{ type: "text", text: "x" }], _meta })) };
    const records = await recorded(() => work(tools as never));
    const seen = records.flatMap(({ payload }) =>
      "resultBytes" in payload ? [payload.resultBytes] : [],
    );
    expect(seen).toEqual([bytes]);
  }
});
