/** One run of a client that its hooks and a wrapped server both tell of: one session, each call once. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startCollector } from "@caum/collector";
import { replay as judge, SessionHealth } from "@caum/core/health";
import type { StructuralRecord } from "@caum/core/verify";
import { expect, onTestFinished, test } from "vitest";
import { outcomeOf, RAW_SERVER, RELAY, send } from "../fidelity/stdio-party.ts";
import { eventsOf, hardSteps, recordsIn, replay, toolRecords } from "./replay.ts";

type Event = ReturnType<typeof eventsOf>[number];

const HELLO = '{"id":0,"method":"initialize","params":{"clientInfo":{"name":"a client"}}}\n';

/** Calls as the wrapped server gets them from the client whose hooks had these events. */
function callsOnWire(events: readonly Event[], metaOf: (event: Event) => object): string {
  const starts = events.filter(
    ({ hook_event_name: name, tool_name: tool }) =>
      name === "PreToolUse" && String(tool).startsWith("mcp__srv__"),
  );
  const lines = starts.flatMap((event, index) => {
    const name = String(event.tool_name).replace("mcp__srv__", "");
    const isError = /^(fail|boom)$/.test(name);
    const params = { name, arguments: event.tool_input, _meta: metaOf(event) };
    return [
      { id: index + 1, method: "tools/call", params },
      { id: index + 1, result: { content: [], isError } },
    ];
  });
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** A real relay in front of a server that sends back what it gets. */
function relay(home: string, env: NodeJS.ProcessEnv) {
  const words = [RELAY, "--home", home, "--", process.execPath, RAW_SERVER, "echo"];
  return spawn(process.execPath, words, { stdio: "pipe", env: { ...process.env, ...env } });
}

async function relayed(home: string, lines: string, env: NodeJS.ProcessEnv): Promise<void> {
  const child = relay(home, env);
  const outcome = outcomeOf(child);
  child.stdin.write(HELLO);
  await sleep(60);
  await send(child, [Buffer.from(lines)]);
  expect(await outcome).toMatchObject({ code: 0 });
}

/** What a collector counts for the session, given the runs one after the other. */
async function stepsInCollector(home: string, sessionId: string): Promise<number> {
  const data = mkdtempSync(join(tmpdir(), "caum-joined-"));
  const collector = await startCollector({ data, port: 0, eventsPerSecond: 0 });
  onTestFinished(async () => {
    await collector.close();
    rmSync(data, { recursive: true, force: true });
  });
  const headers = { authorization: `Bearer ${collector.apiKey}` };
  for (const run of readdirSync(join(home, "runs"))) {
    const body = readFileSync(join(home, "runs", run, "records.ndjson"), "utf8");
    const sent = await fetch(`${collector.url}/v1/runs/${run}/records`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/x-ndjson" },
      body,
    });
    expect(await sent.json()).toMatchObject({ rejected: 0 });
  }
  const answer = await fetch(`${collector.url}/v1/session/${sessionId}`, { headers });
  // The collector checks its answers against the schema of the door.
  const { session } = (await answer.json()) as { readonly session: { readonly steps: number } };
  return session.steps;
}

/** What is counted by who sees the records as they come, and by who has all of them. */
function stepsOf(records: readonly StructuralRecord[]): readonly number[] {
  const health = new SessionHealth();
  const live = records.map((record) => health.observe(record)).at(-1)?.step ?? 0;
  return [live, [...judge(records)].at(-1)?.step ?? 0];
}

test("Claude Code: hooks and proxy are one session, each MCP call counts once", async () => {
  const events = eventsOf("claude-code");
  const { home, records: hooked } = await replay("claude-code", events);
  const lines = callsOnWire(events, (event) => ({ "claudecode/toolUseId": event.tool_use_id }));
  await relayed(home, lines, { CLAUDE_CODE_SESSION_ID: String(events[0]?.session_id) });
  const calls = toolRecords(hooked).length;
  const records = recordsIn(home);
  expect(toolRecords(records).length).toBeGreaterThan(calls);
  const sessions = [...new Set(records.map(({ sessionId }) => sessionId))];
  expect(sessions).toHaveLength(1);
  expect(stepsOf(records)).toEqual([calls, calls]);
  expect(hardSteps(records)).toEqual(hardSteps(hooked));
  expect(await stepsInCollector(home, sessions[0] ?? "")).toBe(calls);
});

test("Codex: hooks and proxy are one session, each MCP call counts once, by agent", async () => {
  const events = eventsOf("codex");
  const root = String(events[0]?.session_id);
  const { home, records: hooked } = await replay("codex", events);
  const metaOf = ({ tool_use_id: callId, agent_id: thread = root }: Event) => ({
    callId,
    sessionId: root,
    threadId: thread,
  });
  // Codex hands no variable on; and each thread starts servers of its own.
  for (const isMain of [true, false]) {
    const own = events.filter(({ agent_id: agent }) => (agent === undefined) === isMain);
    await relayed(home, callsOnWire(own, metaOf), {});
  }
  const calls = toolRecords(hooked).length;
  const records = recordsIn(home);
  const withCalls = toolRecords(records);
  expect(withCalls.length).toBeGreaterThan(calls);
  const sessions = [...new Set(withCalls.map(({ sessionId }) => sessionId))];
  expect(sessions).toHaveLength(1);
  expect(new Set(withCalls.map(({ payload }) => payload.agentTag)).size).toBe(2);
  const ownRecords = records.filter(({ sessionId }) => sessionId === sessions[0]);
  expect(stepsOf(ownRecords)).toEqual([calls, calls]);
  expect(await stepsInCollector(home, sessions[0] ?? "")).toBe(calls);
});

test.each([
  ["Copilot CLI", { COPILOT_AGENT_SESSION_ID: "one" }, {}],
  ["Codex", {}, { sessionId: "one", threadId: "one", callId: "call_1" }],
])(
  "%s ends its servers with SIGTERM: the run is closed, also in a call",
  async (_name, env, meta) => {
    const home = mkdtempSync(join(tmpdir(), "caum-joined-"));
    onTestFinished(() => rmSync(home, { recursive: true, force: true }));
    const child = relay(home, env);
    const outcome = outcomeOf(child);
    const call = { id: 1, method: "tools/call", params: { name: "slow", _meta: meta } };
    child.stdin.write(`${HELLO}${JSON.stringify(call)}\n`);
    for (let seen = ""; !seen.includes("slow"); ) seen += String(await once(child.stdout, "data"));
    child.kill("SIGTERM");
    expect(await outcome).toMatchObject({ signal: "SIGTERM" });
    const [open, ...more] = toolRecords(recordsIn(home));
    expect([open?.payload.status, more]).toEqual(["unresolved", []]);
    const records = recordsIn(home).filter(({ runId }) => runId === open?.runId);
    expect(records.at(-1)?.payload).toMatchObject({ type: "close" });
  },
);
