import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, startClient } from "../client.ts";

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
  const event = JSON.stringify({ ...PAGE_EVENT, eventId: randomUUID(), sessionId: "lines" });
  const lines = [event, "not json", event].join("\n");
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

test("a turn and an agent beside the payload are kept keyed; two words for the turn are refused", async () => {
  const event = { ...PAGE_EVENT, sessionId: "turns", parent: "msg 7", agent: "reviewer" };
  const answer = await client.post("/v1/events", { ...event, eventId: randomUUID() });
  expect(answer.body).toMatchObject({ droppedFields: 0 });
  const detail = await client.get("/v1/session/turns");
  const { record } = detail.body.steps.at(-1);
  expect(record.parentEventId).toMatch(/^[0-9a-f]{32}$/);
  expect(record.payload.agentTag).toMatch(/^x-[0-9a-f]{8}$/);
  const both = { ...event, eventId: randomUUID(), parentEventId: randomUUID() };
  const refused = await client.post("/v1/events", both);
  expect(refused.status).toBe(400);
  expect(refused.body.error.details[0].path).toEqual(["parent"]);
  const unfit = await client.post("/v1/events", { ...event, eventId: randomUUID(), parent: 7 });
  expect(unfit.status).toBe(400);
});

test("what is nested too deeply to be digested is refused, and is no fault of the collector", async () => {
  const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
  for (const [category, payload] of [
    ["reasoning", '{"alternatives":DEEP}'],
    ["data_movement", '{"operation":"read","objectIds":DEEP}'],
  ] as const) {
    const event = JSON.stringify({ ...PAGE_EVENT, eventId: randomUUID(), category, payload: "P" });
    const answer = await client.post(
      "/v1/events",
      event.replace('"P"', payload.replace("DEEP", deep)),
    );
    expect(answer.status).toBe(422);
    expect(answer.body.error.details[0].path).toEqual(["payload"]);
  }
});
