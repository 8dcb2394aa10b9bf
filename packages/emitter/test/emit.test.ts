import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createObserver, type Observer } from "@caum/core";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type EmitterOptions, type OpenEmitter, openEmitter } from "../src/index.ts";
import { type OtlpReceiver, startOtlpReceiver } from "./receiver.ts";

/** Longer than any machine needs to load the packages. */
const LONG_MS = 20_000;
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";
const SERVICE = { name: "the-service", version: "9" };

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function receiverOf(answer?: number | "hang"): Promise<OtlpReceiver> {
  const receiver = await startOtlpReceiver(answer);
  open.push(receiver);
  return receiver;
}

function emitterTo(to: EmitterOptions["to"], env: EmitterOptions["env"] = {}): OpenEmitter {
  const emitter = openEmitter({ to, env, service: SERVICE });
  if (emitter === undefined) throw new Error("nothing is emitted");
  open.push(emitter);
  return emitter;
}

function observerOf(emitter: OpenEmitter, layer: "framework" | "mcp" = "framework"): Observer {
  const home = mkdtempSync(join(tmpdir(), "caum-out-"));
  const who = { writer: "test", writerVersion: "1", agentId: "agent-7" } as const;
  return createObserver({ ...who, layer, view: "full", home, env: {}, upstream: false, emitter });
}

/** Four equal calls that fail, one turn each, and then something else. */
function playLoop(observer: Observer, session: string): void {
  for (let at = 0; at < 4; at += 1) {
    observer.observe(session, {
      tool: "lookup",
      arguments: { city: "CANARY-argument" },
      result: "CANARY-result",
      status: "error",
      durationMs: 20,
      parent: `turn-${at}`,
    });
  }
  observer.observe(session, {
    tool: "write_file",
    arguments: { path: "/CANARY/path" },
    result: "done",
    status: "ok",
    parent: "turn-5",
  });
}

describe.each(["http/json", "http/protobuf"])("over %s", (protocol) => {
  test("a session, its calls, turns and loop are received as the conventions say", async () => {
    const receiver = await receiverOf();
    const emitter = emitterTo(receiver.url, { OTEL_EXPORTER_OTLP_PROTOCOL: protocol });
    const observer = observerOf(emitter);
    observer.session("ticket-1", { agentName: "Support" });
    observer.observe("ticket-1", {
      kind: "turn",
      model: "model-1",
      provider: "openai",
      inputTokens: 304,
      outputTokens: 36,
      cacheReadTokens: 74,
      reasoningTokens: 12,
      costUsd: 0.25,
      durationMs: 500,
      content: "CANARY-message",
      finishReason: "tool_calls",
    });
    playLoop(observer, "ticket-1");
    await observer.closeSession("ticket-1");
    await emitter.flush(LONG_MS);

    const { spans } = receiver;
    const named = (name: string) => spans.filter((span) => span.name === name);
    const [session] = named("invoke_agent Support");
    expect(session).toMatchObject({ kind: 1, parentSpanId: "", scope: "caum" });
    expect(session?.attributes).toMatchObject({
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.agent.name": "Support",
      "gen_ai.agent.id": "agent-7",
      "gen_ai.conversation.id": "ticket-1",
      "caum.steps": 6,
      "caum.loops": 1,
      "caum.loop.steps": 4,
    });
    const [turn] = named("chat model-1");
    expect(turn).toMatchObject({ kind: 3, statusCode: 0, parentSpanId: session?.spanId });
    expect(Math.round((turn?.endMs ?? 0) - (turn?.startMs ?? 0))).toBe(500);
    expect(turn?.attributes).toMatchObject({
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": "model-1",
      "gen_ai.usage.input_tokens": 304,
      "gen_ai.usage.output_tokens": 36,
      "gen_ai.usage.cache_read.input_tokens": 74,
      "gen_ai.usage.reasoning.output_tokens": 12,
      "gen_ai.response.finish_reasons": ["tool_calls"],
      "caum.cost": 0.25,
    });
    const calls = named("execute_tool lookup");
    expect(calls.map(({ statusCode }) => statusCode)).toEqual([2, 2, 2, 2]);
    expect(calls.map(({ statusMessage }) => statusMessage).join("")).toBe("");
    expect(calls[0]?.attributes).toMatchObject({ "error.type": "error", "caum.status": "error" });
    const events = spans.flatMap(({ name, events: told }) =>
      told.map((event) => ({ span: name, ...event })),
    );
    expect(events).toMatchObject([
      {
        span: "execute_tool lookup",
        name: "caum.loop.entered",
        attributes: { "caum.loop.rule": "periodic", "caum.loop.tools": ["lookup"] },
      },
      {
        span: "execute_tool write_file",
        name: "caum.loop.ended",
        attributes: { "caum.loop.steps": 4 },
      },
    ]);
    expect(calls.findIndex(({ events: told }) => told.length > 0)).toBe(3);

    const sum = (metric: string) =>
      receiver.points(metric).reduce((total, { value }) => total + value, 0);
    expect(sum("caum.sessions")).toBe(1);
    expect(sum("caum.loops")).toBe(1);
    expect(sum("caum.loop.steps")).toBe(4);
    expect(sum("caum.tokens")).toBe(340);
    expect(sum("caum.cost")).toBe(0.25);
    expect(
      receiver
        .points("gen_ai.client.token.usage")
        .map(({ value, attributes }) => [attributes["gen_ai.token.type"], value]),
    ).toEqual([
      ["input", 304],
      ["output", 36],
    ]);
    expect(sum("gen_ai.client.operation.duration")).toBeCloseTo(0.58);
    expect(receiver.requests[0]?.contentType).toContain(protocol.slice("http/".length));
    expect(receiver.bytes.includes("CANARY")).toBe(false);
    expect(emitter.tally).toEqual({ sent: 7, dropped: 0, failed: 0, overflowed: 0 });
  });
});

