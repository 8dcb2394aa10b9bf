import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, startClient } from "./client.ts";

let client: Client;

beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.stop());

const PAGE_EVENT = {
  eventId: "550e8400-e29b-41d4-a716-446655440000",
  agentId: "support-bot",
  sessionId: "session-001",
  sourceTimestamp: "2025-01-15T10:30:00Z",
  category: "tool_api",
  schemaVersion: "1.0",
  payload: {
    toolName: "database_query",
    argumentsHash: "a1b2c3d4...",
    responseStatus: 200,
    endpoint: "/api/customers",
  },
  toolType: "database",
  targetSystem: "crm",
  operation: "read",
};

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

test("the step door answers exactly the documented fields", async () => {
  const step = { session_id: "task-1", step: 1, tool: "bash", content: "pytest tests/" };
  const answer = await client.post("/v1/step", step);
  expect(Object.keys(answer.body)).toEqual([
    "regime",
    "failure_risk",
    "uds",
    "tier",
    "advisory",
    "merkle_root",
    "alert_fired",
    "observation",
  ]);
  expect(answer.body).toMatchObject({ advisory: null, alert_fired: false, observation: "passive" });
  const explained = await client.post("/v1/step?explain=1", { ...step, step: 2, extra: 1 });
  expect(explained.body.explanation).toContain("1 unknown field was dropped");
});

test("an identical repeat of a step is answered as before, another body is appended", async () => {
  const first = await client.post("/v1/step", { session_id: "again", step: 1, tool: "a" });
  const repeat = await client.post("/v1/step", { session_id: "again", step: 1, tool: "a" });
  expect(repeat.body).toEqual(first.body);
  await client.post("/v1/step", { session_id: "again", step: 2, tool: "b" });
  await client.post("/v1/step", { session_id: "again", step: 2, tool: "c" });
  const detail = await client.get("/v1/session/again");
  expect(detail.body.tree_size).toBe(4);
  expect(detail.body.session.segment).toBe(1);
});

test("step 1 with another body, and anything after the end, start over with fresh health", async () => {
  const loop = { session_id: "wrapped", tool: "bash", state_hash: "0123456789abcdef" };
  for (let step = 1; step <= 6; step++) await client.post("/v1/step", { ...loop, step });
  const stuck = await client.get("/v1/session/wrapped");
  expect(stuck.body.session).toMatchObject({ live_alert: true, tier: "T5", segment: 1 });
  const fresh = await client.post("/v1/step", { ...loop, step: 1, state_hash: "fedcba9876543210" });
  expect(fresh.body).toMatchObject({ regime: "WARMING_UP" });
  await client.post("/v1/session/wrapped/end", {});
  await client.post("/v1/step", { ...loop, step: 1 });
  const after = await client.get("/v1/session/wrapped");
  expect(after.body.session).toMatchObject({ live_alert: false, ended: false, segment: 3 });
});

test("no hard alert without an identity: tools only, content only, alternation", async () => {
  const runs = {
    "tool-only": () => ({ tool: "bash" }),
    "content-only": () => ({
      tool: "bash",
      content: "pytest tests/ -v -- 5 passed in 0.3 seconds",
    }),
    alternation: (step: number) =>
      step % 2 === 1
        ? { tool: "bash", content: "pytest tests/" }
        : { tool: "edit", content: "Fixed the bug" },
  };
  for (const [session_id, body] of Object.entries(runs)) {
    for (let step = 1; step <= 20; step++) {
      const answer = await client.post("/v1/step", { session_id, step, ...body(step) });
      expect(answer.body.advisory?.public_class, `${session_id} ${step}`).not.toBe("hard_alert");
    }
  }
  let last = "none";
  for (let step = 1; step <= 4; step++) {
    const body = { session_id: "same-state", step, tool: "bash", state_hash: "abcdef0123456789" };
    last = (await client.post("/v1/step", body)).body.advisory?.public_class;
  }
  expect(last).toBe("hard_alert");
});

