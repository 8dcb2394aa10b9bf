import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Anthropic from "@anthropic-ai/sdk";
import { createObserver, type Observer } from "@caum/core";
import { type Adapter, observeModelClient } from "@caum/core/adapter";
import { afterEach, beforeEach, expect, test } from "vitest";
import { recordsIn, toolCallsIn, turnsIn } from "../../../test/records.ts";
import { type Script, scripted } from "../../../test/wire-server/scripted.ts";
import { wrapAnthropic } from "../src/index.ts";

type Blocks = Anthropic.ContentBlockParam[];

let home: string;
let observer: Observer;
let adapter: Adapter;
let answers = 0;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "caum-anthropic-"));
  const identity = {
    writer: "caum-anthropic",
    writerVersion: "1",
    layer: "model",
    view: "full",
  } as const;
  observer = createObserver({ ...identity, home, env: {} });
  const options = { observer, quiet: true };
  adapter = observeModelClient({ ...identity, sourceFramework: "anthropic" }, options).adapter;
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

/** What a client did that got these answers, after everything open was given up. */
async function recordedOf(script: Script[], work: (client: Anthropic) => Promise<unknown>) {
  const { fetch } = scripted(script);
  const bare = new Anthropic({ apiKey: "k", baseURL: "http://localhost", fetch, maxRetries: 0 });
  await work(wrapAnthropic(bare, { observer, quiet: true }));
  expect(adapter.failures).toBe(0);
  await adapter.close();
  const records = recordsIn(home);
  const sessions = new Set(records.map(({ sessionId }) => sessionId)).size;
  const calls = toolCallsIn(records).map(({ toolName, status }) => `${toolName} ${status}`);
  return { sessions, calls, turns: turnsIn(records).map(({ status }) => status) };
}

function message(stop_reason: string, ...content: object[]) {
  answers += 1;
  const head = { id: `msg_${answers}`, type: "message", role: "assistant", model: "m" };
  const usage = { input_tokens: 1, output_tokens: 1 };
  return { ...head, content, stop_reason, stop_sequence: null, usage };
}

/** The same as events. */
function streamed(stop_reason: string, ...content: object[]): Script {
  const whole = message(stop_reason, ...content);
  return [
    { type: "message_start", message: { ...whole, content: [], stop_reason: null } },
    ...content.flatMap((content_block, index) => [
      { type: "content_block_start", index, content_block },
      { type: "content_block_stop", index },
    ]),
    { type: "message_delta", delta: { stop_reason }, usage: { output_tokens: 2 } },
    { type: "message_stop" },
  ];
}

const use = (id: string, name = "web_search", extra: object = {}) => ({
  type: "server_tool_use",
  id,
  name,
  input: { query: id },
  ...extra,
});
const found = (id: string, failed = false) => ({
  type: "web_search_tool_result",
  tool_use_id: id,
  content: failed ? { type: "web_search_tool_result_error", error_code: "unavailable" } : [],
});
const ran = (id: string, return_code: number) => ({
  type: "bash_code_execution_tool_result",
  tool_use_id: id,
  content: { type: "bash_code_execution_result", stdout: "", stderr: "", return_code, content: [] },
});
const says = (text: string) => ({ type: "text", text });
const mine = (id: string, extra: object = {}) => ({
  type: "tool_use",
  id,
  name: "f",
  input: { at: id },
  ...extra,
});
const result = (id: string) => ({
  type: "tool_result" as const,
  tool_use_id: id,
  content: "r",
});

const SEARCH = [{ type: "web_search_20250305" as const, name: "web_search" as const }];
const go = (messages: Anthropic.MessageParam[] = []) => ({
  model: "m",
  max_tokens: 9,
  tools: SEARCH,
  messages: [{ role: "user" as const, content: "go" }, ...messages],
});
/** What the model said, as a request repeats it. */
const said = (...content: object[]) => ({ role: "assistant" as const, content: content as Blocks });

test.each([
  ["whole", message],
  ["streamed", streamed],
])("results side by side belong to the calls that they name, %s", async (_name, answer) => {
  const blocks = [use("s1"), use("s2"), found("s2"), found("s1", true), says("done")];
  const seen = await recordedOf([answer("end_turn", ...blocks)], async (client) => {
    if (_name === "whole") return client.messages.create(go());
    return client.messages.stream(go()).finalMessage();
  });
  expect(seen.calls).toEqual(["web_search error", "web_search ok"]);
});