test("a call in a trace of the user is a child there and leads to its session", async () => {
  const receiver = await receiverOf();
  const emitter = emitterTo(receiver.url);
  const observer = observerOf(emitter);
  const call = { tool: "lookup", status: "ok" } as const;
  observer.observe("s", { ...call, traceparent: `00-${TRACE}-${PARENT}-01` });
  observer.observe("s", { ...call, traceparent: `00-${TRACE}-${PARENT}-00` });
  observer.observe("s", { ...call, traceparent: "no traceparent" });
  await observer.closeSession("s");
  await emitter.flush(LONG_MS);
  const [inside, unsampled, alone, session] = receiver.spans;
  const own = { traceId: session?.traceId, spanId: session?.spanId };
  expect(inside).toMatchObject({ traceId: TRACE, parentSpanId: PARENT, links: [own] });
  const link = { traceId: TRACE, spanId: PARENT };
  expect(unsampled).toMatchObject({ ...{ traceId: own.traceId }, links: [link] });
  expect(alone).toMatchObject({ traceId: own.traceId, parentSpanId: own.spanId, links: [] });
});

test("calls of an MCP server are named by the conventions of MCP", async () => {
  const receiver = await receiverOf();
  const emitter = emitterTo(receiver.url);
  const observer = observerOf(emitter, "mcp");
  observer.observe("s", { tool: "add", status: "error", durationMs: 30 });
  observer.observe("s", { tool: "add", status: "timeout", errorClass: "jsonrpc:-32001" });
  observer.observe("s", { tool: "mcp:resources/read", status: "ok" });
  observer.observe("s", { tool: "add", status: "pending", toolCallId: "call-1" });
  observer.observe("s", { tool: "add", status: "ok", toolCallId: "call-1" });
  observer.observe("s", { tool: "add", status: "ok", toolCallId: "call-1" });
  await observer.closeSession("s");
  await emitter.flush(LONG_MS);
  expect(receiver.spans.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
    "tools/call add 3",
    "tools/call add 3",
    "resources/read 3",
    "tools/call add 3",
    "invoke_agent agent-7 1",
  ]);
  const [own, coded, read] = receiver.spans.map(({ attributes }) => attributes);
  expect(own).toMatchObject({
    "mcp.method.name": "tools/call",
    "gen_ai.tool.name": "add",
    "gen_ai.operation.name": "execute_tool",
    "error.type": "tool_error",
  });
  expect(coded).toMatchObject({ "error.type": "-32001", "rpc.response.status_code": "-32001" });
  expect(read).toMatchObject({ "mcp.method.name": "resources/read" });
  expect(read).not.toHaveProperty("gen_ai.operation.name");
  expect(receiver.points("mcp.client.operation.duration")).toMatchObject([{ count: 1 }]);
});

