/** OpenTelemetry out of a collector: spans, loops and numbers of what its doors bring. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createObserver } from "@caum/core";
import { afterEach, expect, test } from "vitest";
import { type OtlpReceiver, startOtlpReceiver } from "../../../emitter/test/receiver.ts";
import { type Collector, type CollectorOptions, startCollector } from "../../src/index.ts";

const clean: (() => unknown)[] = [];
afterEach(async () => {
  for (const work of clean.splice(0).reverse()) await work();
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "caum-emission-"));
  clean.push(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

async function receiver(): Promise<OtlpReceiver> {
  const started = await startOtlpReceiver();
  clean.push(() => started.close());
  return started;
}

async function collectorWith(options: Partial<CollectorOptions>): Promise<Collector> {
  const collector = await startCollector({ data: folder(), port: 0, env: {}, ...options });
  clean.push(() => collector.close());
  return collector;
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 20));

/** Waits until something is so. */
async function eventually(check: () => boolean): Promise<void> {
  while (!check()) await pause();
}

function observerOf({ url, apiKey }: Collector) {
  return createObserver({
    writer: "test",
    writerVersion: "1",
    layer: "mcp",
    view: "full",
    agentId: "agent-7",
    home: folder(),
    env: {},
    upstream: { url, apiKey },
  });
}

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

/** A call as an agent tells it by the conventions. */
function toldSpan(traceId: string, spanId: string): object {
  const attributes = Object.entries({
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": "by_span",
    "gen_ai.tool.call.id": "call_0123456789",
    "gen_ai.tool.call.arguments": '{"city":"CANARY"}',
  }).map(([key, stringValue]) => ({ key, value: { stringValue } }));
  const nano = `${Date.now()}000000`;
  const times = { startTimeUnixNano: nano, endTimeUnixNano: nano };
  const span = { traceId, spanId, name: "execute_tool by_span", kind: 1, ...times, attributes };
  return { resourceSpans: [{ scopeSpans: [{ scope: { name: "an-agent" }, spans: [span] }] }] };
}

/** Four equal calls that fail, then another one. */
async function playLoop(collector: Collector, session: string): Promise<void> {
  const observer = observerOf(collector);
  for (let at = 0; at < 4; at += 1) {
    const call = { tool: "lookup", arguments: { city: "CANARY" }, result: "CANARY" } as const;
    observer.observe(session, { ...call, status: "error", durationMs: 5, parent: `turn-${at}` });
  }
  observer.observe(session, { tool: "write_file", arguments: {}, status: "ok", parent: "turn-4" });
  await observer.close();
}

test("a run that a writer sends is received as a session with its loop, and leads to its page", async () => {
  const to = await receiver();
  const env = { OTEL_METRIC_EXPORT_INTERVAL: "200" };
  const options = { otlp: to.url, publicUrl: "https://caum.example", env };
  const collector = await collectorWith(options);
  await playLoop(collector, "ticket-1");
  await eventually(() => to.spans.some(({ name }) => name.startsWith("invoke_agent")));
  await eventually(() => to.spans.length === 6);
  const names = to.spans.map(({ name, events }) => [name, ...events.map((event) => event.name)]);
  expect(names).toEqual([
    ["tools/call lookup"],
    ["tools/call lookup"],
    ["tools/call lookup"],
    ["tools/call lookup", "caum.loop.entered"],
    ["tools/call write_file", "caum.loop.ended"],
    ["invoke_agent agent-7"],
  ]);
  const page = "https://caum.example/live/sessions/ticket-1";
  expect(to.spans[3]?.events[0]?.attributes).toMatchObject({ "caum.page.url": page });
  expect(to.spans[5]?.attributes).toMatchObject({ "caum.page.url": page, "caum.loops": 1 });
  expect(new Set(to.spans.map(({ traceId }) => traceId)).size).toBe(1);
  const metricsOf = async () => (await fetch(`${collector.url}/metrics`)).text();
  while (!(await metricsOf()).includes('caum_emitted_total{outcome="sent"} 6')) await pause();
  await eventually(() => to.points("caum.ingest.lag").some(({ count }) => count === 5));
  expect(to.points("caum.loops")).toMatchObject([{ value: 1 }]);
  expect(to.bytes.includes("CANARY")).toBe(false);
});

