/**
 * What the adapters add to one tool call: `npm run bench:adapters`, with `-- --against FOLDER
 * [--rounds 9]` beside another built checkout in turns.
 *
 * A call has 1 KB of arguments and a 4 KB result, as in the numbers of docs/performance. "callbacks"
 * is the time inside of our own callbacks (one turn, one request, one execution); "agent" is the
 * difference between a whole scripted agent with and without us, the host's own work for telemetry
 * included.
 */

import { tracingChannel } from "node:diagnostics_channel";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { generateText, isStepCount, jsonSchema, tool } from "ai";
import { MockLanguageModelV4 } from "ai/test";
import { alternate, type Figures } from "../alternate.ts";
import { builtPackage } from "../built.ts";
import { quantile } from "../mcp-proxy/statistics.ts";

const { values: asked } = parseArgs({
  options: {
    against: { type: "string" },
    checkout: { type: "string", default: join(import.meta.dirname, "../..") },
    rounds: { type: "string", default: "9" },
  },
});
const home = mkdtempSync(join(tmpdir(), "caum-bench-"));
const options = { home, env: {}, quiet: true, upstream: false } as const;
const text = (length: number, seed: number) =>
  Array.from({ length }, (_, at) => String.fromCharCode(97 + ((at * 7 + seed) % 26))).join("");

function figures(name: string, microseconds: readonly number[]): Figures {
  const at = (share: number) => quantile(microseconds, share);
  return { [`${name}, p50 us`]: at(0.5), [`${name}, p99 us`]: at(0.99) };
}

/** One tool call as the AI SDK tells it, each time with other content. */
async function aiSdkCallbacks(rounds: number): Promise<Figures> {
  const { registerCaum } = await aiSdk();
  const registration = registerCaum(options);
  const scope = globalThis as unknown as {
    AI_SDK_TELEMETRY_INTEGRATIONS?: Record<string, unknown>[];
  };
  const ours = scope.AI_SDK_TELEMETRY_INTEGRATIONS?.at(-1) as Record<string, (e: object) => void>;
  const times: number[] = [];
  ours.onStart?.({ callId: "bench", messages: [] });
  for (let at = 0; at < rounds; at++) {
    const event = { callId: "bench", provider: "p", modelId: "m" };
    const call = {
      type: "tool-call",
      toolCallId: `c${at}`,
      toolName: "search",
      input: { q: text(1_000, at) },
    };
    const output = { ...call, type: "tool-result", output: { found: text(4_000, at) } };
    const begin = performance.now();
    ours.onStepStart?.({ ...event, stepNumber: at });
    ours.onLanguageModelCallStart?.(event);
    ours.onLanguageModelCallEnd?.({ ...event, content: [call], usage: {} });
    ours.onToolExecutionStart?.({ ...event, toolCall: call });
    ours.onToolExecutionEnd?.({ ...event, toolCall: call, toolOutput: output, toolExecutionMs: 1 });
    ours.onStepEnd?.({ ...event, stepNumber: at, content: [call, output] });
    times.push((performance.now() - begin) * 1_000);
  }
  await registration.close();
  return figures("ai-sdk callbacks", times.slice(rounds / 4));
}

async function langchainCallbacks(rounds: number): Promise<Figures> {
  const { CaumCallbackHandler } = await langchain();
  const handler = new CaumCallbackHandler(options);
  const times: number[] = [];
  handler.handleChainStart({}, {}, "root");
  for (let at = 0; at < rounds; at++) {
    const args = { q: text(1_000, at) };
    const input = JSON.stringify(args);
    const message = { tool_calls: [{ id: `c${at}`, name: "search", args }], content: "" };
    const output = { type: "tool", tool_call_id: `c${at}`, content: text(4_000, at) };
    const begin = performance.now();
    handler.handleChatModelStart({}, [[]], `model-${at}`, "root");
    handler.handleLLMEnd({ generations: [[{ message }]] }, `model-${at}`);
    handler.handleToolStart({}, input, `tool-${at}`, "root", [], {}, "search", `c${at}`);
    handler.handleToolEnd(output, `tool-${at}`);
    times.push((performance.now() - begin) * 1_000);
  }
  await handler.close();
  return figures("langchain callbacks", times.slice(rounds / 4));
}

/** Mean microseconds per tool call of a scripted agent. */
async function agent(steps: number): Promise<number> {
  let at = 0;
  const usage = {
    inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: 1, text: 1, reasoning: 0 },
  };
  const model = new MockLanguageModelV4({
    doGenerate: async () => ({
      content: [
        {
          type: "tool-call",
          toolCallId: `c${at}`,
          toolName: "search",
          input: JSON.stringify({ q: text(1_000, at++) }),
        },
      ],
      finishReason: { unified: "tool-calls", raw: "" },
      usage,
      warnings: [],
    }),
  });
  const search = tool({
    inputSchema: jsonSchema({ type: "object" }),
    execute: () => text(4_000, at),
  });
  const begin = performance.now();
  await generateText({ model, prompt: "hi", tools: { search }, stopWhen: isStepCount(steps) });
  return ((performance.now() - begin) * 1_000) / steps;
}

/** An integration of nobody: what the host itself spends once anything is registered. */
function registerNothing(): () => void {
  const nothing = () => undefined;
  const scope = globalThis as unknown as { AI_SDK_TELEMETRY_INTEGRATIONS?: object[] };
  const names = ["onStart", "onStepStart", "onLanguageModelCallStart", "onLanguageModelCallEnd"];
  const more = ["onToolExecutionStart", "onToolExecutionEnd", "onStepEnd", "onEnd"];
  const empty = Object.fromEntries([...names, ...more].map((name) => [name, nothing]));
  scope.AI_SDK_TELEMETRY_INTEGRATIONS ??= [];
  scope.AI_SDK_TELEMETRY_INTEGRATIONS.push(empty);
  const channel = tracingChannel("ai:telemetry");
  channel.start.subscribe(nothing);
  return () => {
    scope.AI_SDK_TELEMETRY_INTEGRATIONS?.pop();
    channel.start.unsubscribe(nothing);
  };
}

/** The median of some rounds, after as many to warm up. */
async function median(rounds: number): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 2 * rounds; round++) times.push(await agent(20));
  return quantile(times.slice(rounds), 0.5);
}

async function agents(rounds: number): Promise<Figures> {
  const bare = await median(rounds);
  const remove = registerNothing();
  const empty = await median(rounds);
  remove();
  const { registerCaum } = await aiSdk();
  const registration = registerCaum(options);
  const observed = await median(rounds);
  await registration.close();
  return {
    "ai-sdk agent, bare, us": bare,
    "ai-sdk agent, empty integration, us": empty,
    "ai-sdk agent, with us, us": observed,
  };
}

function aiSdk(): Promise<typeof import("@caum/ai-sdk")> {
  return import(builtPackage(asked.checkout, "ai-sdk"));
}

function langchain(): Promise<typeof import("@caum/langchain")> {
  return import(builtPackage(asked.checkout, "langchain"));
}

if (asked.against === undefined) {
  const all = {
    ...(await aiSdkCallbacks(4_000)),
    ...(await langchainCallbacks(4_000)),
    ...(await agents(30)),
  };
  rmSync(home, { recursive: true, force: true });
  if (process.send) process.send(all);
  else for (const [name, value] of Object.entries(all)) console.log(`${name}: ${value.toFixed(1)}`);
} else {
  console.log(await alternate(import.meta.filename, asked.against, Number(asked.rounds)));
}
