import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, startClient } from "../client.ts";
import { record, recordAll, type SessionPlan } from "../effectiveness/sessions.ts";

const COMPARE = "/dashboard-api/compare";
const PLANS: readonly SessionPlan[] = [
  { id: "stuck-1", workflow: "tickets", works: 4, repeats: 6, costUsd: 0.01, end: {} },
  { id: "stuck-2", workflow: "tickets", cohort: "after", works: 5, repeats: 6 },
  { id: "fine", workflow: "tickets", works: 12, tokens: 100 },
  { id: "named with spaces", workflow: "a name, with more", works: 3 },
];

let client: Client;
beforeAll(async () => {
  client = await startClient({ env: {} });
  await recordAll(client, PLANS);
}, 60_000);
afterAll(() => client.stop());

const compare = async (query: string) => {
  const { status, body } = await client.get(`${COMPARE}?${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
};

test("two sessions are compared by their structure and by the order of their steps", async () => {
  const found = await compare("a=stuck-1&b=fine");
  expect(found).toMatchObject({
    schema: "caum.compare.v1.0",
    a: { sessions: 1, session: "stuck-1", notEnded: 0 },
    b: { sessions: 1, session: "fine", notEnded: 1 },
    order: { sameSteps: 4, a: "browser.get", b: "tool_1" },
    complete: { a: true, b: true },
    shares: [],
  });
  const cost = found.figures.find(({ figure }: { figure: string }) => figure === "costUsd");
  expect(cost).toMatchObject({ a: { mean: 0.1 }, b: null, difference: null });
});

test("selections are filters, and names are found as they are kept", async () => {
  const found = await compare("a.workflow=tickets&b.workflow=tickets&b.cohort=after");
  expect(found.a).toMatchObject({ sessions: 3, session: null });
  expect(found.b).toMatchObject({ sessions: 1, session: "stuck-2" });
  expect(found.order).toBeNull();
  expect(found.shares[0]).toMatchObject({ share: "loop", a: { count: 2, of: 3 } });
  expect(found.notes).toEqual(["1 session is on both sides"]);
  const kept = await compare(`a.workflow=${encodeURIComponent("a name, with more")}&b=fine`);
  expect(kept.a.session).toBe("named with spaces");
  const last = await compare("a.workflow=tickets&a.last=2&b.since=1h&b.until=2999-01-01");
  expect(last).toMatchObject({ a: { sessions: 2 }, complete: { a: true } });
});

test("a session from which nobody keeps apart an earlier attempt is compared from its last", async () => {
  await record(client, { id: "again", works: 2, repeats: 5, end: {} });
  await record(client, { id: "again", works: 3 });
  const { order, figures } = await compare("a=again&b=fine");
  expect(order).toMatchObject({ sameSteps: 3, a: null });
  expect(figures[0]).toMatchObject({ figure: "steps", a: { mean: 3 } });
});

test.each([
  ["a=nobody&b=fine", 404, "A matches no session"],
  ["a=fine&b.client=nobody", 404, "B matches no session"],
  ["a=fine", 400, "b is the id of a session"],
  ["a=fine&b=fine&b.agent=x", 400, "b is the id of a session"],
  ["a=fine&b.since=yesterday", 400, "a time is 12h"],
  ["a=fine&b.last=0", 400, "a number of sessions"],
  ["a=fine&b.agent=%00", 400, ""],
])("%s is refused with %i", async (query, status, message) => {
  const answer = await client.get(`${COMPARE}?${query}`);
  expect(answer.status).toBe(status);
  expect(answer.body.error.message).toContain(message);
});

test("whoever has the token of one session compares none", async () => {
  const { body } = await client.post("/v2/live/start", { agent_id: "agent" });
  const token = { "x-caum-session-token": body.session_token };
  const path = `${COMPARE}?a=${body.session.session_id}&b=fine`;
  expect((await client.get(path, token)).status).toBe(401);
  expect((await client.get(path, {})).status).toBe(401);
});

test("one profile is asked for by the id of its session", async () => {
  const { body } = await client.get("/v1/profiles?session=fine");
  expect(body).toMatchObject({ profiles: [{ sessionId: "fine", steps: 12 }], next_cursor: null });
  const nobody = await client.get("/v1/profiles?session=nobody");
  expect(nobody.body.profiles).toEqual([]);
});
