/** Model clients: each turn is a trace of its own, and only log records tie them to one session. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Client, startClient } from "../client.ts";
import { BODIES, type MadeSpan, traceOf } from "./bodies.ts";

const SCOPE = "@opentelemetry/instrumentation-openai";
const [FIRST, SECOND] = ["1".repeat(32), "2".repeat(32)];
const CALL = { id: "call_9f3k2m7q1x", name: "search", arguments: '{"query":"x"}' };

let client: Client;
beforeEach(async () => {
  client = await startClient();
});
afterEach(() => client.stop());

async function sessions(): Promise<
  readonly { readonly total_events: number; readonly steps: number }[]
> {
  return (await client.get("/v1/sessions?limit=100")).body.sessions;
}

function turn(trace: string): string {
  const span: MadeSpan = {
    spanId: `a${trace.slice(0, 15)}`,
    atMs: Date.parse("2026-01-01T00:00:00Z") + Number(trace[0]) * 1_000,
    attributes: { "gen_ai.operation.name": "chat", "gen_ai.request.model": "test-model" },
  };
  return traceOf(trace, [span], SCOPE);
}

type Body = Readonly<Record<string, unknown>>;

function logsOf(trace: string, records: readonly (readonly [string, Body])[]) {
  const text = (value: string) => ({ stringValue: value });
  const anyOf = (value: unknown): object => {
    if (typeof value === "string") return text(value);
    if (Array.isArray(value)) return { arrayValue: { values: value.map(anyOf) } };
    const values = Object.entries(value as Body).map(([key, one]) => ({ key, value: anyOf(one) }));
    return { kvlistValue: { values } };
  };
  const logRecords = records.map(([name, body]) => ({
    traceId: trace,
    spanId: `a${trace.slice(0, 15)}`,
    timeUnixNano: `${Date.parse("2026-01-01T00:00:02Z")}000000`,
    attributes: [{ key: "event.name", value: text(name) }],
    body: anyOf(body),
  }));
  return { resourceLogs: [{ scopeLogs: [{ scope: { name: SCOPE }, logRecords }] }] };
}

const { id, ...called } = CALL;
const ASKING = { tool_calls: [{ id, type: "function", function: called }] };
const FIRST_LOGS = logsOf(FIRST, [
  ["gen_ai.user.message", { content: "go" }],
  ["gen_ai.choice", { message: ASKING }],
]);
const SECOND_LOGS = logsOf(SECOND, [
  ["gen_ai.user.message", { content: "go" }],
  ["gen_ai.assistant.message", ASKING],
  ["gen_ai.tool.message", { id, content: "found" }],
  ["gen_ai.choice", { message: { content: "done" } }],
]);

test("spans that come before the log records of their traces are of one session", async () => {
  const bodies = BODIES.filter(({ name }) => name.startsWith("otelcontrib-openai6"));
  const sent = bodies.toReversed().map(({ signal, type, bytes }) =>
    client.request("POST", `/v1/${signal}`, {
      headers: { "content-type": type, ...client.key },
      body: new Uint8Array(bytes),
    }),
  );
  expect(bodies.toReversed()[0]?.signal).toBe("traces");
  for (const answer of await Promise.all(sent)) expect(answer.status).toBe(200);
  expect(await sessions()).toMatchObject([{ steps: 2 }]);
});

test("turn after turn, log records first", async () => {
  await client.post("/v1/logs", FIRST_LOGS);
  await client.post("/v1/traces", turn(FIRST));
  await client.post("/v1/logs", SECOND_LOGS);
  await client.post("/v1/traces", turn(SECOND));
  expect(await sessions()).toMatchObject([{ steps: 1 }]);
});

test("turn after turn, spans first", async () => {
  for (const [span, logs] of [
    [turn(FIRST), FIRST_LOGS],
    [turn(SECOND), SECOND_LOGS],
  ] as const) {
    const waiting = client.post("/v1/traces", span);
    await sleep(20);
    await client.post("/v1/logs", logs);
    expect((await waiting).status).toBe(200);
  }
  expect(await sessions()).toMatchObject([{ steps: 1 }]);
});

test("spans without any log record are kept all the same", async () => {
  await client.post("/v1/traces", turn(FIRST));
  await client.post("/v1/traces", turn(SECOND));
  expect(await sessions()).toHaveLength(2);
});
