import { exposureAnswer, outcomeAnswer, recurringAnswer, similarAnswer } from "@caum/core/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, startClient } from "../client.ts";
import { record, recordAll, type SessionPlan } from "../effectiveness/sessions.ts";

let client: Client;
/** Of an account whose sessions are none of those that are counted below. */
let others: Record<string, string>;

/** A workflow in which two of three sessions go in circles, and another one. */
const PLANS: readonly SessionPlan[] = [
  { id: "stuck-1", workflow: "tickets", works: 4, repeats: 6, costUsd: 0.01, tokens: 100 },
  { id: "stuck-2", workflow: "tickets", works: 5, repeats: 6, costUsd: 0.01, tokens: 100 },
  { id: "fine", workflow: "tickets", works: 12, tokens: 100 },
  { id: "elsewhere", workflow: "port", works: 11, repeats: 7, end: { resolved: false } },
];

beforeAll(async () => {
  client = await startClient({ env: {} });
  await recordAll(client, PLANS);
  const { body } = await client.post("/v1/register", { email: "others@example.com" });
  others = { authorization: `Bearer ${body.api_key}` };
}, 60_000);
afterAll(() => client.stop());

const idsOf = ({ sessions }: { sessions: readonly { session_id: string }[] }) =>
  sessions.map(({ session_id }) => session_id);

test("the sessions that are built like one come first, of whatever workflow", async () => {
  const { body } = await client.get("/v1/session/stuck-1/similar");
  expect(similarAnswer.strict().parse(body)).toEqual(body);
  expect(idsOf(body)).toEqual(["stuck-2", "elsewhere", "fine"]);
  expect(body).toMatchObject({
    known: true,
    compared: { sessions: 3, of_workflow: 2, of_agent: 1, complete: true },
  });
  const [nearest, , farthest] = body.sessions;
  expect(nearest.distance).toBeLessThan(0.15);
  expect(nearest.parts).toMatchObject({ loops: 0 });
  expect(farthest.parts).toMatchObject({ loops: 1 });
  // Nobody said that it cost anything, and nobody that the others were solved.
  expect(body.sessions[1]).toMatchObject({
    workflow: "port",
    resolved: false,
    total_cost_usd: null,
    total_tokens: null,
  });
  expect(nearest.resolved).toBeNull();
  const one = await client.get("/v1/session/stuck-1/similar?limit=1");
  expect(idsOf(one.body)).toEqual(["stuck-2"]);
});

test("a session that is not there, or was deleted, is like no other", async () => {
  expect((await client.get("/v1/session/nobody/similar")).status).toBe(404);
  await record(client, { id: "gone", works: 3 });
  await client.request("DELETE", "/v1/session/gone", { headers: client.admin });
  expect((await client.get("/v1/session/gone/similar")).status).toBe(410);
  expect((await client.get("/v1/session/fine/similar?limit=0")).status).toBe(400);
});

test("whoever holds the token of one session learns nothing of others", async () => {
  const { body } = await client.post("/v2/live/start", { agent_id: "agent" }, others);
  const token = { "x-caum-session-token": body.session_token };
  const path = `/v1/session/${body.session.session_id}/similar`;
  expect((await client.get(path, token)).status).toBe(401);
});

test("a loop that came back is told once, with when, where and what it cost", async () => {
  const { body } = await client.get("/v1/recurring");
  expect(recurringAnswer.strict().parse(body)).toEqual(body);
  expect(body).toMatchObject({ looping_sessions: 3, complete: true, more: 0, workflow: null });
  expect(body.loops).toHaveLength(1);
  const [loop] = body.loops;
  expect(loop).toMatchObject({
    period: 1,
    tools: ["browser.get"],
    sessions: 3,
    loops: 3,
    cost_known: 2,
    workflows: ["tickets", "port"],
  });
  expect(loop.cost_usd).toBeGreaterThan(0.04);
  expect(loop.latest_sessions).toHaveLength(3);
  const ofOne = await client.get("/v1/recurring?workflow=port");
  expect(ofOne.body).toMatchObject({ sessions: 1, looping_sessions: 1, loops: [] });
  const once = await client.get("/v1/recurring?workflow=port&min_sessions=1");
  expect(once.body.loops[0]).toMatchObject({ sessions: 1, cost_usd: null, cost_known: 0 });
});

