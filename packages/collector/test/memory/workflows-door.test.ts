import {
  baselineAnswer,
  profilesAnswer,
  workflowAnswer,
  workflowsAnswer,
} from "@caum/core/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, startClient } from "../client.ts";
import { record } from "../effectiveness/sessions.ts";
import { until } from "./until.ts";

let client: Client;
beforeAll(async () => {
  client = await startClient();
  const end = { resolved: true };
  await record(client, { id: "a", workflow: "tickets", works: 5, repeats: 6, tokens: 10, end });
  await record(client, { id: "b", workflow: "tickets", works: 4, costUsd: 0.5, end });
  await record(client, { id: "c", workflow: "mail", cohort: "x", works: 3, end: {} });
  await until(async () => (await client.get("/v1/workflows")).body.workflows.length === 2);
});
afterAll(() => client.stop());

test("workflows are listed with what was remembered of them", async () => {
  const { body } = await client.get("/v1/workflows");
  expect(workflowsAnswer.strict().parse(body)).toEqual(body);
  expect(body.workflows).toMatchObject([
    { kind: "workflow", name: "mail", sessions: 1, recent: { days: 7, sessions: 1 } },
    { name: "tickets", sessions: 2, recent: { sessions: 2, looping_sessions: 1 } },
  ]);
  const first = await client.get("/v1/workflows?limit=1");
  expect(first.body.workflows).toMatchObject([{ name: "mail" }]);
  const rest = await client.get(`/v1/workflows?limit=1&cursor=${first.body.next_cursor}`);
  expect(rest.body.workflows).toMatchObject([{ name: "tickets" }]);
  const agents = await client.get("/v1/workflows?kind=agent");
  expect(agents.body.workflows).toMatchObject([{ kind: "agent", sessions: 3 }]);
  expect((await client.get("/v1/workflows?kind=moon")).status).toBe(400);
});

test("a workflow has its days, and their sums", async () => {
  const { body } = await client.get("/v1/workflows/tickets");
  expect(workflowAnswer.strict().parse(body)).toEqual(body);
  expect(body.total).toMatchObject({
    sessions: 2,
    looping_sessions: 1,
    outcomes: { known: 2, resolved: 2 },
    steps: { known: 2, total: 15 },
    tokens: { known: 1, total: 110 },
    cost_usd: { known: 1, total: 2 },
    calls: 15,
    loops: 1,
    operations: { read: 6, other: 9 },
  });
  expect(body.days.at(-1).day).toBe(new Date().toISOString().slice(0, 10));
  expect(body.total.transitions).toContainEqual({ from: "other", to: "read", count: 1 });
  const of = (days: { figures: { sessions: number } }[]) =>
    days.reduce((sum, { figures }) => sum + figures.sessions, 0);
  expect(of(body.days)).toBe(2);
  expect((await client.get("/v1/workflows/nothing")).status).toBe(404);
  expect((await client.get("/v1/workflows/tickets?kind=agent")).status).toBe(404);
  expect((await client.get("/v1/workflows/tickets?days=0")).status).toBe(400);
  expect((await client.get("/v1/workflows/tickets", {})).status).toBe(401);
});

async function keyOf(scopes: readonly string[]): Promise<Record<string, string>> {
  const { body } = await client.post("/v1/keys", { scopes }, client.admin);
  return { authorization: `Bearer ${body.api_key}` };
}

async function otherAccount(): Promise<Record<string, string>> {
  const { body } = await client.post("/v1/register", { email: "other@example.com" }, {});
  return { authorization: `Bearer ${body.api_key}` };
}

test("a baseline is chosen by a key that may change something, for its own account", async () => {
  const choose = (body: object, name = "tickets", headers?: Record<string, string>) =>
    client.post(`/v1/workflows/${name}/baseline`, body, headers);
  const { status, body } = await choose({ kind: "cohort", cohort: "x" }, "mail");
  expect(status).toBe(200);
  expect(baselineAnswer.strict().parse(body)).toEqual(body);
  expect(body.workflow).toMatchObject({
    name: "mail",
    recent: { sessions: 1 },
    card: { state: "learning", baseline: { choice: { kind: "cohort", cohort: "x" } } },
  });
  const since = "2026-01-01T00:00:00Z";
  const range = { kind: "range", since, until: "2026-02-01T00:00:00+01:00" };
  const { body: chosen } = await choose(range, "mail");
  expect(chosen.workflow.card.baseline.choice).toEqual({
    kind: "range",
    sinceMs: Date.parse(since),
    untilMs: Date.parse(range.until),
  });
  expect((await client.get("/v1/workflows/mail")).body.workflow).toEqual(chosen.workflow);
  const { body: latest } = await choose({ kind: "latest" }, "mail");
  expect(latest.workflow.card.baseline).not.toHaveProperty("choice");
  expect((await choose({ kind: "latest" }, "nothing")).status).toBe(404);
  expect((await choose({ ...range, until: since })).status).toBe(400);
  expect((await choose({ kind: "cohort" })).status).toBe(400);
  expect((await choose({ kind: "cohort", cohort: "a\0b" })).status).toBe(400);
  expect((await choose(range, "tickets", {})).status).toBe(401);
  const [reader, other] = [await keyOf(["read"]), await otherAccount()];
  expect((await choose(range, "tickets", reader)).status).toBe(403);
  expect((await choose(range, "tickets", other)).status).toBe(404);
});

test("profiles say what each session did, page by page, for whom they are asked", async () => {
  const { body } = await client.get("/v1/profiles?workflow=tickets&limit=1");
  expect(profilesAnswer.strict().parse(body)).toEqual(body);
  const next = await client.get(`/v1/profiles?workflow=tickets&cursor=${body.next_cursor}`);
  const ids = [...body.profiles, ...next.body.profiles].map(({ sessionId }) => sessionId);
  expect(ids.toSorted()).toEqual(["a", "b"]);
  const marked = await client.get("/v1/profiles?workflow=mail&cohort=x");
  expect(marked.body.profiles).toMatchObject([
    { sessionId: "c", steps: 3, structure: { calls: 3 } },
  ]);
  const none = await client.get("/v1/profiles?until=2020-01-01T00:00:00Z");
  expect(none.body).toMatchObject({ profiles: [], next_cursor: null });
  expect((await client.get("/v1/profiles?since=yesterday")).status).toBe(400);
  expect((await client.get("/v1/profiles?cursor=moon")).status).toBe(400);
});
