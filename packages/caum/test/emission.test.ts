/** OpenTelemetry out of an application, beside its own OpenTelemetry. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import {
  type Context,
  type ContextManager,
  context,
  ROOT_CONTEXT,
  trace,
} from "@opentelemetry/api";
import * as caum from "caum";
import OpenAI from "openai";
import { afterEach, beforeEach, expect, test } from "vitest";
import { recordsIn } from "../../../test/records.ts";
import { WireServer } from "../../../test/wire-server/server.ts";
import { type OtlpReceiver, startOtlpReceiver } from "../../emitter/test/receiver.ts";

const run = promisify(execFile);
const SPAN = {
  traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
  spanId: "00f067aa0ba902b7",
  traceFlags: 1,
};

let home: string;
let receiver: OtlpReceiver;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "caum-emission-"));
  receiver = await startOtlpReceiver();
});
afterEach(() => {
  context.disable();
  caum.init(undefined, { home, env: {}, quiet: true });
  receiver.close();
  rmSync(home, { recursive: true, force: true });
});

const STEP = { tool: "lookup", arguments: { city: "CANARY" }, content: "CANARY" } as const;

/** What an application's own SDK registers. */
class OneContext implements ContextManager {
  #now: Context = ROOT_CONTEXT;

  active(): Context {
    return this.#now;
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    now: Context,
    work: F,
    _this?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    const before = this.#now;
    this.#now = now;
    try {
      return work(...args);
    } finally {
      this.#now = before;
    }
  }

  bind<T>(_context: Context, target: T): T {
    return target;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    return this;
  }
}

async function sent(spans: number): Promise<void> {
  await caum.flush();
  while (receiver.spans.length < spans) await new Promise((resolve) => setTimeout(resolve, 20));
}

test("a loop shows up inside the trace that the application is in", async () => {
  context.setGlobalContextManager(new OneContext());
  caum.init(undefined, { home, env: {}, quiet: true, otlp: receiver.url, agentId: "agent-7" });
  context.with(trace.setSpanContext(ROOT_CONTEXT, SPAN), () => {
    for (let at = 0; at < 4; at += 1) {
      caum.observe("s", { ...STEP, status: "error", parent: `turn-${at}` });
    }
  });
  caum.observe("s", { tool: "write_file", content: "done", parent: "turn-4" });
  await caum.end("s");
  await sent(6);
  const inTrace = receiver.spans.filter(({ traceId }) => traceId === SPAN.traceId);
  expect(inTrace.map(({ name, parentSpanId }) => [name, parentSpanId])).toEqual(
    new Array(4).fill(["execute_tool lookup", SPAN.spanId]),
  );
  expect(inTrace.flatMap(({ events }) => events.map(({ name }) => name))).toEqual([
    "caum.loop.entered",
  ]);
  expect(receiver.resource).toMatchObject({ "service.name": "agent-7" });
  expect(receiver.bytes.includes("CANARY")).toBe(false);
  const links = recordsIn(home).map(({ traceId, causationEventId }) => [traceId, causationEventId]);
  const [linked, ...others] = links.filter(([traceId]) => traceId !== undefined);
  expect(others).toEqual(new Array(3).fill(linked));
  expect(linked).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), expect.any(String)]);
  expect(JSON.stringify(links)).not.toContain(SPAN.traceId);
});

test("a step may say in which trace it was asked for", async () => {
  caum.init(undefined, { home, env: { CAUM_OTLP: receiver.url }, quiet: true });
  caum.observe("s", { ...STEP, traceparent: `00-${SPAN.traceId}-${SPAN.spanId}-01` });
  await sent(1);
  expect(receiver.spans).toMatchObject([{ traceId: SPAN.traceId, parentSpanId: SPAN.spanId }]);
  expect(caum.status().otlp).toMatchObject({ dropped: 0, failed: 0, overflowed: 0 });
});

test("turns and calls of a client that is wrapped are emitted", async () => {
  const server = await WireServer.start();
  try {
    caum.init(undefined, { home, env: {}, quiet: true, otlp: receiver.url });
    const client = caum.wrapOpenAI(new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "k" }));
    await client.responses.create({ model: "plain", input: "CANARY" });
    await sent(1);
  } finally {
    await server.close();
  }
  expect(receiver.spans[0]?.attributes).toMatchObject({ "gen_ai.operation.name": "chat" });
  expect(receiver.bytes.includes("CANARY")).toBe(false);
});

test("without it no package of OpenTelemetry is loaded; with it none in the thread of the host", async () => {
  const program = join(home, "program.mjs");
  const preload = join(home, "preload.cjs");
  const caumUrl = pathToFileURL(join(import.meta.dirname, "../dist/index.js")).href;
  writeFileSync(
    program,
    `import Module from "node:module";
    import * as caum from ${JSON.stringify(caumUrl)};
    caum.init(undefined, { quiet: true });
    caum.observe("s", { tool: "lookup", content: "x" });
    await caum.end("s");
    const loaded = Object.keys(Module._cache ?? {}).filter((path) => path.includes("@opentelemetry"));
    console.log(JSON.stringify({ loaded, otlp: caum.status().otlp }));`,
  );
  // What an application preloads, for example an exporter of its own, is not started once more.
  writeFileSync(
    preload,
    `if (!require("node:worker_threads").isMainThread) process.kill(process.pid, "SIGKILL");`,
  );
  const start = (env: Readonly<Record<string, string>>) =>
    run(process.execPath, ["--no-warnings", program], {
      env: {
        PATH: process.env.PATH,
        CAUM_HOME: home,
        NODE_OPTIONS: `--require ${preload}`,
        ...env,
      },
    });
  const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
  const off = JSON.parse((await start(variables)).stdout);
  expect(off).toEqual({ loaded: [] });
  expect(receiver.requests).toEqual([]);
  const on = JSON.parse((await start({ ...variables, CAUM_OTLP: "1" })).stdout);
  expect(on).toMatchObject({ loaded: [], otlp: { sent: 2, failed: 0 } });
});

test.each(["http://127.0.0.1:1", "hang"])(
  "a receiver that does not answer (%s) keeps nobody",
  async (to) => {
    const hanging = await startOtlpReceiver("hang");
    const program = join(home, "program.mjs");
    const caumUrl = pathToFileURL(join(import.meta.dirname, "../dist/index.js")).href;
    writeFileSync(
      program,
      `import * as caum from ${JSON.stringify(caumUrl)};
    caum.init(undefined, { quiet: true });
    for (let at = 0; at < 100; at += 1) caum.observe("s", { tool: "lookup", content: String(at) });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const before = performance.now();
    process.on("exit", () => console.log(performance.now() - before));`,
    );
    const CAUM_OTLP = to === "hang" ? hanging.url : to;
    const env = { PATH: process.env.PATH, CAUM_HOME: home, CAUM_OTLP };
    const { stdout } = await run(process.execPath, [program], { env });
    hanging.close();
    // Its own time-out is ten seconds.
    expect(Number(stdout)).toBeLessThan(5_000);
  },
);