test("what began before a range, or after it, is not in it", async () => {
  const later = new Date(Date.now() + 60_000).toISOString();
  const of = async (query: string) => (await client.get(`/v1/recurring?${query}`)).body.sessions;
  expect(await of(`since=${later}`)).toBe(0);
  expect(await of(`until=${later}`)).toBeGreaterThan(3);
  expect(await of("until=2026-01-01T00:00:00Z")).toBe(0);
  expect((await client.get("/v1/recurring?since=yesterday")).status).toBe(400);
});

test("what loops cost a workflow is told of the sessions that say it", async () => {
  const { body } = await client.get("/v1/workflows/tickets/exposure");
  expect(exposureAnswer.strict().parse(body)).toEqual(body);
  expect(body).toMatchObject({
    sessions: 3,
    looping_sessions: 2,
    tokens: { known: 3, total: (10 + 11 + 12) * 100 },
    cost_usd: { known: 2 },
    duration_ms: null,
    other_tasks: 0,
    complete: true,
  });
  expect(body.cost_usd.total).toBeCloseTo(0.21);
  expect(body.cost_usd.in_loops).toBeGreaterThanOrEqual(0.11);
  expect(body.cost_usd.in_loops).toBeLessThan(0.14);
  expect(body.cost_usd.after_alert).toBeGreaterThan(0);
  expect(body.cost_usd.after_alert).toBeLessThan(body.cost_usd.in_loops);
  expect(body.weeks).toHaveLength(1);
  expect(body.weeks[0]).toMatchObject({ sessions: 3, tokens: body.tokens });
  expect(body.tasks).toEqual([{ task: null, ...restOf(body.weeks[0]) }]);
  expect(body.assumed.length).toBeGreaterThan(4);
});

const restOf = ({ week: _, ...rest }: { week: string }) => rest;

test("tasks are told apart, and a workflow that nobody names has no exposure", async () => {
  for (const [id, task] of [
    ["t1", "one"],
    ["t2", "one"],
    ["t3", "two"],
  ]) {
    for (let step = 1; step <= 3; step++) {
      const said = { tool: "bash", tokens_used: 10, workflow: "tasks", task };
      await client.post("/v1/step", { session_id: id, step, ...said }, others);
    }
  }
  const { body } = await client.get("/v1/workflows/tasks/exposure", others);
  expect(body.tasks.map(({ sessions }: { sessions: number }) => sessions)).toEqual([2, 1]);
  expect(body.tasks[0].task).toMatch(/^task_[0-9a-f]{16}$/);
  expect((await client.get("/v1/workflows/nothing/exposure")).status).toBe(404);
});

/** A session of queries, the last of which may be the same again and again. */
async function endedSession(workflow: string, at: number, repeats: number, resolved: boolean) {
  const started = await client.post("/v2/live/start", { agent_id: "agent", workflow }, others);
  const { session, session_token } = started.body;
  const events = Array.from({ length: 8 + (at % 5) + repeats }, (_, step) =>
    step < 8 + (at % 5)
      ? { tool: `tool_${step % 3}`, status: "ok", state_id: `s${step}` }
      : { tool: "tool_0", status: "not_found", state_id: "same" },
  );
  const { session_id } = session;
  await client.post("/v2/live/batch", { session_id, session_token, events }, others);
  await client.post(`/v1/session/${session_id}/end`, { resolved }, others);
}

test("a risk is said of a workflow once enough of its sessions are known to have ended", async () => {
  const outcome = async () => (await client.get("/v1/workflows/ends/outcome", others)).body;
  const end = (from: number, to: number) =>
    Promise.all(
      Array.from({ length: to - from }, (_, at) => {
        const fails = (from + at) % 2 === 0;
        return endedSession("ends", from + at, fails ? 9 : 0, !fails);
      }),
    );
  expect((await client.get("/v1/workflows/ends/outcome", others)).status).toBe(404);
  await end(0, 30);
  const few = await outcome();
  expect(outcomeAnswer.strict().parse(few)).toEqual(few);
  expect(few).toMatchObject({
    outcomes: 30,
    failures: 15,
    fewest: 50,
    reason: "too_few_outcomes",
    reliability: [],
    error: null,
  });
  await end(30, 60);
  const enough = await outcome();
  expect(outcomeAnswer.strict().parse(enough)).toEqual(enough);
  expect(enough).toMatchObject({ outcomes: 60, failures: 30, reason: null });
  expect(enough.error).toBeLessThan(enough.error_of_share);
  const [first] = enough.reliability;
  expect(first.failed).toBe(0);
  expect(enough.reliability.at(-1).failed).toBe(1);
});
