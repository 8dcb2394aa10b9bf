import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, startClient } from "../client.ts";

let client: Client;

beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.stop());

async function startSession(body: object = { agent_id: "agent_42", workflow: "support" }) {
  const started = await client.post("/v2/live/start", body, {});
  expect(started.status).toBe(200);
  return {
    session_id: String(started.body.session.session_id),
    session_token: String(started.body.session_token),
  };
}

test("the retry loop of the pilot page ends in a hard alert that only observes", async () => {
  const session = await startSession();
  expect(session.session_id).toMatch(/^caum-live-/);
  const event = {
    event: "tool_call",
    tool: "browser.get",
    phase: "retry",
    status: "not_found",
    state_id: "opaque_state_a",
    input_tokens: 120,
    output_tokens: 12,
    cost_usd: 0.0012,
  };
  const types: string[] = [];
  for (let at = 0; at < 12; at++) {
    const answer = await client.post("/v2/live/event", { ...session, event }, {});
    types.push(answer.body.event_type);
    if (at < 11) continue;
    expect(answer.body).toMatchObject({
      event_type: "structural_loop_continues",
      live_alert: true,
      tier: { tier: "T5", rank: 5 },
      evidence_grade: {
        public_class: "hard_alert",
        raw_content_used: false,
        allowed_to_block: false,
      },
      coordination: { decision: "observe_only", allowed_to_block: false },
      evidence: { tree_size: 13 },
      dropped_fields: 0,
    });
    expect(answer.body.receipt_id).toMatch(/^caum_live_receipt_[0-9a-f]{26}$/);
  }
  expect(types.filter((type) => type === "structural_loop_entered")).toHaveLength(1);
});

test("a batch answers each event and the state after it, and drops what is not structural", async () => {
  const session = await startSession();
  const events = ["a", "b", "c"].map((tool) => ({ event: "tool_call", tool, prompt: "secret" }));
  const answer = await client.post("/v2/live/batch", { ...session, events }, {});
  expect(
    answer.body.results.map((result: { dropped_fields: number }) => result.dropped_fields),
  ).toEqual([1, 1, 1]);
  expect(answer.body.state).toMatchObject({ event_count: 3, tree_size: 4 });
  const head = answer.body.results[2].evidence;
  expect(answer.body.state.merkle_root).toBe(head.merkle_root);
});

test("a live event with an id is stored once", async () => {
  const session = await startSession();
  const send = () =>
    client.post("/v2/live/event", { ...session, event: { tool: "t", event_id: "mine-1" } }, {});
  const [first, again] = [await send(), await send()];
  expect(again.body.evidence).toEqual(first.body.evidence);
});

test("reading a live session takes its token in a header", async () => {
  const session = await startSession();
  const path = `/v2/live/session/${session.session_id}`;
  expect((await client.get(path, {})).status).toBe(401);
  expect((await client.get(path)).status).toBe(404);
  const read = await client.get(path, { "x-caum-session-token": session.session_token });
  expect(read.body.session.session_id).toBe(session.session_id);
  const other = await startSession();
  expect((await client.get(path, { "x-caum-session-token": other.session_token })).status).toBe(
    401,
  );
});

test("a session that was started with a key needs the key and the token", async () => {
  const started = await client.post("/v2/live/start", { agent_id: "bound" });
  const session = {
    session_id: started.body.session.session_id,
    session_token: started.body.session_token,
  };
  const body = { ...session, event: { tool: "t" } };
  expect((await client.post("/v2/live/event", body, {})).status).toBe(401);
  expect((await client.post("/v2/live/event", body)).status).toBe(200);
  const listed = await client.get("/v2/live/customer/sessions?limit=100");
  const ids = listed.body.sessions.map((entry: { session_id: string }) => entry.session_id);
  expect(ids).toContain(session.session_id);
});

test("the keyless door is closed to whoever is behind a proxy or another name", async () => {
  const forwarded = await client.post("/v2/live/start", {}, { "x-forwarded-for": "10.0.0.1" });
  expect(forwarded.status).toBe(401);
  expect(forwarded.body.error.message).toContain("--demo");
  const fromPage = await client.post("/v2/live/start", {}, { origin: "https://evil.example" });
  expect(fromPage.status).toBe(401);
});

test("an event's turn and agent are kept keyed, and are no unknown fields", async () => {
  const session = await startSession({ agent_id: "turns" });
  const event = { event: "tool_call", tool: "a", parent: "msg 7", agent: "reviewer" };
  const answer = await client.post("/v2/live/event", { ...session, event }, {});
  expect(answer.body).toMatchObject({ dropped_fields: 0 });
});

test("an event that says nothing is refused, alone and in a batch, and stores nothing", async () => {
  const { session, token, headers } = await startedSession();
  const place = { session_id: session, session_token: token };
  const alone = await client.post("/v2/live/event", { ...place, event: { prompt: "x" } }, headers);
  expect(alone.status).toBe(400);
  expect(alone.body.error.details).toMatchObject([{ path: ["event"] }]);
  const events = [{ tool: "bash" }, {}];
  expect((await client.post("/v2/live/batch", { ...place, events }, headers)).status).toBe(400);
  const read = await client.get(`/v2/live/session/${session}`, { "x-caum-session-token": token });
  expect(read.body.session.event_count).toBe(0);
});

test("a time that is none is counted as dropped", async () => {
  const { session, token, headers } = await startedSession();
  const place = { session_id: session, session_token: token };
  const dropped = [];
  for (const timestamp of ["yesterday", 1e300, "2026-01-01T00:00:00Z", 1_767_225_600, null]) {
    const event = { tool: "bash", timestamp };
    const { body } = await client.post("/v2/live/event", { ...place, event }, headers);
    dropped.push(body.dropped_fields);
  }
  expect(dropped).toEqual([1, 1, 0, 0, 0]);
});

async function startedSession() {
  const { body } = await client.post("/v2/live/start", {}, {});
  return { session: body.session.session_id, token: body.session_token, headers: {} };
}