test("a program's return code and a refused call are errors, an empty result is none", async () => {
  const bash = (id: string) => use(id, "bash_code_execution");
  const connected = { type: "mcp_tool_use", id: "m1", name: "look", server_name: "x", input: {} };
  const answer = message(
    "end_turn",
    ...[bash("b1"), ran("b1", 0), bash("b2"), ran("b2", 137), connected],
    { type: "mcp_tool_result", tool_use_id: "m1", is_error: true, content: "no" },
    use("s1"),
    found("s1"),
  );
  const seen = await recordedOf([answer], (client) => client.messages.create(go()));
  expect(seen.calls).toEqual([
    "bash_code_execution ok",
    "bash_code_execution error",
    "look error",
    "web_search ok",
  ]);
});

test.each([
  ["nothing said", []],
  ["something said", [says("I look.")]],
])(
  "a pause that the caller continues by hand is one session and one call, %s",
  async (_, first) => {
    const paused = [...first, use("s1")];
    const script = [
      message("pause_turn", ...paused),
      message("pause_turn", found("s1"), use("s2")),
      message("end_turn", found("s2", true), says("done")),
    ];
    const seen = await recordedOf(script, async (client) => {
      await client.messages.create(go());
      await client.messages.create(go([said(...paused)]));
      // The pieces of one turn stand in one message.
      await client.messages.create(go([said(...paused, found("s1"), use("s2"))]));
    });
    expect(seen).toEqual({
      sessions: 1,
      calls: ["web_search ok", "web_search error"],
      turns: ["ok", "ok", "ok"],
    });
  },
);

test("code that calls a tool of ours ends when that was answered", async () => {
  const caller = { type: "code_execution_20250825", tool_id: "s1" };
  const first = [use("s1", "code_execution"), mine("t1", { caller })];
  const done = { ...ran("s1", 0), type: "code_execution_tool_result" };
  const script = [message("tool_use", ...first), message("end_turn", done, says("ok"))];
  const seen = await recordedOf(script, async (client) => {
    await client.messages.create(go());
    await client.messages.create(go([said(...first), { role: "user", content: [result("t1")] }]));
  });
  expect(seen.calls.toSorted()).toEqual(["code_execution ok", "f answered"]);
  expect(seen.sessions).toBe(1);
});

test("a vendor's call without a result is unknown where the turn is over", async () => {
  const seen = await recordedOf([message("end_turn", use("s1"), says("done"))], (client) =>
    client.messages.create(go()),
  );
  expect(seen.calls).toEqual(["web_search unknown"]);
});

test("results are read when the caller begins the model's next words", async () => {
  const script = [message("tool_use", mine("t1")), message("end_turn", says("ok"))];
  const seen = await recordedOf(script, async (client) => {
    await client.messages.create(go());
    await client.messages.create(
      go([
        said(mine("t1")),
        { role: "user", content: [{ ...result("t1"), is_error: true }] },
        { role: "assistant", content: "{" },
      ]),
    );
  });
  expect(seen).toEqual({ sessions: 1, calls: ["f error"], turns: ["ok", "ok"] });
});

test("equal ids in two conversations at once stay apart", async () => {
  const turn = (at: string, messages: Anthropic.MessageParam[] = []) => ({
    ...go(),
    messages: [{ role: "user" as const, content: at }, ...messages],
  });
  const asked = (at: string) => ({ ...mine("toolu_1"), input: { at } });
  const script = [
    message("tool_use", asked("ada")),
    message("tool_use", asked("bob")),
    message("end_turn", says("ok")),
    message("end_turn", says("ok")),
  ];
  const seen = await recordedOf(script, async (client) => {
    for (const at of ["ada", "bob"]) await client.messages.create(turn(at));
    for (const at of ["ada", "bob"]) {
      const answered = { role: "user" as const, content: [result("toolu_1")] };
      await client.messages.create(turn(at, [said(asked(at)), answered]));
    }
  });
  expect(seen).toMatchObject({ sessions: 2, calls: ["f answered", "f answered"] });
});
