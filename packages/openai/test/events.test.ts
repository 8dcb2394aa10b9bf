import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { createObserver, type Observer } from "@caum/core";
import { type Adapter, CallMerger, observeModelClient, withSession } from "@caum/core/adapter";
import OpenAI from "openai";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { recordsIn, toolCallsIn, turnsIn } from "../../../test/records.ts";
import { describeError, drain, outcomeOf } from "../../../test/wire-server/compare.ts";
import { WireServer } from "../../../test/wire-server/server.ts";
import { wrapOpenAI } from "../src/index.ts";
import { IS_FIRST_RELEASE } from "./first-release.ts";
import { chatBody, responseBody, SURFACES } from "./surfaces.ts";

let server: WireServer;
let home: string;
let observer: Observer;
let adapter: Adapter;
let client: OpenAI;

beforeAll(async () => {
  server = await WireServer.start();
});

beforeEach(() => {
  server.reset();
  home = mkdtempSync(join(tmpdir(), "caum-openai-"));
  const identity = {
    writer: "caum-openai",
    writerVersion: "1",
    layer: "model",
    view: "full",
  } as const;
  observer = createObserver({ ...identity, home, env: {} });
  const options = { observer, quiet: true };
  // The same one that the wrapper gets for this observer.
  adapter = observeModelClient({ ...identity, sourceFramework: "openai" }, options).adapter;
  client = wrapOpenAI(newClient(), options);
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

afterAll(() => server.close());

function newClient(fetch?: typeof globalThis.fetch): OpenAI {
  const options = { apiKey: "test", baseURL: `${server.url}/v1`, logLevel: "off" } as const;
  return new OpenAI(fetch === undefined ? options : { ...options, fetch });
}

/** Everything that was recorded, after all that is open was given up. */
async function recorded() {
  expect(adapter.failures).toBe(0);
  await adapter.close();
  const records = recordsIn(home);
  const sessions = new Set(records.map(({ sessionId }) => sessionId));
  return { records, sessions: [...sessions], turns: turnsIn(records), calls: toolCallsIn(records) };
}

/** Asks, answers each call of the model with `result`, and asks again until it needs no tool. */
async function converse(model: string, result: string, rounds = 1, stream = false): Promise<void> {
  const messages: OpenAI.ChatCompletionMessageParam[] = [...chatBody(model).messages];
  for (let round = 0; round <= rounds; round += 1) {
    const body = { ...chatBody(model), messages };
    const message = stream
      ? await client.chat.completions.stream(body).finalMessage()
      : (await client.chat.completions.create(body)).choices[0]!.message;
    messages.push(message);
    for (const call of message.tool_calls ?? []) {
      messages.push({ role: "tool", tool_call_id: call.id, content: result });
    }
  }
}

test("a round with a tool is two turns and one answered call, in one session", async () => {
  await converse("tools", "four degrees");
  const { records, sessions, turns, calls } = await recorded();
  expect(sessions).toHaveLength(1);
  expect(records.map(({ category }) => category)).toEqual([
    "lifecycle",
    "reasoning",
    "reasoning",
    "tool_api",
    "reasoning",
    "lifecycle",
  ]);
  expect(turns).toMatchObject([
    {
      status: "ok",
      role: "assistant",
      provider: "openai",
      model: "tools",
      finishReason: "tool_calls",
      requestedTools: 1,
      inputTokens: 120,
      cacheReadTokens: 20,
      outputTokens: 12,
      reasoningTokens: 4,
    },
    { status: "ok", finishReason: "stop", requestedTools: 0, messageHash: expect.any(String) },
  ]);
  // OpenAI has no flag for errors, and nobody guesses: answered. What we know of the time is a bound.
  expect(calls).toMatchObject([
    { toolName: "get_weather", status: "answered", durationIsBound: "upper", op: "read" },
  ]);
  expect(calls[0]?.argumentsHash).toMatch(/^[0-9a-f]{64}$/);
  expect(calls[0]?.resultHash).toMatch(/^[0-9a-f]{64}$/);
});

test("streamed in pieces or whole, a call is recorded alike", async () => {
  for (const model of ["deltas", "multibyte", "invalid-json", "gzip", "tiny"]) {
    await withSession(`${model} whole`, () => converse(model, "same", 1, false));
    await withSession(`${model} streamed`, () => converse(model, "same", 1, true));
  }
  const { records } = await recorded();
  for (const model of ["deltas", "multibyte", "invalid-json", "gzip", "tiny"]) {
    const [whole, streamed] = ["whole", "streamed"].map((way) => {
      const keys = records.filter(({ sessionId }) => sessionId === `${model} ${way}`);
      return toolCallsIn(keys).map(
        ({ toolName, argumentsBytes, argumentsSignature, resultBytes }) => ({
          toolName,
          argumentsBytes,
          resultBytes,
          keys: argumentsSignature?.length,
        }),
      );
    });
    expect(whole?.length).toBeGreaterThan(0);
    expect(streamed).toEqual(whole);
  }
});

test("five megabytes of arguments are one call, said to be cut", async () => {
  await converse("big", "done", 1, true);
  const { calls, turns } = await recorded();
  expect(turns.map(({ status }) => status)).toEqual(["ok", "ok"]);
  expect(calls).toMatchObject([
    { toolName: "get_weather", status: "answered", truncated: "arguments" },
  ]);
  expect(calls[0]?.argumentsBytes).toBeGreaterThan(60_000);
});

test("parallel calls and the tools of a runner are one event each", async () => {
  await SURFACES["chat.completions.runTools"]!(client, "parallel");
  const { sessions, turns, calls } = await recorded();
  expect(sessions).toHaveLength(1);
  expect(turns).toHaveLength(2);
  expect(calls.map(({ toolName, status }) => [toolName, status])).toEqual([
    ["get_weather", "answered"],
    ["get_time", "answered"],
  ]);
});

test("the history that each request repeats is not recorded again", async () => {
  await converse("repeats", "the same", 5);
  const { calls, turns } = await recorded();
  expect(turns).toHaveLength(6);
  // The last round asked once more and stopped there.
  expect(calls.map(({ status }) => status)).toEqual([...Array(5).fill("answered"), "unresolved"]);
});

test("retries are attempts of one call", async () => {
  await client.chat.completions.create(chatBody("flaky"));
  await SURFACES["responses.create, stream"]!(client, "flaky");
  expect(server.requests).toHaveLength(4);
  const { turns } = await recorded();
  expect(turns.map(({ status, finishReason }) => [status, finishReason])).toEqual([
    ["ok", "stop"],
    ["ok", "completed"],
  ]);
});

test("a call that failed for good is one turn that says how", async () => {
  for (const model of ["broken", "limited", "bad-request", "not-found", "html"]) {
    await outcomeOf(() => client.chat.completions.create(chatBody(model)));
  }
  expect(server.requests).toHaveLength(3 + 3 + 1 + 1 + 3);
  const { turns } = await recorded();
  const seen = turns.map(({ status }) => status);
  expect(seen).toEqual(["error", "rate_limited", "error", "not_found", "error"]);
});

test("an attempt that the client's own time limit ended is no call of its own", async () => {
  // The time limit of the first release ends with the head of an answer.
  const models = IS_FIRST_RELEASE ? ["late head"] : ["late head", "late body"];
  for (const model of models) {
    await client.chat.completions.create(chatBody(model), { timeout: 100, maxRetries: 1 });
  }
  expect(server.requests).toHaveLength(2 * models.length);
  const { turns } = await recorded();
  expect(turns.map(({ status }) => status)).toEqual(models.map(() => "ok"));
});

test("a connection that fails once and then works is one call", async () => {
  let attempts = 0;
  const flaky = wrapOpenAI(
    newClient(async (url, init) => {
      attempts += 1;
      if (attempts === 1) throw new TypeError("fetch failed");
      return fetch(url, init);
    }),
    { observer },
  );
  await flaky.chat.completions.create(chatBody("plain"));
  const { turns } = await recorded();
  expect([attempts, turns.map(({ status }) => status)]).toEqual([2, ["ok"]]);
});

test("a stream that breaks off is an error, one that the caller leaves is cancelled", async () => {
  await SURFACES["chat.completions.create, stream"]!(client, "cut");
  const held = await client.chat.completions.create({ ...chatBody("held"), stream: true });
  for await (const _ of held) break;
  const { turns } = await recorded();
  expect(turns.map(({ status }) => status)).toEqual(["error", "cancelled"]);
});

test("a stream left after the model's last word is whole", async () => {
  const stream = await client.chat.completions.create({ ...chatBody("tools"), stream: true });
  for await (const chunk of stream) if (chunk.choices[0]?.finish_reason) break;
  const { turns, calls } = await recorded();
  expect(turns).toMatchObject([{ status: "ok", finishReason: "tool_calls" }]);
  expect(calls).toMatchObject([{ status: "unresolved", toolName: "get_weather" }]);
});

test("what cannot be read is one unknown turn, and a response that nobody reads is unresolved", async () => {
  for (const model of ["unknown", "not-json", "html-ok"]) {
    await outcomeOf(() => client.chat.completions.create(chatBody(model)));
  }
  await client.chat.completions.create(chatBody("plain")).asResponse();
  const { turns } = await recorded();
  expect(turns.map(({ status }) => status)).toEqual([
    "unknown",
    "unknown",
    "unknown",
    "unresolved",
  ]);
});

test("what is no model call leaves nothing", async () => {
  for (const surface of ["embeddings", "files", "models"])
    await SURFACES[surface]!(client, "plain");
  expect((await recorded()).records).toEqual([]);
});

test("copies of a client and a client wrapped twice count once", async () => {
  wrapOpenAI(client, { observer });
  await client.withOptions({ maxRetries: 0 }).chat.completions.create(chatBody("plain"));
  expect((await recorded()).turns).toHaveLength(1);
});

test("a copy with a fetch of its own is observed, once, also when that sends through ours", async () => {
  let sent = 0;
  const own: typeof fetch = (url, init) => {
    sent += 1;
    return fetch(url, init);
  };
  await client.withOptions({ fetch: own }).chat.completions.create(chatBody("plain"));
  const { fetch: ours } = client as unknown as { fetch: typeof fetch };
  const through = client.withOptions({ timeout: 9_000 }).withOptions({
    fetch: async (url, init) => {
      await setImmediate();
      return ours(url, init);
    },
  });
  await through.chat.completions.create(chatBody("plain"));
  expect([sent, server.requests.length]).toEqual([1, 2]);
  expect((await recorded()).turns.map(({ status }) => status)).toEqual(["ok", "ok"]);
});

test("what other products are asked is no call of a model", async () => {
  await client.beta.threads.messages.create("thread_1", { role: "user", content: "hello" });
  expect(server.requests).toHaveLength(1);
  expect((await recorded()).records).toEqual([]);
});

test("what a framework reports of the same response is not reported by us", async () => {
  const framework = new CallMerger({ sink: observer, layer: "framework" });
  const turn = { session: "f", id: "run-1" };
  const call = { session: "f", toolCallId: "call_weather" };
  framework.turnStarted(turn);
  await client.chat.completions.create(chatBody("tools"));
  framework.turnEnded(turn, { responseId: "chatcmpl-tools_0", model: "framework" });
  framework.started(call, { tool: "get_weather" });
  framework.ended(call, { status: "ok" });
  const { turns, calls } = await recorded();
  framework.close();
  expect(turns.map(({ model }) => model)).toEqual(["framework"]);
  expect(calls.map(({ status }) => status)).toEqual(["ok"]);
});

test("an id in a request that is no identifier is keyed", async () => {
  const metadata = { session_id: "jane.doe@example.com" };
  await client.chat.completions.create({ ...chatBody("plain"), metadata });
  const { sessions, records } = await recorded();
  expect(sessions).toEqual([expect.stringMatching(/^s-[0-9a-f]{32}$/)]);
  expect(JSON.stringify(records)).not.toContain("jane");
});

test("a session is what the caller says, else the vendor's conversation, else what the ids tell", async () => {
  await withSession("told", () => client.chat.completions.create(chatBody("plain")));
  await client.responses.create({ ...responseBody("plain"), conversation: "conv_7" });
  await client.chat.completions.create({ ...chatBody("plain"), metadata: { session_id: "meta" } });
  const first = await client.responses.create({ ...responseBody("tools"), tools: [] });
  await client.responses.create({ ...responseBody("plain"), previous_response_id: first.id });
  const scoped = wrapOpenAI(newClient(), { observer, session: "of the client" });
  await scoped.responses.create(responseBody("plain"));
  const { sessions, records } = await recorded();
  expect(sessions).toEqual(
    expect.arrayContaining([
      "told",
      "conv_7",
      "meta",
      "of the client",
      expect.stringMatching(/^s-/),
    ]),
  );
  expect(sessions).toHaveLength(5);
  const linked = records.filter(({ sessionId }) => sessionId.startsWith("s-"));
  expect(turnsIn(linked)).toHaveLength(2);
});

test("two conversations at once are two sessions, and each is known again without ids", async () => {
  const ask = async (opening: string) => {
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: opening }];
    for (const next of ["go on", "and then?"]) {
      const { choices } = await client.chat.completions.create({ ...chatBody("plain"), messages });
      messages.push(choices[0]!.message, { role: "user", content: next });
    }
  };
  await Promise.all([ask("one"), ask("two")]);
  const { sessions, turns } = await recorded();
  expect([sessions.length, turns.length]).toEqual([2, 4]);
});