test("ending gives the report, and ending again changes nothing", async () => {
  for (let step = 1; step <= 12; step++) {
    const state_hash = step % 2 === 1 ? "aaaaaaaaaaaaaaaa" : "bbbbbbbbbbbbbbbb";
    const body = { session_id: "looped", step, tool: "bash", state_hash, cost_usd: 0.01 };
    await client.post("/v1/step", body);
  }
  const report = await client.post("/v1/session/looped/end", { resolved: false });
  expect(report.body).toMatchObject({
    tier: "T5",
    dominant_regime: "LOOP",
    resolved: false,
    total_steps: 12,
    loop_count: 1,
    coverage: { exact_cycle: 1 },
    totals: { cost_usd: 0.12 },
    cost_exposure: { reviewable_cost_exposure_usd: 0.12 },
  });
  expect(report.body.loops[0]).toMatchObject({ rule: "periodic", period: 2, cycles: 6 });
  const again = await client.request("POST", "/v1/session/looped/end", {
    headers: { ...client.key, "content-type": "application/json" },
  });
  expect(again.body.tree_size).toBe(report.body.tree_size);
  expect((await client.post("/v1/session/never/end", {})).status).toBe(404);
});

test("the events page's example is taken as it stands, and only once", async () => {
  const first = await client.post("/v1/events", PAGE_EVENT);
  expect(first.status).toBe(202);
  const again = await Promise.all(
    Array.from({ length: 100 }, () => client.post("/v1/events", PAGE_EVENT)),
  );
  expect(new Set(again.map(({ status }) => status))).toEqual(new Set([202]));
  expect(new Set(again.map(({ body }) => body.receivedAt))).toEqual(
    new Set([first.body.receivedAt]),
  );
  const other = await client.post("/v1/events", { ...PAGE_EVENT, operation: "write" });
  expect(other.body).toMatchObject({ receivedAt: first.body.receivedAt, conflict: true });
  expect((await client.get("/v1/session/session-001")).body.tree_size).toBe(2);
});

test("one new event sent 100 times at once is one record", async () => {
  const event = { ...PAGE_EVENT, eventId: randomUUID(), sessionId: "raced" };
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => client.post("/v1/events", event)),
  );
  expect(new Set(answers.map(({ body }) => body.receivedAt)).size).toBe(1);
  expect((await client.get("/v1/session/raced")).body.tree_size).toBe(2);
});

test.each([
  ["an unknown top-level field", { surprise: 1 }, 400, "VALIDATION_ERROR", ["surprise"]],
  ["an unknown category", { category: "telepathy" }, 422, "NORMALIZATION_FAILED", ["category"]],
  [
    "a time without a zone",
    { sourceTimestamp: "2025-01-15T10:30:00" },
    400,
    "VALIDATION_ERROR",
    ["sourceTimestamp"],
  ],
  ["no tool name", { payload: {} }, 422, "NORMALIZATION_FAILED", ["payload", "toolName"]],
  ["an id that is none", { eventId: "1" }, 400, "VALIDATION_ERROR", ["eventId"]],
])("%s is refused and named", async (_what, change, status, code, path) => {
  const answer = await client.post("/v1/events", { ...PAGE_EVENT, ...change });
  expect(answer.status).toBe(status);
  expect(answer.body.error.code).toBe(code);
  expect(answer.body.error.details[0].path).toEqual(path);
});

