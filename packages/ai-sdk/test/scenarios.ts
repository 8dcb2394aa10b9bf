import {
  dynamicTool,
  generateObject,
  generateText,
  isStepCount,
  jsonSchema,
  streamText,
  ToolLoopAgent,
} from "ai";
import type { MockLanguageModelV4 } from "ai/test";
import { IS_FIRST_RELEASE } from "./first-release.ts";
import { SCENARIOS_OF_CALLS } from "./scenarios-of-calls.ts";
import {
  answer,
  call,
  clientTool,
  model,
  partsOf,
  says,
  streaming,
  toolOf,
} from "./scripted-model.ts";

/** One thing an agent does: what it answers with and without us, and what we see of it. */
export interface Scenario {
  readonly name: string;
  /** Fresh models and tools, so that both runs start equal; gives all that a user can see. */
  readonly run: () => Promise<unknown>;
  readonly events: readonly string[];
}

const stopWhen = isStepCount(5);
const boom = new Error("boom");
const failing = () =>
  toolOf(() => {
    throw boom;
  });
const search = () => toolOf(({ q }) => ({ found: q }));

/** Everything of a result that does not hold a generated id. */
function seen(result: Awaited<ReturnType<typeof generateText>>, used: MockLanguageModelV4) {
  return {
    text: result.text,
    finishReason: result.finishReason,
    usage: result.totalUsage,
    steps: result.steps.map(({ content, stepNumber }) => ({
      stepNumber,
      content: content.map((part) => ({ ...part, approvalId: undefined })),
    })),
    prompts: used.doGenerateCalls.map(({ prompt }) => prompt),
  };
}

async function generate(options: Parameters<typeof generateText>[0], used: MockLanguageModelV4) {
  return seen(await generateText({ stopWhen, ...options }), used);
}

const scenario = (
  name: string,
  events: readonly string[],
  run: () => Promise<unknown>,
): Scenario => ({
  name,
  events,
  run,
});

