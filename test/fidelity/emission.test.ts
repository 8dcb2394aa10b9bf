/** OpenTelemetry out of the proxy: calls in the trace of the client, and no byte of what they say. */
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { startOtlpReceiver } from "../../packages/emitter/test/receiver.ts";
import { exchange, startProxy, startServer } from "./http-party.ts";
import { eventually, recordsIn } from "./kept.ts";
import { outcomeOf, RAW_SERVER, start, temporaryHome } from "./stdio-party.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";
const TRACEPARENT = `00-${TRACE}-${SPAN}-01`;
const CANARY = "zq7canary";
const CALLS = 6;

const call = (id: number, meta?: object) =>
  JSON.stringify({
    jsonrpc: "2.0",
    id,
    method: "tools/call",
    params: { name: "look_up", arguments: { city: CANARY }, _meta: meta },
  });

test("over stdio, a loop is in the trace that the client names in _meta", async () => {
  const receiver = await startOtlpReceiver();
  const home = temporaryHome();
  const env = { ...process.env, CAUM_OTLP: receiver.url, OTEL_SERVICE_NAME: "mine" };
  const child = start("proxy", [RAW_SERVER, "echo"], { home, env });
  const outcome = outcomeOf(child);
  const answers = createInterface({ input: child.stdout ?? process.stdin })[Symbol.asyncIterator]();
  for (let id = 1; id <= CALLS; id += 1) {
    child.stdin?.write(`${call(id, { traceparent: TRACEPARENT })}\n`);
    await answers.next();
  }
  child.stdin?.end();
  expect(await outcome).toMatchObject({ code: 0, stderr: "" });
  receiver.close();
  const calls = receiver.spans.filter(({ name }) => name === "tools/call look_up");
  expect(calls).toHaveLength(CALLS);
  for (const span of calls) expect(span).toMatchObject({ traceId: TRACE, parentSpanId: SPAN });
  const session = receiver.spans.find(({ name }) => name.startsWith("invoke_agent"));
  expect(session?.traceId).not.toBe(TRACE);
  expect(calls[0]?.links).toEqual([{ traceId: session?.traceId, spanId: session?.spanId }]);
  expect(receiver.resource).toMatchObject({ "service.name": "mine" });
  expect(receiver.bytes.includes(CANARY)).toBe(false);
  const links = recordsIn(home).flatMap(({ traceId }) => traceId ?? []);
  expect(new Set(links).size).toBe(1);
  expect(links).toHaveLength(CALLS);
  expect(links).not.toContain(TRACE);
});

test("over HTTP, the header of the request counts where the message names no trace", async () => {
  const receiver = await startOtlpReceiver();
  const { url } = await startServer((_request, response, asked) => {
    const { id } = JSON.parse(asked.toString());
    response.writeHead(200, ["Content-Type", "application/json"]);
    response.end(JSON.stringify({ jsonrpc: "2.0", id, result: { content: [], isError: true } }));
  });
  const proxy = await startProxy(url, { flags: ["--otlp", receiver.url] });
  const post = (body: string) =>
    exchange(proxy.url, {
      path: new URL(proxy.url).pathname,
      headers: ["Content-Type", "application/json", "traceparent", TRACEPARENT],
      body: [Buffer.from(body)],
    });
  const other = { traceId: "a".repeat(32), spanId: "b".repeat(16) };
  await post(call(1));
  await post(call(2, { traceparent: `00-${other.traceId}-${other.spanId}-01` }));
  await eventually(() => receiver.spans.length >= 2);
  proxy.child.kill("SIGTERM");
  await new Promise((resolve) => proxy.child.on("exit", resolve));
  receiver.close();
  const calls = receiver.spans.filter(({ name }) => name === "tools/call look_up");
  expect(calls).toMatchObject([
    { traceId: TRACE, parentSpanId: SPAN, attributes: { "error.type": "tool_error" } },
    { traceId: other.traceId, parentSpanId: other.spanId },
  ]);
  expect(receiver.bytes.includes(CANARY)).toBe(false);
});

test.each(["dead", "hanging"])(
  "a receiver that is %s delays no answer and no end",
  async (kind) => {
    const hanging = await startOtlpReceiver("hang");
    const env = { ...process.env, CAUM_OTLP: kind === "dead" ? "http://127.0.0.1:1" : hanging.url };
    const child = start("proxy", [RAW_SERVER, "echo"], { env });
    const outcome = outcomeOf(child);
    const answers = createInterface({ input: child.stdout ?? process.stdin })[
      Symbol.asyncIterator
    ]();
    for (let id = 1; id <= CALLS; id += 1) {
      child.stdin?.write(`${call(id)}\n`);
      expect(JSON.parse(String((await answers.next()).value))).toMatchObject({ id });
    }
    const before = performance.now();
    child.stdin?.end();
    expect(await outcome).toMatchObject({ code: 0, stderr: "" });
    hanging.close();
    // A second is what the proxy waits; an exporter by itself would wait for ten.
    expect(performance.now() - before).toBeLessThan(8_000);
  },
);
