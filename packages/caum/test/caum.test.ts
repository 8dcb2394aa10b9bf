import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Anthropic from "@anthropic-ai/sdk";
import { Observer } from "@caum/core";
import * as caum from "caum";
import OpenAI from "openai";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { recordsIn, toolCallsIn, turnsIn } from "../../../test/records.ts";
import { WireServer } from "../../../test/wire-server/server.ts";

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "caum-package-"));
  caum.init(undefined, { home, env: {}, quiet: true });
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(home, { recursive: true, force: true });
});

test("a key without a URL is one of this machine's collector", () => {
  caum.init("caum_test_key", { home, env: {}, quiet: true });
  expect(caum.status()).toMatchObject({ mode: "collector", url: "http://127.0.0.1:4070" });
});

const CALL = {
  tool: "bash",
  arguments: { command: "pytest tests/" },
  content: "1 failed",
  status: "error",
} as const;

test("a step is answered at once, in the documented words", async () => {
  const verdict = caum.observe("session-1", { tool: "bash", content: "pytest tests/" });
  expect(Object.keys(verdict).toSorted()).toEqual([
    "advisory",
    "alert_fired",
    "failure_risk",
    "failure_risk_reason",
    "merkle_root",
    "observation",
    "regime",
    "tier",
    "uds",
    "uds_capped_by",
  ]);
  expect(verdict).toMatchObject({
    regime: "WARMING_UP",
    advisory: null,
    alert_fired: false,
    observation: "passive",
  });
  expect(JSON.parse(JSON.stringify(verdict)).merkle_root).toMatch(/^[0-9a-f]{64}$/);
  const report = await caum.end("session-1", { resolved: true });
  expect(report).toMatchObject({
    session_id: "session-1",
    // A session of one step has shown too little to be good.
    tier: "T3",
    uds_capped_by: "short_session",
    total_steps: 1,
    resolved: true,
    // Open, step, end and close; none of them left this machine.
    delivery: { accepted: 0, spooled: 4, dropped: 0 },
  });
});

test("conditions are those of the collector's rules, and the step that meets one says so", () => {
  const alerts: caum.Alert[] = [];
  const stop = caum.onAlert((alert) => alerts.push(alert), { when: ["cost>0.25", "steps>2"] });
  const step = { tool: "bash", content: "different", costUsd: 0.1 };
  const fired = [1, 2, 3, 4].map((at) =>
    caum.observe("watched", { ...step, content: `output ${at}` }),
  );
  stop();
  // A rule of one's own is no alert of the session.
  expect(fired.map((verdict) => verdict.alert_fired)).toEqual([false, false, false, false]);
  const both = ["cost>0.25", "steps>2"];
  expect(fired.map((verdict) => verdict.rules_fired)).toEqual([
    undefined,
    undefined,
    both,
    undefined,
  ]);
  expect(alerts).toMatchObject([
    { session_id: "watched", step: 3, condition: "cost>0.25" },
    { session_id: "watched", step: 3, condition: "steps>2" },
  ]);
  expect(() => caum.onAlert(() => {}, { when: ["sometimes"] })).toThrow("at position 1");
});

test("a loop is told once, to the caller and to whoever listens, and the report names it", async () => {
  const alerts: caum.Alert[] = [];
  const stop = caum.onAlert((alert) => alerts.push(alert));
  caum.onAlert(() => {
    throw new Error("a listener of somebody's");
  });
  const fired = Array.from({ length: 8 }, () => caum.observe("loop", CALL).alert_fired);
  stop();
  expect(fired.filter(Boolean)).toHaveLength(1);
  expect(alerts).toMatchObject([
    { session_id: "loop", event_type: "structural_loop_entered", regime: "LOOP", tier: "T5" },
  ]);
  expect(alerts[0]?.message).toMatch(
    /^The agent has called .+ 4 times in a row with the same question\. Stop it/,
  );
  const verdict = caum.observe("loop", CALL);
  expect(verdict.advisory).toMatchObject({ advice: "break_loop", public_class: "hard_alert" });
  const report = await caum.end("loop", { resolved: false });
  expect(report).toMatchObject({
    dominant_regime: "LOOP",
    worst_tier: "T5",
    loop_count: 1,
    resolved: false,
  });
  expect(report.loops[0]).toMatchObject({
    rule: "periodic",
    period: 1,
    from_step: 1,
    last_step: 9,
  });
});

test("the line that proves a session is safe to copy into a shell, whatever the folder is called", async () => {
  const odd = join(home, "it's $(here)");
  caum.init(undefined, { home: odd, env: {}, quiet: true });
  caum.observe("s", CALL);
  const { verify } = await caum.end("s");
  expect(verify).toContain(`npx caum verify '${home}/it'\\''s $(here)/runs/`);
});

test("nothing of the content, and everything of the structure, is on the disk", async () => {
  caum.observe("s", {
    ...CALL,
    content: "zq7canary",
    task: "zq7canary",
    tokensUsed: 12,
    costUsd: 0.5,
  });
  caum.observe("s", { role: "user", content: "zq7canary" });
  caum.observe("s", { tool: "edit", content: "zq7canary", stateHash: "zq7canary" });
  const report = await caum.end("s");
  expect(report.totals).toEqual({ total_tokens: 12, cost_usd: 0.5 });
  const records = recordsIn(home);
  expect(records.map(({ category }) => category)).toEqual([
    "lifecycle",
    "tool_api",
    "reasoning",
    "tool_api",
    "lifecycle",
    "lifecycle",
  ]);
  const files = readdirSync(home, { recursive: true, encoding: "utf8", withFileTypes: true });
  for (const file of files.filter((entry) => entry.isFile())) {
    expect(readFileSync(join(file.parentPath, file.name), "latin1")).not.toContain("zq7canary");
  }
});

