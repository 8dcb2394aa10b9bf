/** What becomes of calls in ways that are rarer: aborted, out of order, with equal ids. */
import { generateText, isStepCount, jsonSchema, streamText } from "ai";
import { MockLanguageModelV4 } from "ai/test";
import { IS_FIRST_RELEASE } from "./first-release.ts";
import type { Scenario } from "./scenarios.ts";
import { answer, call, model, says, toolOf } from "./scripted-model.ts";

type ToolSet = NonNullable<Parameters<typeof generateText>[0]["tools"]>;

const stopWhen = isStepCount(5);
const search = () => toolOf(({ q }) => ({ found: q }));
const byProvider = { providerExecuted: true };
const result = (id: string, tool: string, value: unknown) =>
  ({ type: "tool-result", toolCallId: id, toolName: tool, result: value }) as never;

/** A model that answers when its caller no longer waits. */
function hanging(): MockLanguageModelV4 {
  return new MockLanguageModelV4({
    doGenerate: ({ abortSignal }) =>
      new Promise((_, reject) => {
        // A timer of the host keeps no process alive, and the test waits for it.
        const alive = setInterval(() => undefined, 1_000);
        abortSignal?.addEventListener("abort", () => {
          clearInterval(alive);
          reject(abortSignal.reason);
        });
      }),
  });
}

/** A provider's tool whose result may come in a later answer. */
const code = {
  type: "provider",
  id: "vendor.code",
  args: {},
  inputSchema: jsonSchema({ type: "object" }),
  isProviderExecuted: true,
  supportsDeferredResults: true,
} as const;

async function steps(options: { model: MockLanguageModelV4; tools: ToolSet }): Promise<unknown> {
  const { text, steps: all } = await generateText({ prompt: "hi", stopWhen, ...options });
  return { text, content: all.map(({ content }) => content) };
}

/** The name of what was thrown; errors of aborts are made anew each time. */
async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => "none",
    (error: Error) => error.name,
  );
}

export const SCENARIOS_OF_CALLS: readonly Scenario[] = [
  {
    name: "a provider's result that comes in a later answer",
    events: ["message user", "turn ok 2", "search ok", "turn ok", "code ok"],
    run: () =>
      steps({
        model: model(
          answer(call("c1", "code", { q: "x" }, byProvider), call("c2", "search", { q: "y" })),
          answer(result("c1", "code", { r: 1 }), says("done")),
        ),
        tools: { search: search(), code } as unknown as ToolSet,
      }),
  },
  {
    name: "a provider's tool that nobody declared",
    events: ["message user", "turn ok 1", "web ok"],
    run: () =>
      steps({
        model: model(
          answer(call("p1", "web", { q: "x" }, byProvider), result("p1", "web", 1), says("done")),
        ),
        tools: { search: search() },
      }),
  },
  {
    name: "two calls with one id in one answer",
    events: ["message user", "turn ok 2", "search ok", "search ok", "turn ok"],
    run: () =>
      steps({
        model: model(
          answer(call("c1", "search", { q: "x" }), call("c1", "search", { q: "y" })),
          answer(says("done")),
        ),
        tools: { search: search() },
      }),
  },
  {
    name: "one id in every answer",
    events: ["message user", "turn ok 1", "search ok", "turn ok 1", "search ok", "turn ok"],
    run: () =>
      steps({
        model: model(
          answer(call("c1", "search", { q: "x" })),
          answer(call("c1", "search", { q: "y" })),
          answer(says("done")),
        ),
        tools: { search: search() },
      }),
  },
  {
    name: "a text that is aborted while the model answers",
    events: ["message user", "turn cancelled"],
    run: () => {
      const abort = new AbortController();
      setTimeout(() => abort.abort(), 10);
      const options = { model: hanging(), abortSignal: abort.signal, maxRetries: 0 };
      return failureOf(generateText({ ...options, prompt: "hi" }));
    },
  },
  {
    name: "a text that runs into its time limit",
    events: ["message user", "turn timeout"],
    run: () =>
      failureOf(generateText({ model: hanging(), prompt: "hi", timeout: 10, maxRetries: 0 })),
  },
  {
    name: "a tool that runs to its end after an abort",
    events: ["message user", "turn ok 1", "slow ok"],
    run: async () => {
      const abort = new AbortController();
      let done = () => {};
      const ended = new Promise<void>((resolve) => {
        done = resolve;
      });
      const slow = toolOf(async () => {
        abort.abort();
        await new Promise((resolve) => setTimeout(resolve, 20));
        setImmediate(done);
        return "late";
      });
      const used = model(answer(call("c1", "slow", { q: "x" })), answer(says("done")));
      const options = { model: used, stopWhen, abortSignal: abort.signal, tools: { slow } };
      await streamText({ ...options, prompt: "hi", onError() {} }).consumeStream();
      await ended;
      return used.doStreamCalls.length;
    },
  },
  {
    name: "a tool that an abort stops",
    // The first release asks its model once more.
    events: [
      "message user",
      "turn ok 1",
      "slow cancelled",
      ...(IS_FIRST_RELEASE ? ["turn ok"] : []),
    ],
    run: () => {
      const abort = new AbortController();
      const slow = toolOf(() => {
        abort.abort();
        abort.signal.throwIfAborted();
      });
      const used = model(answer(call("c1", "slow", { q: "x" })), answer(says("done")));
      const options = { model: used, stopWhen, abortSignal: abort.signal, tools: { slow } };
      return failureOf(generateText({ ...options, prompt: "hi" }));
    },
  },
];
