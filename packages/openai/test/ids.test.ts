import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { createObserver, type Observer } from "@caum/core";
import { type Adapter, observeModelClient } from "@caum/core/adapter";
import OpenAI from "openai";
import { afterEach, beforeEach, expect, test } from "vitest";
import { recordsIn, toolCallsIn, turnsIn } from "../../../test/records.ts";
import { type Script, scripted } from "../../../test/wire-server/scripted.ts";
import { wrapOpenAI } from "../src/index.ts";

type Messages = OpenAI.ChatCompletionMessageParam[];
type Call = OpenAI.ChatCompletionMessageToolCall;

let home: string;
let observer: Observer;
let adapter: Adapter;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "caum-openai-"));
  const identity = { writer: "caum-openai", writerVersion: "1", layer: "model" } as const;
  observer = createObserver({ ...identity, view: "full", home, env: {} });
  const options = { observer, quiet: true };
  const shared = { ...identity, view: "full", sourceFramework: "openai" } as const;
  adapter = observeModelClient(shared, options).adapter;
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

function clientOf(fetch: typeof globalThis.fetch): OpenAI {
  const bare = new OpenAI({ apiKey: "k", baseURL: "http://localhost/v1", fetch, maxRetries: 0 });
  return wrapOpenAI(bare, { observer, quiet: true });
}

/** By session: the tools with their statuses, and how many turns there were. */
async function recorded() {
  expect(adapter.failures).toBe(0);
  await adapter.close();
  const records = recordsIn(home);
  const sessions = new Map<string, typeof records>();
  for (const record of records) {
    sessions.set(record.sessionId, [...(sessions.get(record.sessionId) ?? []), record]);
  }
  return [...sessions.values()].map((own) => ({
    calls: toolCallsIn(own).map(({ toolName, status }) => `${toolName} ${status}`),
    arguments: new Set(toolCallsIn(own).map(({ argumentsHash }) => argumentsHash)).size,
    turns: turnsIn(own).length,
    parents: new Set(
      own.flatMap(({ category, parentEventId }) => (category === "tool_api" ? parentEventId : [])),
    ).size,
  }));
}

let answers = 0;

/** An answer that asks for `search`, each with an id of the server's. */
function asking(calls: readonly (readonly [id: string | undefined, query: string])[], id?: string) {
  answers += 1;
  const tool_calls = calls.map(([callId, query]) => ({
    ...(callId !== undefined && { id: callId }),
    type: "function",
    function: { name: "search", arguments: JSON.stringify({ query }) },
  }));
  const message =
    calls.length > 0 ? { content: null, tool_calls } : { content: "done", refusal: null };
  const choices = [{ index: 0, finish_reason: "stop", message: { role: "assistant", ...message } }];
  return { id: id ?? `chatcmpl-${answers}`, object: "chat.completion", model: "m", choices };
}

const TOOLS = [{ type: "function" as const, function: { name: "search", parameters: {} } }];

/** An agent: asks, answers every call, and asks again. */
async function converse(client: OpenAI, opening: string, pauseMs = 0): Promise<void> {
  const messages: Messages = [{ role: "user", content: opening }];
  for (;;) {
    const { choices } = await client.chat.completions.create({
      model: "m",
      messages,
      tools: TOOLS,
    });
    const { message } = choices[0]!;
    messages.push(message);
    if (message.tool_calls === undefined) return;
    if (pauseMs > 0) await setTimeout(pauseMs);
    for (const { id } of message.tool_calls) {
      messages.push({ role: "tool", tool_call_id: id, content: `found for ${opening}` });
    }
  }
}

test.each([
  ["left out", undefined, undefined],
  ["empty", "", undefined],
  ["constant", "call", undefined],
  ["constant, of constant answers", "call", "chatcmpl-0"],
])("calls whose ids are %s are one event each", async (_name, id, responseId) => {
  const script: Script[] = [
    asking([[id, "a"]], responseId),
    asking([[id, "a"]], responseId),
    asking(
      [
        [id, "b"],
        [id, "c"],
      ],
      responseId,
    ),
    asking([], responseId),
  ];
  await converse(clientOf(scripted(script).fetch), "go");
  expect(await recorded()).toEqual([
    { calls: Array(4).fill("search answered"), arguments: 3, turns: 4, parents: 3 },
  ]);
});

