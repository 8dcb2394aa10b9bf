import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Anthropic from "@anthropic-ai/sdk";
import { createObserver, type Observer } from "@caum/core";
import { type Adapter, observeModelClient } from "@caum/core/adapter";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { recordsIn, toolCallsIn, turnsIn } from "../../../test/records.ts";
import { outcomeOf } from "../../../test/wire-server/compare.ts";
import { WireServer } from "../../../test/wire-server/server.ts";
import { wrapAnthropic } from "../src/index.ts";
import { messageBody, SURFACES } from "./surfaces.ts";

let server: WireServer;
let home: string;
let observer: Observer;
let adapter: Adapter;
let client: Anthropic;

beforeAll(async () => {
  server = await WireServer.start();
});

beforeEach(() => {
  server.reset();
  home = mkdtempSync(join(tmpdir(), "caum-anthropic-"));
  const identity = {
    writer: "caum-anthropic",
    writerVersion: "1",
    layer: "model",
    view: "full",
  } as const;
  observer = createObserver({ ...identity, home, env: {} });
  const options = { observer, quiet: true };
  // The same one that the wrapper gets for this observer.
  adapter = observeModelClient({ ...identity, sourceFramework: "anthropic" }, options).adapter;
  client = wrapAnthropic(newClient(), options);
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

afterAll(() => server.close());

function newClient(): Anthropic {
  return new Anthropic({ apiKey: "test", baseURL: server.url, logLevel: "off" });
}

/** Everything that was recorded, after all that is open was given up. */
async function recorded() {
  expect(adapter.failures).toBe(0);
  await adapter.close();
  const records = recordsIn(home);
  const sessions = new Set(records.map(({ sessionId }) => sessionId));
  return { records, sessions: [...sessions], turns: turnsIn(records), calls: toolCallsIn(records) };
}

test.each(["beta.messages.toolRunner", "beta.messages.toolRunner, stream"])(
  "a round of %s is two turns and one event per call, whose error flag is told",
  async (surface) => {
    await SURFACES[surface]!(client, "parallel");
    const { sessions, turns, calls } = await recorded();
    expect(sessions).toHaveLength(1);
    expect(turns).toMatchObject([
      {
        status: "ok",
        provider: "anthropic",
        finishReason: "tool_use",
        requestedTools: 2,
        inputTokens: 120,
        cacheReadTokens: 20,
        cacheWriteTokens: 8,
        outputTokens: 12,
      },
      { status: "ok", finishReason: "end_turn", requestedTools: 0 },
    ]);
    expect(calls.map(({ toolName, status }) => [toolName, status])).toEqual([
      ["get_weather", "answered"],
      ["get_time", "error"],
    ]);
  },
);

test("retries are attempts of one call, and a call that failed for good says how", async () => {
  await client.messages.create(messageBody("flaky"));
  for (const model of ["broken", "limited", "bad-request"]) {
    await outcomeOf(() => client.messages.create(messageBody(model)));
  }
  const { turns } = await recorded();
  expect(turns.map(({ status }) => status)).toEqual(["ok", "error", "rate_limited", "error"]);
});

test("a stream that breaks off is an error, one that the caller leaves is cancelled", async () => {
  await SURFACES["messages.create, stream"]!(client, "cut");
  const held = await client.messages.create({ ...messageBody("held"), stream: true });
  for await (const _ of held) break;
  await client.messages.create(messageBody("plain")).asResponse();
  await SURFACES["messages.create"]!(client, "unknown");
  const { turns } = await recorded();
  const statuses = turns.map(({ status }) => status);
  expect(statuses.toSorted()).toEqual(["cancelled", "error", "unknown", "unresolved"]);
});

test("a conversation that another process began is taken up where it is", async () => {
  const use = (id: string) => ({ type: "tool_use" as const, id, name: "look", input: { at: id } });
  const result = (id: string) => ({ type: "tool_result" as const, tool_use_id: id, content: "x" });
  const messages: Anthropic.MessageParam[] = [
    { role: "user", content: "go" },
    { role: "assistant", content: [use("old")] },
    { role: "user", content: [result("old")] },
    { role: "assistant", content: [use("new")] },
    { role: "user", content: [{ ...result("new"), is_error: true }] },
  ];
  // Its code asks twice, as after a failure of its own.
  for (let ask = 0; ask < 2; ask += 1) {
    await client.messages.create({ ...messageBody("plain"), messages });
  }
  const { calls } = await recorded();
  expect(calls).toMatchObject([
    { toolName: "look", status: "error", argumentsBytes: expect.any(Number) },
  ]);
});

test("copies and batches: each model call once, and what is none leaves nothing", async () => {
  wrapAnthropic(client, { observer });
  await client.withOptions({ maxRetries: 0 }).messages.create(messageBody("plain"));
  await SURFACES.countTokens!(client, "plain");
  await SURFACES["messages.batches"]!(client, "plain");
  expect((await recorded()).turns).toHaveLength(1);
});

test("a copy with other middleware is observed, and its own middleware sees what it saw", async () => {
  const seen: number[] = [];
  const copy = client.withOptions({
    middleware: [
      async (request, next) => {
        const response = await next(request);
        seen.push(response.status);
        return response;
      },
    ],
  });
  await copy.messages.create(messageBody("plain"));
  await copy.withOptions({ timeout: 9_000 }).messages.create(messageBody("plain"));
  expect(seen).toEqual([200, 200]);
  expect((await recorded()).turns).toHaveLength(2);
});