test("an answer made in the background is one turn, however often it is asked for", async () => {
  const states = ["queued", "in_progress", "completed", "completed"];
  const background = wrapOpenAI(
    newClient(async () => {
      const status = states.shift();
      const output =
        status === "completed"
          ? [{ type: "function_call", call_id: "c", name: "go", arguments: "{}" }]
          : [];
      return Response.json({ id: "resp_b", object: "response", status, model: "m", output });
    }),
    { observer },
  );
  const { id } = await background.responses.create({ ...responseBody("m"), background: true });
  for (let poll = 0; poll < 3; poll += 1) await background.responses.retrieve(id);
  const { turns, calls } = await recorded();
  expect(turns).toMatchObject([{ status: "ok", requestedTools: 1 }]);
  expect(calls).toMatchObject([{ toolName: "go", status: "unresolved" }]);
});

test("a vendor's own tools are asked for and answered in one response", async () => {
  const output = [
    { type: "web_search_call", id: "ws_1", status: "completed", action: { query: "x" } },
    { type: "mcp_call", id: "mcp_1", name: "look", arguments: "{}", error: "no", status: "failed" },
  ];
  const body = { id: "resp_v", object: "response", status: "completed", model: "gpt-5", output };
  const usage = { input_tokens: 1_000, output_tokens: 10 };
  const vendor = wrapOpenAI(
    newClient(async () => Response.json({ ...body, usage })),
    { observer },
  );
  await vendor.responses.create(responseBody("gpt-5"));
  const { turns, calls } = await recorded();
  expect(turns).toMatchObject([{ model: "gpt-5", costNanoUsd: 1_000 * 1_250 + 10 * 10_000 }]);
  expect(calls.map(({ toolName, status }) => [toolName, status])).toEqual([
    ["web_search", "ok"],
    ["look", "error"],
  ]);
});