/** A server that gives the n-th call of every conversation the same id. */
function numbering(idOf: (turn: number) => string | undefined, rounds: number) {
  return (async (_url: unknown, init?: RequestInit) => {
    const { messages } = JSON.parse(String(init?.body)) as { messages: Messages };
    const turn = messages.filter(({ role }) => role === "tool").length;
    const opening = String(messages[0]?.content);
    return Response.json(asking(turn < rounds ? [[idOf(turn), `${opening} ${turn}`]] : []));
  }) as typeof fetch;
}

test.each([
  ["count from 0", (turn: number) => `search:${turn}`],
  ["are constant", () => "search:0"],
  ["are left out", () => undefined],
])("conversations side by side stay apart when their ids %s", async (_name, idOf) => {
  const client = clientOf(numbering(idOf, 5));
  await Promise.all([converse(client, "ada", 3), converse(client, "bob", 5)]);
  const one = { calls: Array(5).fill("search answered"), arguments: 5, turns: 6, parents: 5 };
  expect(await recorded()).toEqual([one, one]);
});

test("conversations in one named session keep every call, also with equal ids", async () => {
  const fetch = numbering((turn) => `search:${turn}`, 4);
  const options = { observer, quiet: true, session: "both" };
  const bare = new OpenAI({ apiKey: "k", baseURL: "http://localhost/v1", fetch });
  const client = wrapOpenAI(bare, options);
  await Promise.all([converse(client, "ada", 3), converse(client, "bob", 5)]);
  expect(await recorded()).toEqual([
    { calls: Array(8).fill("search answered"), arguments: 8, turns: 10, parents: 8 },
  ]);
});

test("a conversation of another process is not taken for one that counts alike", async () => {
  const client = clientOf(scripted([asking([["search:0", "mine"]]), asking([])]).fetch);
  await client.chat.completions.create({
    model: "m",
    messages: [{ role: "user", content: "ada" }],
    tools: TOOLS,
  });
  const old: Call = {
    id: "search:0",
    type: "function",
    function: { name: "search", arguments: '{"query":"old"}' },
  };
  const messages: Messages = [
    { role: "user", content: "bob" },
    { role: "assistant", tool_calls: [old] },
    { role: "tool", tool_call_id: "search:0", content: "found" },
  ];
  await client.chat.completions.create({ model: "m", messages, tools: TOOLS });
  expect((await recorded()).map(({ calls }) => calls)).toEqual([
    ["search unresolved"],
    ["search answered"],
  ]);
});

test("ids that the client invents for missing ones mean the calls in their order", async () => {
  const script = [
    asking([
      [undefined, "a"],
      [undefined, "b"],
    ]),
    asking([]),
  ];
  const client = clientOf(scripted(script).fetch);
  const messages: Messages = [{ role: "user", content: "go" }];
  const first = await client.chat.completions.create({ model: "m", messages, tools: TOOLS });
  const calls = first.choices[0]!.message.tool_calls!.map((call, at) => ({
    ...call,
    id: `own${at}`,
  }));
  messages.push({ role: "assistant", tool_calls: calls });
  for (const { id } of calls) messages.push({ role: "tool", tool_call_id: id, content: "found" });
  await client.chat.completions.create({ model: "m", messages, tools: TOOLS });
  expect(await recorded()).toMatchObject([
    { calls: ["search answered", "search answered"], turns: 2, arguments: 2 },
  ]);
});

test("a history that was shortened is the same conversation", async () => {
  const script = [asking([["c1", "a"]]), asking([["c2", "b"]]), asking([])];
  const client = clientOf(scripted(script).fetch);
  const messages: Messages = [{ role: "user", content: "a long task" }];
  for (let round = 0; round < 3; round += 1) {
    const answer = await client.chat.completions.create({ model: "m", messages, tools: TOOLS });
    const { message } = answer.choices[0]!;
    messages.push(message);
    for (const { id } of message.tool_calls ?? []) {
      messages.push({ role: "tool", tool_call_id: id, content: "found" });
    }
    if (round === 1) messages.splice(0, 3, { role: "user", content: "summary of the task" });
  }
  expect(await recorded()).toMatchObject([{ calls: ["search answered", "search answered"] }]);
});

/** Streamed pieces of calls: index, id, name, arguments. */
function streamed(pieces: readonly object[]): Script {
  const chunk = (delta: object, finish_reason: string | null = null) => ({
    id: "chatcmpl-s",
    object: "chat.completion.chunk",
    model: "m",
    choices: [{ index: 0, delta, finish_reason }],
  });
  const named = pieces.map((piece) => chunk({ tool_calls: [piece] }));
  return [...named, chunk({}, "tool_calls"), "[DONE]"];
}

