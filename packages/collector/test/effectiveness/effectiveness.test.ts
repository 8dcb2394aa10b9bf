import { effectivenessAnswer } from "@caum/core/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, startClient } from "../client.ts";
import { beforeAndAfter, record, recordAll } from "./sessions.ts";

const SESSIONS = 24;

let client: Client;
const compare = (workflow: string, query = "") =>
  client.get(`/v1/workflows/${encodeURIComponent(workflow)}/effectiveness${query}`);

beforeAll(async () => {
  client = await startClient({ env: {} });
  await recordAll(client, beforeAndAfter("tickets", SESSIONS));
}, 60_000);

afterAll(() => client.stop());

test("two marked cohorts are compared, with intervals and what they do not claim", async () => {
  const answer = await compare("tickets");
  expect(answer.status).toBe(200);
  const { body } = answer;
  expect(effectivenessAnswer.strict().parse(body)).toEqual(body);
  expect(body.cohorts).toMatchObject({
    before: { label: "before", sessions: SESSIONS, compared: SESSIONS, marked_at_end: 0 },
    after: { label: "after", sessions: SESSIONS, compared: SESSIONS, marked_at_end: 0 },
  });
  const { looping_sessions, resolved } = body.shares;
  expect(looping_sessions.before).toMatchObject({ known: 24, count: 19, share: 0.791667 });
  expect(looping_sessions.after).toMatchObject({ known: 24, count: 0, share: 0 });
  expect(looping_sessions.difference.direction).toBe("lower");
  expect(resolved.before.count).toBe(8);
  expect(resolved.after.count).toBe(16);
  const { steps, total_tokens, work_yield, loop_step_share, cost_usd } = body.amounts;
  expect(steps.difference.direction).toBe("lower");
  expect(total_tokens.difference.high).toBeLessThan(0);
  expect(work_yield.difference.direction).toBe("higher");
  expect(loop_step_share.after.median).toBe(0);
  expect(cost_usd.difference.direction).toBe("lower");
  expect(body).toMatchObject({ publishable: true, reservations: [], unmarked_sessions: 0 });
  expect(body.claim_boundaries).toMatchObject({
    does_not_claim_cause: true,
    does_not_claim_savings: true,
    compares_structure_only: true,
  });
});

test("the same sessions give the same answer, byte for byte", async () => {
  expect((await compare("tickets")).text).toBe((await compare("tickets")).text);
});

test("other labels can be compared, and turning them around turns the differences", async () => {
  const there = (await compare("tickets")).body;
  const back = (await compare("tickets", "?before=after&after=before")).body;
  expect(back.amounts.steps.difference.estimate).toBe(-there.amounts.steps.difference.estimate);
  expect(back.shares.resolved.before).toEqual(there.shares.resolved.after);
  expect((await compare("tickets", "?before=x&after=x")).status).toBe(400);
  const empty = (await compare("tickets", "?before=before&after=nobody")).body;
  expect(empty.cohorts.after).toMatchObject({ sessions: 0, compared: 0, first_seen: null });
  expect(empty.other_sessions).toBe(SESSIONS);
  expect(empty.amounts.steps.difference).toBeNull();
  expect(empty.reservations).toContain("too_few_sessions");
});

test("where too little is known nothing is said to differ", async () => {
  const few = beforeAndAfter("small", 3).map(({ costUsd: _, tokens: __, ...plan }) => plan);
  await recordAll(client, few);
  const { body } = await compare("small");
  for (const figure of [...Object.values(body.shares), ...Object.values(body.amounts)]) {
    expect(figure).toMatchObject({ difference: null });
  }
  expect(body.amounts.cost_usd.before).toEqual({
    known: 0,
    median: null,
    lower_quarter: null,
    upper_quarter: null,
  });
  expect(body).toMatchObject({ publishable: false, reservations: ["too_few_sessions"] });
});

test("what stands against a comparison is named", async () => {
  const workflow = "doubtful";
  await recordAll(client, [
    ...beforeAndAfter(workflow, 20),
    { id: "unmarked", workflow, works: 3, end: {} },
    { id: "open", workflow, cohort: "after", works: 3 },
    { id: "late", workflow, works: 3, end: { cohort: "after", resolved: true } },
  ]);
  await record(client, { id: "again", workflow, cohort: "before", works: 2, end: {} });
  await record(client, { id: "again", workflow, cohort: "before", works: 3, end: {} });
  const { body } = await compare(workflow);
  expect(body.reservations).toEqual(["unmarked_sessions", "marked_at_end", "sessions_left_out"]);
  expect(body.publishable).toBe(false);
  expect(body.unmarked_sessions).toBe(1);
  expect(body.cohorts.after).toMatchObject({
    sessions: 22,
    compared: 21,
    left_out: { not_ended: 1 },
    marked_at_end: 1,
  });
  expect(body.cohorts.before).toMatchObject({
    sessions: 21,
    compared: 20,
    left_out: { restarted: 1 },
  });
});

test("a session that looped cannot be moved to another cohort at its end", async () => {
  const workflow = "moved";
  await record(client, { id: "m", workflow, cohort: "after", works: 2, end: { cohort: "before" } });
  const { body } = await compare(workflow);
  expect(body.cohorts).toMatchObject({ before: { sessions: 0 }, after: { sessions: 1 } });
});

test("a session can be named and marked at its end, and native and live ones when they start", async () => {
  await record(client, { id: "w", works: 2, end: { workflow: "named", cohort: "before" } });
  const live = await client.post("/v2/live/start", { workflow: "named", cohort: "after" });
  expect(live.status).toBe(200);
  const { body } = await compare("named");
  expect(body.cohorts).toMatchObject({ before: { sessions: 1 }, after: { sessions: 1 } });
});

test("a workflow that nobody named, or of somebody else, is not there", async () => {
  expect((await compare("nobody's")).status).toBe(404);
  const made = await client.post("/v1/register", { email: "other@b.example" }, {});
  const other = { authorization: `Bearer ${made.body.api_key}` };
  const path = "/v1/workflows/tickets/effectiveness";
  expect((await client.get(path, other)).status).toBe(404);
  expect((await client.get(path, {})).status).toBe(401);
});

test("names that do not fit the record are found under the tag that stands for them", async () => {
  const workflow = `line\u0000break ${"x".repeat(200)}`;
  await record(client, { id: "odd", workflow, cohort: "before\n", works: 2, end: {} });
  const { body, status } = await compare(workflow, `?before=${encodeURIComponent("before\n")}`);
  expect(status).toBe(200);
  expect(body.cohorts.before.sessions).toBe(1);
  expect(JSON.stringify(body)).not.toContain("break");
});