test("the variables of the specification say where, how and as what", async () => {
  const receiver = await receiverOf();
  const emitter = emitterTo(true, {
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1",
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.url}/otel/v1/traces`,
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/json",
    OTEL_EXPORTER_OTLP_HEADERS: "x-key=secret%20key",
    OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
    OTEL_METRICS_EXPORTER: "none",
    OTEL_SERVICE_NAME: "mine",
    OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=staging",
  });
  const observer = observerOf(emitter);
  observer.observe("s", { tool: "lookup", status: "ok" });
  await observer.closeSession("s");
  await emitter.flush(LONG_MS);
  const [request, ...others] = receiver.requests;
  expect(others).toEqual([]);
  expect(request?.path).toBe("/otel/v1/traces");
  expect(request?.headers).toMatchObject({ "x-key": "secret key", "content-encoding": "gzip" });
  expect(receiver.resource).toMatchObject({
    "service.name": "mine",
    "deployment.environment.name": "staging",
  });
  expect(Object.keys(receiver.resource).filter((key) => /process|host/.test(key))).toEqual([]);
});

test("what the queue has no room for is counted, and so are spans that nobody takes", async () => {
  const refusing = await receiverOf(400);
  const emitter = emitterTo(refusing.url, { OTEL_BSP_MAX_QUEUE_SIZE: "10" });
  const observer = observerOf(emitter);
  for (let at = 0; at < 5_000; at += 1) {
    observer.observe("s", { tool: "lookup", arguments: { at }, status: "ok" });
  }
  expect(emitter.tally.overflowed).toBe(5_000 - 4_096);
  await emitter.flush(LONG_MS);
  const { sent, failed, dropped } = emitter.tally;
  expect(sent).toBe(0);
  expect(failed).toBeGreaterThan(0);
  expect(dropped).toBeGreaterThan(0);
  expect(failed + dropped).toBe(4_096);
});

test.each([["a dead one"], ["one that hangs"]])(
  "a receiver that does not answer: %s",
  async (kind) => {
    const hanging = await receiverOf("hang");
    const emitter = emitterTo(kind === "a dead one" ? "http://127.0.0.1:1" : hanging.url);
    const observer = observerOf(emitter);
    playLoop(observer, "s");
    const before = performance.now();
    await emitter.flush(100);
    // The latest attempt came to nothing: nobody waits for the next one.
    await emitter.flush(LONG_MS);
    await emitter.close(LONG_MS);
    expect(performance.now() - before).toBeLessThan(LONG_MS);
    observer.observe("s", { tool: "lookup", status: "ok" });
    expect(emitter.tally.sent).toBe(0);
  },
);

test("nothing is emitted unless it is asked for, whatever OTEL variables there are", () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1", OTEL_TRACES_EXPORTER: "otlp" };
  expect(openEmitter({ to: undefined, env, service: SERVICE })).toBeUndefined();
  expect(openEmitter({ to: false, env, service: SERVICE })).toBeUndefined();
  const disabled = { ...env, OTEL_SDK_DISABLED: "true" };
  expect(openEmitter({ to: true, env: disabled, service: SERVICE })).toBeUndefined();
  const none = { OTEL_TRACES_EXPORTER: "none", OTEL_METRICS_EXPORTER: "none" };
  expect(openEmitter({ to: true, env: none, service: SERVICE })).toBeUndefined();
});

test("an encoding that we do not speak is said, and nothing is emitted", () => {
  const onProblem = vi.fn();
  const env = { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" };
  expect(openEmitter({ to: true, env, service: SERVICE, onProblem })).toBeUndefined();
  expect(onProblem).toHaveBeenCalledWith(
    "OpenTelemetry is not emitted: OTEL_EXPORTER_OTLP_PROTOCOL is not usable: give http/protobuf or http/json",
  );
});