test.each<[string, object[]]>([
  [
    "an index that is constant",
    [
      { index: 0, id: "a", type: "function", function: { name: "look", arguments: "" } },
      { index: 0, function: { arguments: '{"n":' } },
      { index: 0, function: { arguments: "1}" } },
      { index: 0, id: "b", type: "function", function: { name: "look", arguments: '{"n":2}' } },
    ],
  ],
  [
    "neither ids nor an index that counts",
    [
      { index: 0, function: { name: "look", arguments: '{"n":1}' } },
      { index: 0, function: { name: "look", arguments: '{"n":' } },
      { index: 0, function: { arguments: "2}" } },
    ],
  ],
  [
    "the id and the name in every piece",
    [
      { index: 0, id: "a", function: { name: "look", arguments: '{"n"' } },
      { index: 0, id: "a", function: { name: "look", arguments: ":1}" } },
      { index: 1, id: "b", function: { name: "look", arguments: '{"n":2}' } },
    ],
  ],
])("parallel calls that are streamed with %s are two", async (_name, pieces) => {
  const client = clientOf(scripted([streamed(pieces)]).fetch);
  const messages: Messages = [{ role: "user", content: "go" }];
  const stream = await client.chat.completions.create({ model: "m", messages, stream: true });
  for await (const _ of stream);
  expect(await recorded()).toMatchObject([
    { calls: ["look unresolved", "look unresolved"], arguments: 2 },
  ]);
});

test("calls in a choice beyond the first are asked for, and the conversation goes on with it", async () => {
  const called = (id: string, query: string) => ({
    id,
    type: "function",
    function: { name: "search", arguments: JSON.stringify({ query }) },
  });
  const choice = (index: number, message: object) => ({
    index,
    finish_reason: "stop",
    message: { role: "assistant", content: null, ...message },
  });
  const drafts = [
    choice(0, { content: "no tool" }),
    choice(1, { tool_calls: [called("c1", "a")] }),
    choice(2, { tool_calls: [called("c2", "a")] }),
  ];
  const first = { id: "chatcmpl-n", object: "chat.completion", model: "m", choices: drafts };
  const client = clientOf(scripted([first, asking([])]).fetch);
  const messages: Messages = [{ role: "user", content: "go" }];
  const answer = await client.chat.completions.create({ model: "m", messages, n: 3, tools: TOOLS });
  messages.push(answer.choices[2]!.message);
  messages.push({ role: "tool", tool_call_id: "c2", content: "found" });
  await client.chat.completions.create({ model: "m", messages, tools: TOOLS });
  expect(await recorded()).toMatchObject([{ calls: ["search answered"], turns: 2 }]);
});

test("the old function_call and its answer are one call, whole and streamed", async () => {
  const function_call = { name: "look", arguments: '{"n":1}' };
  const message = { role: "assistant", content: null, function_call };
  const whole = { choices: [{ index: 0, finish_reason: "function_call", message }] };
  const piece = (delta: object, finish_reason: string | null = null) => ({
    id: "chatcmpl-f",
    object: "chat.completion.chunk",
    model: "m",
    choices: [{ index: 0, delta, finish_reason }],
  });
  const events = [
    piece({ function_call: { name: "look", arguments: "" } }),
    piece({ function_call: { arguments: '{"n":' } }),
    piece({ function_call: { arguments: "2}" } }),
    piece({}, "function_call"),
    "[DONE]",
  ];
  const { fetch } = scripted([{ id: "x", model: "m", ...whole }, events, asking([])]);
  const client = clientOf(fetch);
  const messages: Messages = [{ role: "user", content: "go" }];
  const functions = [{ name: "look", parameters: {} }];
  await client.chat.completions.create({ model: "m", messages, functions });
  messages.push({ role: "assistant", content: null, function_call });
  messages.push({ role: "function", name: "look", content: "seen" });
  const body = { model: "m", messages, functions };
  const stream = await client.chat.completions.create({ ...body, stream: true });
  for await (const _ of stream);
  messages.push({
    role: "assistant",
    content: null,
    function_call: { ...function_call, arguments: '{"n":2}' },
  });
  messages.push({ role: "function", name: "look", content: "seen" });
  await client.chat.completions.create({ model: "m", messages, functions });
  expect(await recorded()).toMatchObject([
    { calls: ["look answered", "look answered"], turns: 3, arguments: 2 },
  ]);
});