test("a fetch that is given as a mock goes on working", async () => {
  const answer = { choices: [{ message: { role: "assistant", content: "mocked" } }] };
  const mock = {
    ok: true,
    status: 200,
    headers: new Headers({ "content-type": "application/json" }),
    text: async () => JSON.stringify(answer),
    json: async () => answer,
  };
  // A test double of somebody's: it has what the SDK reads and no more.
  const mocked = wrapOpenAI(
    newClient(async () => mock as unknown as Response),
    { observer },
  );
  const result = await outcomeOf(() => mocked.chat.completions.create(chatBody("plain")));
  expect(describeError(result.error)).toBeUndefined();
  expect(result.value).toMatchObject(answer);
  expect((await recorded()).turns).toMatchObject([{ status: "unknown" }]);
});

test("nothing of what was said is on the disk", async () => {
  const secret = "zq7canary";
  const result = await drain(
    await client.chat.completions.create({
      ...chatBody("parallel"),
      messages: [
        { role: "user", content: secret },
        { role: "tool", tool_call_id: secret, content: secret },
      ],
      stream: true,
    }),
  );
  expect(result).toMatchObject({ items: expect.any(Array) });
  const text = JSON.stringify((await recorded()).records);
  for (const word of [secret, "Oslo", "Both", "call_weather", "chatcmpl"])
    expect(text).not.toContain(word);
});