test("every category of the page is taken", async () => {
  const payloads: Record<string, object> = {
    tool_api: { toolName: "t", resultHash: "r", status: "ok", surprise: 1 },
    reasoning: { role: "assistant", messageHash: "m", summary: "content" },
    identity: { agentName: "x", capabilities: ["a", "b"] },
    data_movement: { operation: "export", objectIds: ["1", "2"], diffSummary: "content" },
    approval: { decision: "approved", scope: "delete:crm" },
    environment: { kind: "tool_definition", subject: "t", changeHash: "c" },
    lifecycle: { type: "end", resolved: true },
  };
  for (const [category, payload] of Object.entries(payloads)) {
    const event = {
      ...PAGE_EVENT,
      eventId: randomUUID(),
      sessionId: "categories",
      category,
      payload,
    };
    const answer = await client.post("/v1/events", event);
    expect(answer.status, category).toBe(202);
  }
  const detail = await client.get("/v1/session/categories");
  expect(detail.body.session).toMatchObject({ ended: true, resolved: true });
  expect(detail.text).not.toContain("content");
});

test("a batch of events answers line by line", async () => {
  const lines = [
    JSON.stringify({ ...PAGE_EVENT, eventId: randomUUID(), sessionId: "lines" }),
    "not json",
    JSON.stringify({ ...PAGE_EVENT, eventId: "550e8400-e29b-41d4-a716-446655440000" }),
  ].join("\n");
  const answer = await client.request("POST", "/v1/events/batch", {
    headers: { ...client.key, "content-type": "application/x-ndjson" },
    body: lines,
  });
  expect(answer.body.results.map(({ status }: { status: string }) => status)).toEqual([
    "accepted",
    "invalid",
    "duplicate",
  ]);
});

test("registering gives a key that works; the same address again must prove itself", async () => {
  const body = { email: "you@company.com", company: "Your Company" };
  const first = await client.post("/v1/register", body, {});
  expect(first.body.api_key).toMatch(/^caum_live_/);
  expect((await client.post("/v1/register", body, {})).status).toBe(409);
  const proved = { authorization: `Bearer ${first.body.api_key}` };
  const second = await client.post("/v1/register", { ...body, email: "YOU@company.com" }, proved);
  expect(second.body.account_id).toBe(first.body.account_id);
  expect((await client.get("/v1/sessions", proved)).body.sessions).toEqual([]);
});

test("keys have scopes, are shown once, and stop working when revoked", async () => {
  const made = await client.post("/v1/keys", { scopes: ["read"] }, client.admin);
  const readOnly = { authorization: `Bearer ${made.body.api_key}` };
  expect((await client.get("/v1/sessions", readOnly)).status).toBe(200);
  expect(
    (await client.post("/v1/step", { session_id: "s", step: 1, tool: "t" }, readOnly)).status,
  ).toBe(403);
  expect((await client.post("/v1/keys", {}, readOnly)).status).toBe(403);
  const listed = await client.get("/v1/keys", client.admin);
  expect(listed.text).not.toContain(made.body.api_key);
  const path = `/v1/keys/${made.body.key_id}`;
  expect((await client.request("DELETE", path, { headers: client.admin })).status).toBe(200);
  expect((await client.get("/v1/sessions", readOnly)).status).toBe(401);
});

test("lists page by a cursor that does not repeat or skip", async () => {
  const seen: string[] = [];
  let cursor = "";
  for (;;) {
    const page = await client.get(`/v1/sessions?limit=3${cursor && `&cursor=${cursor}`}`);
    for (const { session_id } of page.body.sessions) seen.push(session_id);
    if (page.body.next_cursor === null) break;
    cursor = page.body.next_cursor;
  }
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.length).toBeGreaterThan(5);
  expect((await client.get("/v1/sessions?limit=0")).status).toBe(400);
  expect((await client.get("/v1/sessions?cursor=zz")).status).toBe(400);
});

test("a rate limit says when to come back", async () => {
  const limited = await startClient({ eventsPerSecond: 5 });
  const answers = [];
  for (let step = 1; step <= 12; step++) {
    answers.push(await limited.post("/v1/step", { session_id: "s", step, tool: "t" }));
  }
  const refused = answers.find(({ status }) => status === 429);
  expect(Number(refused?.headers.get("retry-after"))).toBeGreaterThan(0);
  await limited.stop();
});
