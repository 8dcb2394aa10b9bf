import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, startClient } from "./client.ts";

let client: Client;
const failures: string[] = [];

beforeAll(async () => {
  client = await startClient({
    onFailure: (failure) => failures.push(failure.stack ?? failure.name),
  });
});
afterAll(() => client.stop());

const POSTS = [
  "/v2/live/start",
  "/v2/live/event",
  "/v2/live/batch",
  "/v1/step",
  "/v1/events",
  "/v1/register",
  "/v1/keys",
  "/v1/session/x/end",
] as const;
const LINES = ["/v1/events/batch", `/v1/runs/${"ab".repeat(16)}/records`] as const;

/** Bodies that look right in places and are wrong in others. */
function bodies(session: object): fc.Arbitrary<unknown> {
  const nasty = fc.oneof(
    fc.constantFrom<unknown>("", "\u0000", "\ud800", "x".repeat(300), 1e308, -1, 1.5, null, true),
    fc.constantFrom<unknown>(
      {},
      [],
      { toString: 1 },
      "2026-01-01T00:00:00+25:00",
      "9999-12-31T23:59:59-12:00",
    ),
    fc.string({ unit: "binary" }),
    fc.jsonValue(),
  );
  const fields = [
    "session_id",
    "session_token",
    "event",
    "events",
    "step",
    "tool",
    "content",
    "agent_name",
    "task",
    "tokens_used",
    "cost_usd",
    "state_hash",
    "eventId",
    "agentId",
    "sessionId",
    "sourceTimestamp",
    "category",
    "schemaVersion",
    "payload",
    "email",
    "scopes",
    "resolved",
    "constructor",
  ];
  const good = {
    ...session,
    step: 1,
    tool: "t",
    event: { tool: "t", status: true },
    events: [{ tool: "t" }],
    eventId: "550e8400-e29b-41d4-a716-446655440000",
    agentId: "a",
    sessionId: "s",
    sourceTimestamp: "2026-01-01T00:00:00Z",
    category: "tool_api",
    schemaVersion: "1.0",
    payload: { toolName: "t" },
  };
  const mutated = fc
    .array(fc.tuple(fc.constantFrom(...fields), nasty), { minLength: 1, maxLength: 4 })
    .map((changes) => ({ ...good, ...Object.fromEntries(changes) }));
  const payload = fc
    .dictionary(
      fc.constantFrom(
        "toolName",
        "status",
        "responseStatus",
        "argumentsHash",
        "objectIds",
        "decision",
        "op",
        "role",
        "type",
        "operation",
        "durationMs",
        "constructor",
      ),
      nasty,
    )
    .map((fields) => ({ ...good, payload: fields }));
  const eventOnly = fc
    .dictionary(
      fc.constantFrom(
        "tool",
        "status",
        "state_id",
        "cost_usd",
        "timestamp",
        "latency_ms",
        "event_id",
      ),
      nasty,
    )
    .map((event) => ({ ...good, event, events: [event, event] }));
  return fc.oneof(mutated, payload, eventOnly, fc.jsonValue());
}

test("whatever is posted, the answer is 2xx or 4xx", async () => {
  const started = await client.post("/v2/live/start", {}, {});
  const session = {
    session_id: started.body.session.session_id,
    session_token: started.body.session_token,
  };
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...POSTS), bodies(session), async (path, body) => {
      const live = path.startsWith("/v2");
      const answer = await client.post(path, JSON.stringify(body) ?? "", live ? {} : client.admin);
      expect(answer.status, failures.join("\n")).toBeLessThan(500);
    }),
    { numRuns: 600, seed: 11 },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...LINES),
      fc.array(bodies(session), { maxLength: 5 }),
      async (path, lines) => {
        const answer = await client.request("POST", path, {
          headers: { ...client.key, "content-type": "application/x-ndjson" },
          body: lines.map((line) => JSON.stringify(line)).join("\n"),
        });
        expect(answer.status, failures.join("\n")).toBeLessThan(500);
      },
    ),
    { numRuns: 100, seed: 12 },
  );
  expect(failures).toEqual([]);
  expect((await client.get("/healthz")).status).toBe(200);
});

const json = { "content-type": "application/json" };

test.each<[string, string | Buffer, Record<string, string>, number]>([
  ["deep nesting", "[".repeat(100_000) + "]".repeat(100_000), json, 400],
  ["deep nesting in a field", `{"content":${"[".repeat(50_000)}${"]".repeat(50_000)}}`, json, 400],
  ["__proto__", '{"__proto__":{"isAdmin":true},"session_id":"s","step":1,"tool":"t"}', json, 400],
  ["half a body", '{"session_id":', json, 400],
  ["bytes that are no UTF-8", Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), json, 400],
  ["a body that is too large", `{"content":"${"x".repeat(300_000)}"}`, json, 413],
  [
    "a gzip bomb",
    gzipSync(Buffer.alloc(64 * 1024 * 1024)),
    { ...json, "content-encoding": "gzip" },
    413,
  ],
  ["no gzip at all", "plain", { ...json, "content-encoding": "gzip" }, 400],
  ["an unknown encoding", "{}", { ...json, "content-encoding": "br" }, 415],
  ["another content type", "a=1", { "content-type": "application/x-www-form-urlencoded" }, 415],
])("%s is refused", async (_what, body, headers, status) => {
  const answer = await client.request("POST", "/v1/step", {
    headers: { ...client.key, ...headers },
    body: typeof body === "string" ? body : new Uint8Array(body),
  });
  expect(answer.status).toBe(status);
  expect(answer.body.error.code).toBeTypeOf("string");
});

test("a gzip body is read", async () => {
  const body = gzipSync(JSON.stringify({ session_id: "zipped", step: 1, tool: "t" }));
  const headers = { ...client.key, ...json, "content-encoding": "gzip" };
  const answer = await client.request("POST", "/v1/step", { headers, body: new Uint8Array(body) });
  expect(answer.status).toBe(200);
});

test("slow and broken connections disturb nobody, and memory stays flat", async () => {
  const { hostname, port } = new URL(client.collector.url);
  const before = process.memoryUsage().rss;
  const sockets = Array.from({ length: 200 }, (_, at) => {
    const socket = connect(Number(port), hostname);
    socket.on("error", () => {});
    const head = `POST /v1/step HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n`;
    socket.write(at % 2 === 0 ? `${head}Content-Length: 1000\r\n\r\n{` : "GARBAGE\r\n\r\n");
    return socket;
  });
  const step = { session_id: "calm", step: 1, tool: "t" };
  expect((await client.post("/v1/step", step)).status).toBe(200);
  for (const socket of sockets) socket.destroy();
  expect((await client.post("/v1/step", step)).status).toBe(200);
  expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
});