test("a session ends with the block that uses it", async () => {
  {
    using session = caum.session("task-1", { agentName: "fixer", team: "backend" });
    session.observe({ tool: "read", content: "x" });
  }
  {
    await using session = caum.session("task-2");
    session.observe({ tool: "read", content: "x" });
    expect((await session.end({ resolved: true })).resolved).toBe(true);
  }
  await caum.flush();
  const ends = recordsIn(home).flatMap(({ sessionId, payload }) =>
    "type" in payload && payload.type === "end" ? [sessionId] : [],
  );
  expect(ends.toSorted()).toEqual(["task-1", "task-2"]);
  expect(recordsIn(home)[0]).toMatchObject({ payload: { agentName: "fixer", team: "backend" } });
});

test("wrapped clients report to the session that runs them, and alerts come from them as well", async () => {
  const server = await WireServer.start();
  const alerts: string[] = [];
  caum.onAlert((alert) => alerts.push(alert.session_id));
  const openai = caum.wrapOpenAI(new OpenAI({ apiKey: "test", baseURL: `${server.url}/v1` }));
  const anthropic = caum.wrapAnthropic(new Anthropic({ apiKey: "test", baseURL: server.url }));
  const session = caum.session("agents");
  await session.run(async () => {
    await openai.responses.create({ model: "plain", input: "hello" });
    const messages: Anthropic.MessageParam[] = [{ role: "user", content: "go" }];
    for (let round = 0; round < 6; round += 1) {
      const answer = await anthropic.messages.create({ model: "repeats", max_tokens: 9, messages });
      messages.push({ role: "assistant", content: answer.content });
      const use = answer.content.find((block) => block.type === "tool_use");
      const result = { type: "tool_result", tool_use_id: use?.id ?? "", content: "busy" } as const;
      messages.push({ role: "user", content: [{ ...result, is_error: true }] });
    }
  });
  const report = await session.end();
  await server.close();
  expect(alerts).toEqual(["agents"]);
  expect(report).toMatchObject({ session_id: "agents", public_class: "hard_alert" });
  const records = recordsIn(home);
  expect(turnsIn(records)).toHaveLength(7);
  // The last call was never answered: it is closed with its session, not after it.
  const statuses = toolCallsIn(records).map(({ status }) => status);
  expect(statuses).toEqual([...Array(5).fill("error"), "unresolved"]);
  expect(records.at(-1)).toMatchObject({ payload: { type: "close" } });
});

test("with our core throwing at every call, the agent goes on", async () => {
  vi.spyOn(Observer.prototype, "session").mockImplementation(() => {
    throw new Error("core is broken");
  });
  expect(caum.observe("s", CALL)).toMatchObject({ alert_fired: false, observation: "passive" });
  using session = caum.session("s");
  expect(session.observe(CALL).regime).toBe("WARMING_UP");
  await expect(caum.end("s")).resolves.toMatchObject({ session_id: "s", total_steps: 0 });
});

test("whatever is observed, nothing is thrown", () => {
  for (const step of [
    null,
    undefined,
    7,
    {},
    { tool: null },
    { tool: Symbol("x") },
    { role: {} },
  ]) {
    // What a caller without types may hand over.
    expect(caum.observe("s", step as unknown as caum.Step)).toMatchObject({
      observation: "passive",
    });
  }
  for (const id of [null, undefined, "", {}, "\u0000", "x".repeat(999)]) {
    expect(caum.observe(id as unknown as string, CALL)).toMatchObject({ observation: "passive" });
  }
});

test("a disk that refuses every write changes no answer", async () => {
  const problems: string[] = [];
  caum.init(undefined, {
    home: "/dev/null/x",
    env: {},
    onProblem: ({ code }) => problems.push(code),
  });
  const verdicts = Array.from({ length: 5 }, () => caum.observe("s", CALL).regime);
  expect(verdicts.at(-1)).toBe("LOOP");
  await expect(caum.end("s")).resolves.toMatchObject({ total_steps: 5 });
  expect(caum.status().home).toBe("/dev/null/x");
  expect(problems).toContain("not_recorded");
});

test("the steps of one turn share a parent in the record, and an agent has its tag", async () => {
  const facts = { parent: "turn 7", agent: "reviewer" };
  caum.observe("turns", { ...CALL, ...facts });
  caum.observe("turns", { role: "assistant", content: "done", ...facts });
  await caum.end("turns");
  const [call, said] = recordsIn(home).filter(({ category }) => category !== "lifecycle");
  expect(call?.parentEventId).toMatch(/^[0-9a-f]{32}$/);
  expect(said?.parentEventId).toBe(call?.parentEventId);
  const tag = expect.stringMatching(/^x-[0-9a-f]{8}$/);
  expect([call?.payload, said?.payload]).toMatchObject([{ agentTag: tag }, { agentTag: tag }]);
});