const COMMON: readonly Scenario[] = [
  scenario("a plain answer", ["message user", "turn ok"], async () => {
    const used = model(answer(says("hello")));
    return generate({ model: used, prompt: "hi" }, used);
  }),
  scenario(
    "a tool that throws",
    ["message user", "turn ok 1", "search error", "turn ok"],
    async () => {
      const used = model(answer(call("c1", "search", { q: "x" })), answer(says("done")));
      return generate({ model: used, prompt: "hi", tools: { search: failing() } }, used);
    },
  ),
  scenario(
    "parallel calls with one failing",
    ["message user", "turn ok 3", "bad error", "search ok", "search ok", "turn ok"],
    async () => {
      const used = model(
        answer(
          call("c1", "search", { q: "x" }),
          call("c2", "bad", { q: "x" }),
          call("c3", "search", { q: "y" }),
        ),
        answer(says("done")),
      );
      const tools = { search: search(), bad: failing() };
      return generate({ model: used, prompt: "hi", tools }, used);
    },
  ),
  scenario(
    "arguments that do not fit the schema",
    ["message user", "turn ok 1", "search rejected", "turn ok"],
    async () => {
      const used = model(answer(call("c1", "search", { q: 5 })), answer(says("done")));
      return generate({ model: used, prompt: "hi", tools: { search: search() } }, used);
    },
  ),
  scenario(
    "arguments that are no JSON",
    ["message user", "turn ok 1", "search rejected", "turn ok"],
    async () => {
      const used = model(answer(call("c1", "search", "{oops")), answer(says("done")));
      return generate({ model: used, prompt: "hi", tools: { search: search() } }, used);
    },
  ),
  scenario(
    "an unknown tool",
    ["message user", "turn ok 1", "nope rejected", "turn ok"],
    async () => {
      const used = model(answer(call("c1", "nope", { q: "x" })), answer(says("done")));
      return generate({ model: used, prompt: "hi", tools: { search: search() } }, used);
    },
  ),
  scenario("a tool without execute", ["message user", "turn ok 1", "ask pending"], async () => {
    const used = model(answer(call("c1", "ask", { q: "x" })));
    return generate({ model: used, prompt: "hi", tools: { ask: clientTool } }, used);
  }),
  scenario(
    "a client's tool, answered in the next request",
    ["message user", "turn ok 1", "ask pending", "ask ok", "turn ok"],
    async () => {
      const tools = { ask: clientTool };
      const first = model(answer(call("c1", "ask", { q: "x" })));
      const asked = await generateText({ model: first, prompt: "hi", tools });
      const second = model(answer(says("done")));
      const output = { type: "json" as const, value: { yes: true } };
      const result = { type: "tool-result" as const, toolCallId: "c1", toolName: "ask", output };
      const messages = [
        { role: "user" as const, content: "hi" },
        ...asked.response.messages,
        { role: "tool" as const, content: [result] },
      ];
      return generate({ model: second, messages, tools }, second);
    },
  ),
  scenario("approval asked", ["message user", "turn ok 1", "search pending"], async () => {
    const used = model(answer(call("c1", "search", { q: "x" })));
    const tools = { search: search() };
    return generate(
      { model: used, prompt: "hi", tools, toolApproval: { search: "user-approval" } },
      used,
    );
  }),
  scenario(
    "approval allowed for one call and denied for another",
    [
      "message user",
      "turn ok 2",
      "search pending",
      "search pending",
      "search denied",
      "search ok",
      "turn ok",
    ],
    async () => {
      const options = {
        tools: { search: search() },
        toolApproval: { search: "user-approval" as const },
      };
      const first = model(
        answer(call("c1", "search", { q: "x" }), call("c2", "search", { q: "y" })),
      );
      const asked = await generateText({ model: first, prompt: "hi", ...options });
      const requests = asked.content.filter((part) => part.type === "tool-approval-request");
      const second = model(answer(says("done")));
      const messages = [
        { role: "user" as const, content: "hi" },
        ...asked.response.messages,
        {
          role: "tool" as const,
          content: requests.map(({ approvalId }, index) => ({
            type: "tool-approval-response" as const,
            approvalId,
            approved: index === 0,
          })),
        },
      ];
      return generate({ model: second, messages, ...options }, second);
    },
  ),
  scenario(
    "a tool that a person allows",
    ["message user", "turn ok 1", "search pending", "search ok", "turn ok"],
    async () => {
      const options = {
        tools: { search: search() },
        toolApproval: { search: "user-approval" as const },
      };
      const first = model(answer(call("c1", "search", { q: "x" })));
      const asked = await generateText({ model: first, prompt: "hi", ...options });
      const [request] = asked.content.filter((part) => part.type === "tool-approval-request");
      const response = {
        type: "tool-approval-response" as const,
        approvalId: request?.approvalId ?? "",
        approved: true,
      };
      const second = model(answer(says("done")));
      const messages = [
        { role: "user" as const, content: "hi" },
        ...asked.response.messages,
        { role: "tool" as const, content: [response] },
      ];
      return generate({ model: second, messages, ...options }, second);
    },
  ),
  scenario(
    "a tool that is denied automatically",
    ["message user", "turn ok 1", "search denied", "turn ok"],
    async () => {
      const used = model(answer(call("c1", "search", { q: "x" })), answer(says("done")));
      const tools = { search: search() };
      return generate(
        { model: used, prompt: "hi", tools, toolApproval: { search: "denied" } },
        used,
      );
    },
  ),
  scenario(
    "a tool that the provider executes",
    ["message user", "turn ok 1", "web ok"],
    async () => {
      const used = model(
        answer(
          call("c1", "web", { q: "x" }, { providerExecuted: true, dynamic: true }),
          {
            type: "tool-result",
            toolCallId: "c1",
            toolName: "web",
            result: { r: 1 },
            dynamic: true,
          },
          says("done"),
        ),
      );
      return generate({ model: used, prompt: "hi" }, used);
    },
  ),
  scenario(
    "an MCP tool that answers isError",
    ["message user", "turn ok 1", "search error", "turn ok"],
    async () => {
      const used = model(answer(call("c1", "search", { q: "x" })), answer(says("done")));
      const failed = { isError: true, content: [{ type: "text", text: "no" }] };
      return generate({ model: used, prompt: "hi", tools: { search: toolOf(() => failed) } }, used);
    },
  ),
  scenario("telemetry switched off", [], async () => {
    const used = model(answer(call("c1", "search", { q: "x" })), answer(says("done")));
    const tools = { search: search() };
    return generate({ model: used, prompt: "hi", tools, telemetry: { isEnabled: false } }, used);
  }),
  scenario("inputs not recorded", ["turn ok 1", "search ok", "turn ok"], async () => {
    const used = model(answer(call("c1", "search", { q: "x" })), answer(says("done")));
    const tools = { search: search() };
    return generate({ model: used, prompt: "hi", tools, telemetry: { recordInputs: false } }, used);
  }),
  scenario(
    "outputs not recorded",
    // The first release hides the results of tools only.
    ["message user", IS_FIRST_RELEASE ? "turn ok 1" : "turn ok", "search ok", "turn ok"],
    async () => {
      const used = model(answer(call("c1", "search", { q: "x" })), answer(says("done")));
      const tools = { search: search() };
      return generate(
        { model: used, prompt: "hi", tools, telemetry: { recordOutputs: false } },
        used,
      );
    },
  ),
  scenario(
    "another vendor's integrations for one call",
    [
      "message user",
      "search ok",
      "turn ok 2",
      "adapter_blind replaced_by_per_call_integrations",
      "nope rejected",
      "turn ok",
    ],
    async () => {
      const used = model(
        answer(call("c1", "search", { q: "x" }), call("c2", "nope", { q: "x" })),
        answer(says("done")),
      );
      const tools = { search: search() };
      const telemetry = { integrations: [{ onStart() {} }] };
      return generate({ model: used, prompt: "hi", tools, telemetry }, used);
    },
  ),
  scenario("a model call that is retried", ["message user", "turn ok"], async () => {
    const { APICallError } = await import("ai");
    const retryable = new APICallError({
      message: "busy",
      url: "http://localhost",
      requestBodyValues: {},
      statusCode: 503,
      isRetryable: true,
      responseHeaders: { "retry-after-ms": "1" },
    });
    const used = model(retryable, answer(says("done")));
    return generate({ model: used, prompt: "hi" }, used);
  }),
  scenario("a model call that fails", ["message user", "turn error"], async () => {
    return generate({ model: model(boom), prompt: "hi", maxRetries: 0 }, model());
  }),
  scenario(
    "a stream that is read to its end",
    ["message user", "turn ok 1", "search ok", "turn ok"],
    async () => {
      const used = model(answer(call("c1", "search", { q: "x" })), answer(says("done")));
      const result = streamText({
        model: used,
        prompt: "hi",
        stopWhen,
        tools: { search: search() },
      });
      const parts: unknown[] = [];
      for await (const part of result.fullStream) {
        if (part.type !== "start-step" && part.type !== "finish-step") parts.push(part);
      }
      return {
        parts,
        usage: await result.totalUsage,
        prompts: used.doStreamCalls.map(({ prompt }) => prompt),
      };
    },
  ),
  scenario("a stream that is aborted", ["message user", "turn cancelled"], async () => {
    const abort = new AbortController();
    const used = streaming(partsOf(answer(says("a long answer"))), 3);
    const result = streamText({ model: used, prompt: "hi", abortSignal: abort.signal });
    const types: string[] = [];
    for await (const part of result.fullStream) {
      if (part.type === "text-start") abort.abort();
      if (part.type !== "text-delta") types.push(part.type);
    }
    return types;
  }),
  scenario("a stream that its reader leaves", ["message user", "turn unresolved"], async () => {
    const used = streaming(partsOf(answer(says("a long answer"))), 3);
    const result = streamText({ model: used, prompt: "hi" });
    for await (const text of result.textStream) return text;
    return undefined;
  }),
  scenario(
    "an agent inside of a tool",
    ["message user", "turn ok 1", "turn ok 1", "search ok", "turn ok", "delegate ok", "turn ok"],
    async () => {
      const inner = model(answer(call("c1", "search", { q: "x" })), answer(says("found")));
      const agent = new ToolLoopAgent({ model: inner, tools: { search: search() } });
      const delegate = toolOf(async ({ q }) => (await agent.generate({ prompt: q })).text);
      const used = model(answer(call("c1", "delegate", { q: "go" })), answer(says("done")));
      return generate({ model: used, prompt: "hi", tools: { delegate } }, used);
    },
  ),
  scenario("an object that is generated", ["message user", "turn ok"], async () => {
    const used = model(answer(says('{"city":"Lisbon"}')));
    const schema = jsonSchema<{ city: string }>({ type: "object" });
    const { object, usage } = await generateObject({ model: used, prompt: "hi", schema });
    return { object, usage };
  }),
  scenario("a dynamic tool", ["message user", "turn ok 1", "anything ok", "turn ok"], async () => {
    const anything = dynamicTool({
      inputSchema: jsonSchema({ type: "object" }),
      execute: async (input) => ({ input }),
    });
    const used = model(answer(call("c1", "anything", { q: "x" })), answer(says("done")));
    return generate({ model: used, prompt: "hi", tools: { anything } }, used);
  }),
  scenario(
    "parallel calls in a stream, sent to a browser",
    ["message user", "turn ok 3", "nope rejected", "bad error", "search ok", "turn ok"],
    async () => {
      const used = model(
        answer(
          call("c1", "search", { q: "x" }),
          call("c2", "bad", { q: "x" }),
          call("c3", "nope", { q: "x" }),
        ),
        answer(says("done")),
      );
      const tools = { search: search(), bad: failing() };
      const result = streamText({ model: used, prompt: "hi", stopWhen, tools, onError() {} });
      const response = result.toUIMessageStreamResponse();
      return response.text();
    },
  ),
  scenario(
    "a stream with another vendor's integrations",
    [
      "message user",
      "search ok",
      "turn ok",
      "adapter_blind replaced_by_per_call_integrations",
      "turn ok",
    ],
    async () => {
      const used = model(answer(call("c1", "search", { q: "x" })), answer(says("done")));
      const telemetry = { integrations: [{}] };
      const options = { tools: { search: search() }, stopWhen, telemetry };
      const result = streamText({ model: used, prompt: "hi", ...options });
      await result.consumeStream();
      return { text: await result.text, usage: await result.totalUsage };
    },
  ),
];

export const SCENARIOS: readonly Scenario[] = [...COMMON, ...SCENARIOS_OF_CALLS];