test("a session of a simple door ends when it is told so; what is told twice is emitted once", async () => {
  const to = await receiver();
  const collector = await collectorWith({ otlp: to.url });
  const post = async (path: string, body: object) => {
    const headers = {
      authorization: `Bearer ${collector.apiKey}`,
      "content-type": "application/json",
    };
    const answer = await fetch(`${collector.url}${path}`, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
    });
    expect(answer.status).toBeLessThan(300);
  };
  const step = { session_id: "s-1", step: 1, tool: "lookup", content: "CANARY" };
  await post("/v1/step", step);
  await post("/v1/step", step);
  await post("/v1/session/s-1/end", { resolved: true });
  await eventually(() => to.spans.length > 1);
  expect(to.spans.map(({ name }) => name)).toEqual(["execute_tool lookup", "invoke_agent default"]);
  expect(to.bytes.includes("CANARY")).toBe(false);
});

test("what comes in a trace is emitted into it, and its record keeps keyed ids of it", async () => {
  const to = await receiver();
  const collector = await collectorWith({ otlp: to.url });
  const headers = {
    authorization: `Bearer ${collector.apiKey}`,
    "content-type": "application/json",
  };
  const post = (path: string, body: object, more = {}) =>
    fetch(`${collector.url}${path}`, {
      method: "POST",
      headers: { ...headers, ...more },
      body: JSON.stringify(body),
    });
  const traceparent = `00-${TRACE}-${SPAN}-01`;
  await post("/v1/step", { session_id: "s-1", step: 1, tool: "by_header" }, { traceparent });
  await post("/v1/traces", toldSpan(TRACE, SPAN));
  await eventually(() => to.spans.length === 2);
  expect(to.spans).toMatchObject([
    { name: "execute_tool by_header", traceId: TRACE, parentSpanId: SPAN },
    { name: "execute_tool by_span", traceId: TRACE, parentSpanId: SPAN },
  ]);
  expect(to.bytes.includes("CANARY")).toBe(false);
  const exported = await (
    await fetch(`${collector.url}/v1/session/s-1/bundle`, { headers })
  ).text();
  expect(exported).toMatch(/"causationEventId":"[0-9a-f]{32}".*"traceId":"[0-9a-f]{32}"/);
  expect(exported).not.toContain(TRACE);
});

test("what another collector emits is received and not recorded once more", async () => {
  const second = await collectorWith({});
  const env = { OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer ${second.apiKey}` };
  const first = await collectorWith({ otlp: second.url, env });
  await playLoop(first, "ticket-1");
  const metricsOf = async ({ url }: Collector) => (await fetch(`${url}/metrics`)).text();
  const answered = /route="\/v1\/traces",status="200"} [1-9]/;
  while (!answered.test(await metricsOf(second))) await pause();
  await first.close();
  const metrics = await metricsOf(second);
  expect(metrics).toContain('caum_telemetry_total{signal="traces",outcome="not_understood"} 0');
  const headers = { authorization: `Bearer ${second.apiKey}` };
  const sessions = await (await fetch(`${second.url}/v1/sessions`, { headers })).json();
  expect(sessions).toMatchObject({ sessions: [] });
});

test("a collector does not emit to itself", async () => {
  const port = 4_999;
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://localhost:${port}` };
  const itself = startCollector({ data: folder(), port, env, otlp: true });
  await expect(itself).rejects.toThrow("otlp leads to this collector itself");
});

test("the variables of OpenTelemetry alone turn nothing on", async () => {
  const to = await receiver();
  const collector = await collectorWith({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: to.url } });
  await playLoop(collector, "ticket-1");
  await collector.close();
  expect(to.requests).toEqual([]);
});
