/** What is recorded of real runs of real clients, from nothing but the events of their hooks. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readHookTallies } from "../../packages/cli/src/hook/inbox/hook-log.ts";
import { callsOf, eventsOf, hardSteps, replay, toolRecords } from "./replay.ts";

test("Claude Code: every call once, a failing edit and a failing shell command as errors", async () => {
  const { records } = await replay("claude-code", eventsOf("claude-code"));
  expect(callsOf(records)).toEqual([
    "mcp__srv__echo ok",
    "Bash ok",
    "Read ok",
    "Edit error",
    ...Array(6).fill("mcp__srv__fail error"),
    "mcp__srv__echo ok",
    "mcp__srv__echo ok",
    "Bash ok",
    "Bash error",
    "mcp__srv__boom error",
    "mcp__srv__structured ok",
    "mcp__srv__echo ok",
    "Bash ok",
    "mcp__srv__fail error",
    "Agent ok",
    "mcp__srv__slow ok",
    "mcp__srv__echo ok",
  ]);
});

test("Claude Code: calls of one turn share a parent, calls of a sub-agent an agent", async () => {
  const { records } = await replay("claude-code", eventsOf("claude-code"));
  const calls = toolRecords(records);
  const parents = calls.map(({ parentEventId }) => parentEventId);
  expect(parents[10]).toBe(parents[11]);
  expect(parents[11]).toBe(parents[12]);
  expect(new Set(parents).size).toBe(calls.length - 2);
  const agents = calls.map(({ payload }) => payload.agentTag);
  expect(agents.slice(16, 19)).toEqual(Array(3).fill(agents[16]));
  expect(agents[16]).toMatch(/^x-[0-9a-f]{8}$/);
  expect(agents[19]).toBeUndefined();
});

test("Claude Code: six failing edits are six errors, and a loop at the fourth", async () => {
  const { records } = await replay("claude-code", eventsOf("claude-code-edit6"));
  expect(callsOf(records)).toEqual(Array(6).fill("Edit error"));
  expect(hardSteps(records)).toEqual([4, 5, 6]);
});

test("Claude Code: a refused call is denied, in its place", async () => {
  const { records } = await replay("claude-code", eventsOf("claude-code-denied"));
  expect(callsOf(records)).toEqual(["Bash denied", "mcp__srv__echo ok"]);
});

test("Claude Code: what an interrupted session left open is unresolved", async () => {
  const { records } = await replay("claude-code", eventsOf("claude-code-int"));
  expect(callsOf(records)).toEqual(["mcp__srv__slow unresolved"]);
});

test("Claude Code: a resumed session goes on, a fork is another one", async () => {
  const { records } = await replay("claude-code", eventsOf("claude-code-cont"));
  const sessions = toolRecords(records).map(({ sessionId }) => sessionId);
  expect(sessions.slice(0, 3)).toEqual(Array(3).fill(sessions[0]));
  expect(sessions.slice(3)).toEqual(Array(2).fill(sessions[3]));
  expect(sessions[3]).not.toBe(sessions[0]);
});

test("Codex: a call that nobody ends has failed, and sub-agents stay apart", async () => {
  const { records } = await replay("codex", eventsOf("codex"));
  const calls = callsOf(records);
  expect(calls).toHaveLength(16);
  expect(calls.filter((call) => call === "mcp__srv__fail error")).toHaveLength(1);
  expect(calls.filter((call) => call === "mcp__srv__boom error")).toHaveLength(1);
  const agents = new Set(toolRecords(records).map(({ payload }) => payload.agentTag));
  expect(agents.size).toBe(2);
});

test("Codex: equal failing calls are a loop before the turn ends", async () => {
  const failing = eventsOf("codex").find(({ tool_name: tool }) => tool === "mcp__srv__fail");
  const again = [1, 2, 3, 4, 5, 6].map((id) => ({ ...failing, tool_use_id: `call_${id}` }));
  const { records } = await replay("codex", again, { gapMs: 1_500 });
  // The last one is open: nothing proves that it is over.
  expect(callsOf(records)).toEqual([
    ...Array(5).fill("mcp__srv__fail error"),
    "mcp__srv__fail unresolved",
  ]);
  expect(hardSteps(records)[0]).toBe(4);
});

test("Codex: equal calls side by side are not taken for failed ones", async () => {
  const [start] = eventsOf("codex").filter(({ tool_name: tool }) => tool === "mcp__srv__echo");
  const both = ["PreToolUse", "PreToolUse", "PostToolUse", "PostToolUse"].map((name, index) => ({
    ...start,
    hook_event_name: name,
    tool_use_id: `call_${index % 2}`,
  }));
  const { records } = await replay("codex", both);
  expect(callsOf(records)).toEqual(["mcp__srv__echo ok", "mcp__srv__echo ok"]);
});

test("Codex: six sub-agents with two honest calls each give no alert", async () => {
  const agents = Array.from({ length: 6 }, (_, index) => `agent-${index}`);
  const events = ["ls", "cat README.md"].flatMap((command) =>
    agents.flatMap((agent) =>
      ["PreToolUse", "PostToolUse"].map((name) => ({
        session_id: "one",
        hook_event_name: name,
        agent_id: agent,
        agent_type: "default",
        tool_name: "Bash",
        tool_input: { command },
        tool_response: `${command} says the same to all`,
        tool_use_id: `${agent} ${command}`,
      })),
    ),
  );
  const { records } = await replay("codex", events);
  expect(callsOf(records)).toEqual(Array(12).fill("Bash ok"));
  expect(hardSteps(records)).toEqual([]);
});

test("Copilot: names of events from the command line, calls without ids, exit codes from text", async () => {
  const { records } = await replay("copilot-cli", eventsOf("copilot"), {
    eventOf: ({ hook_event: name }) => String(name),
  });
  const calls = callsOf(records);
  expect(calls).toHaveLength(21);
  expect(calls.filter((call) => call === "srv-fail error")).toHaveLength(6);
  expect(calls.filter((call) => call === "bash error")).toHaveLength(1);
  expect(calls.filter((call) => call.endsWith("ok"))).toHaveLength(12);
  expect(calls).toContain("task error");
});

test("Gemini CLI: a failed result is an error, also where only its text says so", async () => {
  const { records } = await replay("gemini-cli", eventsOf("gemini-cli"));
  const calls = callsOf(records);
  expect(calls).toContain("replace error");
  expect(calls).toContain("mcp_srv_boom error");
  expect(calls.filter((call) => call === "run_shell_command error")).toHaveLength(1);
  expect(calls.filter((call) => call.startsWith("mcp_srv_fail"))).toEqual(
    Array(7).fill("mcp_srv_fail error"),
  );
});

test("Qwen Code: ids by tool_call_id, and one message of the person", async () => {
  const { records } = await replay("qwen-code", eventsOf("qwen-code"));
  expect(callsOf(records)).toEqual([
    "run_shell_command ok",
    "read_file ok",
    "edit ok",
    "run_shell_command ok",
    "run_shell_command error",
    "agent cancelled",
  ]);
  expect(records.filter(({ category }) => category === "reasoning")).toHaveLength(1);
});

test("a session in which nothing was done leaves nothing behind", async () => {
  const { home, records } = await replay("claude-code", [
    { session_id: "idle", hook_event_name: "SessionStart", source: "startup" },
    { session_id: "idle", hook_event_name: "SessionEnd", reason: "other" },
  ]);
  expect(records).toEqual([]);
  expect(existsSync(join(home, "runs"))).toBe(false);
  expect(readdirSync(join(home, "inbox"))).toEqual([]);
});

test("opencode: what its event bus says of each call, by the turn's own id", async () => {
  const { records } = await replay("opencode", eventsOf("opencode").flatMap(asPluginSays));
  expect(callsOf(records)).toEqual([
    "srv_echo ok",
    "bash ok",
    "read ok",
    "edit ok",
    "srv_fail error",
    "srv_echo ok",
    "srv_echo ok",
    "bash ok",
    "bash error",
  ]);
  const parents = toolRecords(records).map(({ parentEventId }) => parentEventId);
  expect(new Set(parents.slice(5, 8)).size).toBe(1);
  expect(new Set(parents).size).toBe(7);
});

test("opencode: calls are told apart also where a server gives all of them one id", async () => {
  const turns = ["a", "b", "c", "d", "e", "f"];
  const six = turns.flatMap((turn) => [bashPart("running", turn), bashPart("completed", turn)]);
  const { records } = await replay("opencode", six, { gapMs: 1_000 });
  expect(callsOf(records)).toEqual(Array(6).fill("bash error"));
  expect(hardSteps(records)).toContain(4);
});

test("opencode: a start that comes after its own end is no second call", async () => {
  const { records } = await replay("opencode", [bashPart("completed"), bashPart("running")]);
  expect(callsOf(records)).toEqual(["bash error"]);
});

/** A failing command, by an id that says nothing. */
function bashPart(status: string, messageID = "a") {
  const state = { status, input: { command: "ls" }, output: "x", metadata: { exit: 1 } };
  const part = { type: "tool", tool: "bash", callID: "call_0", messageID, state };
  return { session_id: "one", event: "message.part.updated", part };
}

