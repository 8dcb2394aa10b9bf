import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createObserver, type Observer } from "@caum/core";
import { type Adapter, observeModelClient } from "@caum/core/adapter";
import OpenAI from "openai";
import { afterEach, beforeEach, expect, test } from "vitest";
import { recordsIn, toolCallsIn, turnsIn } from "../../../test/records.ts";
import { type Script, scripted } from "../../../test/wire-server/scripted.ts";
import { wrapOpenAI } from "../src/index.ts";

let home: string;
let observer: Observer;
let adapter: Adapter;
let answers = 0;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "caum-openai-"));
  const identity = {
    writer: "caum-openai",
    writerVersion: "1",
    layer: "model",
    view: "full",
  } as const;
  observer = createObserver({ ...identity, home, env: {} });
  const options = { observer, quiet: true };
  adapter = observeModelClient({ ...identity, sourceFramework: "openai" }, options).adapter;
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

/** What a client did that got these answers, after everything open was given up. */
async function recordedOf(script: Script[], work: (client: OpenAI) => Promise<unknown>) {
  const { fetch } = scripted(script);
  const bare = new OpenAI({ apiKey: "k", baseURL: "http://localhost/v1", fetch, maxRetries: 0 });
  await work(wrapOpenAI(bare, { observer, quiet: true }));
  expect(adapter.failures).toBe(0);
  await adapter.close();
  const records = recordsIn(home);
  const sessions = new Set(records.map(({ sessionId }) => sessionId)).size;
  const calls = toolCallsIn(records).map(({ toolName, status }) => `${toolName} ${status}`);
  return { sessions, calls, turns: turnsIn(records).map(({ status }) => status) };
}

function response(...output: object[]) {
  answers += 1;
  return { id: `resp_${answers}`, object: "response", status: "completed", model: "m", output };
}

const patch = {
  type: "apply_patch_call",
  id: "a",
  call_id: "c1",
  status: "completed",
  operation: { type: "update_file", path: "p", diff: "d" },
};
const shell = (id: string) => ({
  type: "shell_call",
  id: `sh_${id}`,
  call_id: id,
  status: "completed",
  action: { commands: ["make"] },
});
const exit = (exit_code: number) => ({
  stdout: "",
  stderr: "",
  outcome: { type: "exit" as const, exit_code },
});

test("failed patches, exit codes and time limits are outcomes of the caller's tools", async () => {
  const first = response(patch, shell("c2"), shell("c3"), shell("c4"));
  const seen = await recordedOf([first, response()], async (client) => {
    await client.responses.create({ model: "m", input: "go" });
    await client.responses.create({
      model: "m",
      previous_response_id: first.id,
      input: [
        { type: "apply_patch_call_output", call_id: "c1", status: "failed", output: "no" },
        { type: "shell_call_output", call_id: "c2", output: [exit(0), exit(2)] },
        {
          type: "shell_call_output",
          call_id: "c3",
          output: [{ stdout: "", stderr: "", outcome: { type: "timeout" } }],
        },
        { type: "shell_call_output", call_id: "c4", output: [exit(0)] },
      ],
    });
  });
  expect(seen.calls).toEqual(["apply_patch error", "shell error", "shell timeout", "shell ok"]);
  expect(seen.sessions).toBe(1);
});

test("a command that the vendor runs is asked for and ended in one answer", async () => {
  const output = { type: "shell_call_output", id: "o", call_id: "c1", output: [exit(1)] };
  const seen = await recordedOf([response(shell("c1"), output)], (client) =>
    client.responses.create({ model: "m", input: "go" }),
  );
  expect(seen.calls).toEqual(["shell error"]);
});

const request = { type: "mcp_approval_request", id: "mcpr_1", server_label: "files" };
const asked = { ...request, name: "delete", arguments: '{"path":"x"}' };
const called = { type: "mcp_call", id: "mcp_1", name: "delete", server_label: "files" };

test.each([
  [true, ["delete pending", "delete ok"]],
  [false, ["delete pending", "delete denied"]],
])("a tool that waits for a yes is one call, when the answer is %s", async (approve, expected) => {
  const ran = {
    ...called,
    arguments: '{"path":"x"}',
    status: "completed",
    output: "gone",
    approval_request_id: "mcpr_1",
  };
  const first = response(asked);
  const seen = await recordedOf([first, response(...(approve ? [ran] : []))], async (client) => {
    await client.responses.create({ model: "m", input: "go" });
    await client.responses.create({
      model: "m",
      previous_response_id: first.id,
      input: [{ type: "mcp_approval_response", approval_request_id: "mcpr_1", approve }],
    });
  });
  expect(seen).toEqual({ sessions: 1, calls: expected, turns: ["ok", "ok"] });
});

test("a program that calls tools of ours ends in a later answer", async () => {
  const program = { type: "program", id: "p", call_id: "pc", code: "f()", fingerprint: "x" };
  const call = {
    type: "function_call",
    call_id: "c1",
    name: "f",
    arguments: "{}",
    caller: { type: "program", caller_id: "pc" },
  };
  const done = {
    type: "program_output",
    id: "po",
    call_id: "pc",
    result: "1",
    status: "completed",
  };
  const first = response(program, call);
  const seen = await recordedOf([first, response(done)], async (client) => {
    await client.responses.create({ model: "m", input: "go" });
    await client.responses.create({
      model: "m",
      previous_response_id: first.id,
      input: [{ type: "function_call_output", call_id: "c1", output: "1" }],
    });
  });
  expect(seen.calls.toSorted()).toEqual(["f answered", "program ok"]);
  expect(seen.sessions).toBe(1);
});

test("outputs that stand right behind their calls are read, each once", async () => {
  const call = (id: string) => ({
    type: "function_call" as const,
    call_id: id,
    name: "look",
    arguments: `{"at":"${id}"}`,
  });
  const output = (id: string) => ({
    type: "function_call_output" as const,
    call_id: id,
    output: "seen",
  });
  const tools = [
    { type: "function" as const, name: "look", parameters: {}, strict: false as const },
  ];
  const script = [response(call("c1"), call("c2")), response(call("c3")), response()];
  const seen = await recordedOf(script, async (client) => {
    const input: OpenAI.Responses.ResponseInputItem[] = [{ role: "user", content: "go" }];
    for (const ids of [["c1", "c2"], ["c3"], []]) {
      await client.responses.create({ model: "m", input, tools });
      for (const id of ids) input.push(call(id), output(id));
    }
  });
  expect(seen).toEqual({
    sessions: 1,
    calls: Array(3).fill("look answered"),
    turns: ["ok", "ok", "ok"],
  });
});

test("a conversation that the vendor keeps is one session, known by its name or its calls", async () => {
  const call = { type: "function_call", call_id: "c1", name: "look", arguments: "{}" };
  const seen = await recordedOf([response(call), response()], async (client) => {
    await client.responses.create({ model: "m", conversation: "conv_1", input: "go" });
    await client.responses.create({
      model: "m",
      conversation: "conv_1",
      input: [{ type: "function_call_output", call_id: "c1", output: "seen" }],
    });
  });
  expect(seen).toMatchObject({ sessions: 1, calls: ["look answered"] });
});
