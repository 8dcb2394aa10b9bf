import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Client, startClient } from "../client.ts";
import { BODIES, type Body, failingCall, type MadeSpan, traceOf } from "./bodies.ts";

let client: Client;
beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.stop());

function send({ signal, type, bytes }: Omit<Body, "name">, headers = client.key, prefix = "") {
  return client.request("POST", `${prefix}/v1/${signal}`, {
    headers: { "content-type": type, ...headers },
    body: new Uint8Array(bytes),
  });
}

const sendTrace = (body: string, more: { headers?: object; prefix?: string } = {}) =>
  send(
    { signal: "traces", type: "application/json", bytes: Buffer.from(body) },
    { ...client.key, ...more.headers } as Record<string, string>,
    more.prefix,
  );

interface Listed {
  readonly session_id: string;
  readonly steps: number;
  readonly regime: string;
  readonly public_class: string;
}

async function sessions(of: Client = client): Promise<readonly Listed[]> {
  const answer = await of.get("/v1/sessions?limit=100");
  return answer.body.sessions;
}

describe("bodies of real emitters", () => {
  const sendAll = async () => {
    for (const body of BODIES) await send(body);
  };

  test("each is taken, and answered in its own type", async () => {
    for (const body of BODIES) {
      const answer = await send(body);
      expect(answer.status, body.name).toBe(200);
      expect(answer.headers.get("content-type"), body.name).toContain(body.type);
    }
  });

  test("sent again, they change nothing", async () => {
    await sendAll();
    const before = await sessions();
    for (const body of BODIES.toReversed()) await send(body);
    expect(await sessions()).toEqual(before);
  });

  test("nothing of their content is in the folder of the collector", async () => {
    await sendAll();
    const words = ["USER-PROMPT", "SYSTEM-TEXT", "FINAL-ANSWER", "TOOL-BROKE", "Rome", "Oslo"];
    for (const file of readdirSync(client.folder, { recursive: true, encoding: "utf8" })) {
      const path = join(client.folder, file);
      if (!statSync(path).isFile()) continue;
      const bytes = readFileSync(path);
      for (const word of words) expect(bytes.includes(word), `${word} in ${file}`).toBe(false);
    }
  });
});

describe("who may send", () => {
  const trace = traceOf("1".repeat(32), [failingCall(1)]);
  const key = () => client.collector.apiKey;

  test.each([
    ["as a bearer", () => ({ authorization: `Bearer ${key()}` })],
    ["as a password", () => ({ authorization: `Basic ${btoa(`any:${key()}`)}` })],
    ["as a user", () => ({ authorization: `Basic ${btoa(`${key()}:`)}` })],
    ["in a header of its own", () => ({ authorization: "", "x-api-key": key() })],
  ])("the key %s", async (_how, headers) => {
    const { authorization, ...others } = headers() as Record<string, string>;
    const sent = authorization ? { authorization, ...others } : others;
    const body = { signal: "traces", type: "application/json", bytes: Buffer.from(trace) } as const;
    expect((await send(body, sent)).status).toBe(200);
  });

  test("nobody without a key", async () => {
    const body = { signal: "traces", type: "application/json", bytes: Buffer.from(trace) } as const;
    expect((await send(body, {})).status).toBe(401);
    expect((await send(body, { authorization: "Basic e30=" })).status).toBe(401);
  });

  test.each(["/api/public/otel", "/otel"])("under %s as well", async (prefix) => {
    expect((await sendTrace(trace, { prefix })).status).toBe(200);
  });
});

test("metrics are taken and dropped", async () => {
  const answer = await client.post("/v1/metrics", { resourceMetrics: [] });
  expect(answer.status).toBe(200);
});

test("gzip, and a body of many parts", async () => {
  const spans = Array.from({ length: 2_000 }, (_, at) => ({
    ...failingCall(at),
    attributes: { ...failingCall(at).attributes, "gen_ai.tool.call.result": "x".repeat(2_000) },
  }));
  const plain = Buffer.from(traceOf("2".repeat(32), spans));
  expect(plain.length).toBeGreaterThan(4 * 1024 * 1024);
  const body = { signal: "traces", type: "application/json" } as const;
  const packed = { ...client.key, "content-encoding": "gzip" };
  expect((await send({ ...body, bytes: gzipSync(plain) }, packed)).status).toBe(200);
  const halves = new ReadableStream({
    start(controller) {
      controller.enqueue(plain.subarray(0, 100));
      controller.enqueue(plain.subarray(100));
      controller.close();
    },
  });
  const answer = await client.request("POST", "/v1/traces", {
    headers: { "content-type": "application/json", ...client.key },
    body: halves,
    duplex: "half",
  } as RequestInit);
  expect(answer.status).toBe(200);
});