function asPluginSays({ type, properties }: Readonly<Record<string, unknown>>) {
  // True because every event on the bus has properties with these members.
  const { sessionID, part } = properties as { sessionID: string; part?: unknown };
  return [{ session_id: sessionID, event: type, part }];
}

test("Cline: what it counts as a success and says itself to have failed is an error", async () => {
  const { records } = await replay("cline", eventsOf("cline"));
  expect(callsOf(records)).toEqual([
    "srv__echo ok",
    "run_commands ok",
    "editor error",
    ...Array(5).fill("srv__fail error"),
  ]);
  expect(hardSteps(records)).toContain(7);
});

/** VS Code and grok run what is registered for Claude Code, and spell it otherwise. */
test.each([
  ["vscode", "PreToolUse", "PostToolUse"],
  ["grok", "pre_tool_use", "post_tool_use"],
])("%s is known by its own spelling", async (client, before, after) => {
  const call = { sessionId: "one", toolName: "read", toolInput: {}, toolUseId: "call_1" };
  const { records } = await replay("claude-code", [
    { ...call, hookEventName: before },
    { ...call, hookEventName: after, toolResponse: "text" },
  ]);
  expect(toolRecords(records).map(({ agentId }) => agentId)).toEqual([client]);
  expect(callsOf(records)).toEqual(["read ok"]);
});

test("an event that is not understood is counted, and nothing of it is kept", async () => {
  const { home, records } = await replay("claude-code", [
    { session_id: "one", hook_event_name: "ModelSwitched", tool_name: "secret-4711" },
    { session_id: "one", hook_event_name: "a sentence, secret-4711", prompt: "secret-4711" },
  ]);
  expect(records).toEqual([]);
  expect(readHookTallies(home)["claude-code"]?.notUnderstood).toEqual({
    ModelSwitched: 1,
    unnamed: 1,
  });
});
