/** `caum workflows`, against a collector that remembers two sessions. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { rememberedLines, rememberedTable } from "../src/sessions/shown/remembered-lines.ts";
import { TemporaryHome } from "./install/temporary-home.ts";
import { RunningCollector } from "./running-collector.ts";

let machine: TemporaryHome;
let collector: RunningCollector;
beforeAll(async () => {
  machine = new TemporaryHome();
  collector = await RunningCollector.start(machine);
  await record("one", 3);
  await record("two", 5);
}, 60_000);
afterAll(async () => {
  await collector?.stop();
  machine.remove();
});

async function record(session: string, steps: number): Promise<void> {
  for (let step = 1; step <= steps; step++) {
    const names = { workflow: "tickets", agent_name: `agent-${session}` };
    await post("/v1/step", {
      session_id: session,
      step,
      tool: "t",
      state_hash: `state-${step}-0`,
      ...names,
    });
  }
  await post(`/v1/session/${session}/end`, { resolved: true });
}

async function post(path: string, body: object): Promise<void> {
  const headers = {
    authorization: `Bearer ${collector.apiKey}`,
    "content-type": "application/json",
  };
  const init = { method: "POST", headers, body: JSON.stringify(body) };
  expect((await fetch(`${collector.url}${path}`, init)).status).toBe(200);
}

const workflows = (...words: readonly string[]) =>
  machine.caum(["workflows", ...words, ...collector.flags]);

test("what is remembered is listed by kind, and only of workflows is a state said", async () => {
  // The memory takes a session some seconds after its end.
  const known = async () => JSON.parse((await workflows("--json")).stdout).workflows[0]?.sessions;
  await expect.poll(known, { timeout: 60_000, interval: 500 }).toBe(2);
  const { stdout } = await workflows();
  const [head, row, ...others] = stdout.trimEnd().split("\n");
  expect(others).toEqual([]);
  expect(head).toMatch(/^state +last active +sessions +7 days +with a loop +name$/u);
  expect(row).toMatch(/^learning +\S+ \S+ +2 +2 +- +tickets$/u);
  const agents = (await workflows("--kind", "agent")).stdout.trimEnd().split("\n");
  expect(agents[0]).toMatch(/^last active/u);
  expect(agents.slice(1).map((line) => line.split("  ").at(-1))).toEqual([
    "agent-one",
    "agent-two",
  ]);
  expect((await workflows("--kind", "server")).stdout).toMatch(/^no server is remembered yet/u);
});

test("one of them says what its sessions did, and one that is not there is refused", async () => {
  const { stdout, code } = await workflows("agent-two", "--kind", "agent", "--days", "7");
  expect(code).toBe(0);
  expect(stdout).toContain("agent agent-two: 1 session,");
  expect(stdout).toContain("7 days       1 session, 0 with a loop");
  expect(stdout).toContain("resolved     1 of 1");
  expect(stdout).toContain("steps        5; half of the sessions within 5");
  expect(stdout).not.toContain("state");
  const json = JSON.parse((await workflows("tickets", "--json")).stdout);
  expect(json.total).toMatchObject({ sessions: 2, calls: 8 });
  for (const words of [["nobody"], ["tickets", "--kind", "agent"], ["tickets", "--days", "0"]]) {
    expect((await workflows(...words)).code).toBe(2);
  }
});

test("what a name hides is seen", () => {
  const recent = { days: 7, sessions: 1, looping_sessions: 1 };
  const moved = [{ channel: "tools", name: "a\u202eb", direction: "up" }];
  const at = "2026-01-01T00:00:00Z";
  const one = { kind: "workflow", name: "a\u202eb", sessions: 2, last_active_at: at, recent };
  // Of a card, only what is shown.
  const card = { state: "drift_watch", moved } as unknown as null;
  const amount = { known: 0, total: 0, p50: null, p95: null };
  const amounts = { steps: amount, tokens: amount, cost_usd: amount, duration_ms: amount };
  const counts = { sessions: 1, looping_sessions: 1, calls: 3, failures: 2, retries: 1 };
  const total = { ...counts, ...amounts, outcomes: { known: 0, resolved: 0 } };
  const lines = [
    ...rememberedTable([{ ...one, card }], "workflow"),
    ...rememberedLines({ workflow: { ...one, card }, total, days: [] }, 7),
  ];
  expect(lines.join()).not.toContain("\u202e");
  expect(lines).toContain("moved        tools a\\u202eb, up");
  expect(lines).toContain("state        drift watch");
  expect(lines).toContain("calls        3, 2 failed, 1 made again");
});