test.each([
  ["no JSON", "{"],
  ["no object", "[]"],
  ["a text", '"x"'],
])("%s is refused", async (_what, body) => {
  expect((await sendTrace(body)).status).toBe(400);
});

test("what is no gzip is refused", async () => {
  expect((await sendTrace("{}", { headers: { "content-encoding": "gzip" } })).status).toBe(400);
});

test("one span that makes no sense costs no other", async () => {
  const good = JSON.parse(traceOf("3".repeat(32), [failingCall(1)]));
  good.resourceSpans[0].scopeSpans[0].spans.unshift(
    null,
    7,
    {},
    { traceId: 5, spanId: {}, attributes: "none", events: {}, status: [] },
    { ...good.resourceSpans[0].scopeSpans[0].spans[0], spanId: "z", endTimeUnixNano: "soon" },
  );
  expect((await sendTrace(JSON.stringify(good))).status).toBe(200);
  const answer = await client.get(`/v1/sessions?limit=100`);
  expect(answer.status).toBe(200);
});

test("spans of a scope that nobody knows are counted in the answer", async () => {
  const span = { ...failingCall(1), attributes: { "http.request.method": "GET" } };
  const answer = await sendTrace(traceOf("4".repeat(32), [span], "http"));
  expect(answer.body.partialSuccess).toMatchObject({ rejectedSpans: 1 });
});

describe("a loop", () => {
  async function play(order: (spans: readonly MadeSpan[]) => readonly (readonly MadeSpan[])[]) {
    const own = await startClient();
    const steps: string[] = [];
    for (const spans of order(Array.from({ length: 8 }, (_, at) => failingCall(at)))) {
      await own.post("/v1/traces", traceOf("5".repeat(32), spans));
      const [listed] = await sessions(own);
      steps.push(`${listed?.regime} ${listed?.public_class}`);
    }
    const listed = await sessions(own);
    await own.stop();
    return { steps, listed };
  }

  test("is found with its fourth call", async () => {
    const { steps, listed } = await play((spans) => spans.map((span) => [span]));
    expect(listed).toHaveLength(1);
    expect(steps[2]).not.toBe("LOOP hard_alert");
    expect(steps.slice(3)).toEqual(Array(5).fill("LOOP hard_alert"));
  });

  test("is found in whatever order the calls come", async () => {
    const { steps, listed } = await play((spans) => spans.toReversed().map((span) => [span]));
    expect(listed).toHaveLength(1);
    expect(steps.at(-1)).toBe("LOOP hard_alert");
    expect(listed[0]?.steps).toBe(8);
  });
});

describe("which session", () => {
  const CONVERSATION = "a conversation of ours";

  const within = (span: MadeSpan, conversation?: string): MadeSpan => ({
    ...span,
    attributes: {
      ...span.attributes,
      ...(conversation !== undefined && { "gen_ai.conversation.id": conversation }),
    },
  });

  test("a conversation over many traces is one, also when its name comes late, or after a restart", async () => {
    let own = await startClient();
    const data = own.folder;
    await own.post("/v1/traces", traceOf("6".repeat(32), [failingCall(1)]));
    await own.post("/v1/traces", traceOf("6".repeat(32), [within(failingCall(2), CONVERSATION)]));
    await own.collector.close();
    own = await startClient({ data });
    await own.post("/v1/traces", traceOf("7".repeat(32), [within(failingCall(3), CONVERSATION)]));
    await own.post("/v1/traces", traceOf("7".repeat(32), [failingCall(4)]));
    await own.post("/v1/traces", traceOf("8".repeat(32), [failingCall(5)]));
    const listed = await sessions(own);
    expect(listed.map(({ steps }) => steps).toSorted()).toEqual([1, 4]);
    await own.stop();
  });

  test("it is found by the trace and by the conversation", async () => {
    const own = await startClient();
    await own.post("/v1/traces", traceOf("9".repeat(32), [within(failingCall(1), CONVERSATION)]));
    await own.post("/v1/traces", traceOf("a".repeat(32), [failingCall(2)]));
    const byTrace = await own.get(`/v1/sessions?traceId=${"9".repeat(32)}`);
    const asked = encodeURIComponent(CONVERSATION);
    const byConversation = await own.get(`/v1/sessions?correlationId=${asked}`);
    expect(byTrace.body.sessions).toHaveLength(1);
    expect(byConversation.body.sessions).toEqual(byTrace.body.sessions);
    await own.stop();
  });

  test("two tenants never share one", async () => {
    const own = await startClient();
    const other = await own.post("/v1/register", { email: "somebody@example.com" });
    const body = traceOf("b".repeat(32), [within(failingCall(1), CONVERSATION)]);
    await own.post("/v1/traces", body);
    await own.post("/v1/traces", body, { authorization: `Bearer ${other.body.api_key}` });
    expect((await sessions(own)).map(({ steps }) => steps)).toEqual([1]);
    await own.stop();
  });
});
