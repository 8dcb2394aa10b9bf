/** What the HTTP proxy makes of what passes, over every form of the transport. */
import { existsSync } from "node:fs";
import { request as requestHttp, type ServerResponse } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import zlib from "node:zlib";
import { expect, test } from "vitest";
import { exchange, type Handler, type HttpProxy, startProxy, startServer } from "./http-party.ts";
import { callsIn, eventually, recordsIn } from "./kept.ts";
import { RELAY_NODE } from "./stdio-party.ts";

const JSON_TYPE = ["Content-Type", "application/json"];

const call = (id: number, name = "get_x", meta?: object) =>
  JSON.stringify({
    jsonrpc: "2.0",
    id,
    method: "tools/call",
    params: { name, arguments: { a: 1 }, _meta: meta },
  });
const ok = (id: number) => JSON.stringify({ jsonrpc: "2.0", id, result: { content: [] } });

function post(proxy: HttpProxy, body: string, headers: readonly string[] = []) {
  const path = new URL(proxy.url).pathname;
  return exchange(proxy.url, {
    path,
    headers: [...JSON_TYPE, ...headers],
    body: [Buffer.from(body)],
  });
}

/** Starts both, lets the client act, ends the proxy; answers where the records are. */
async function recorded(
  handler: Handler,
  act: (proxy: HttpProxy) => Promise<unknown>,
  calls = 1,
): Promise<string> {
  const { url } = await startServer(handler);
  const proxy = await startProxy(url);
  await act(proxy);
  await eventually(
    () => existsSync(join(proxy.home, "runs")) && callsIn(proxy.home).length >= calls,
  );
  proxy.child.kill("SIGTERM");
  await new Promise((resolve) => proxy.child.on("exit", resolve));
  return proxy.home;
}

const answering =
  (headers: readonly string[], body: (id: number) => string | Buffer): Handler =>
  (_request, response, asked) => {
    response.writeHead(200, [...headers]).end(body(JSON.parse(asked.toString()).id));
  };

test.each([
  ["JSON", JSON_TYPE, ok],
  ["events", ["Content-Type", "text/event-stream"], (id: number) => `data: ${ok(id)}\n\n`],
  ["gzip", [...JSON_TYPE, "Content-Encoding", "gzip"], (id: number) => zlib.gzipSync(ok(id))],
] as const)("a call is paired with an answer as %s", async (_name, headers, body) => {
  const home = await recorded(answering(headers, body), (proxy) => post(proxy, call(1)));
  expect(callsIn(home).map(({ payload }) => payload)).toMatchObject([
    { toolName: "get_x", status: "ok", op: "read" },
  ]);
});

/** What this Node can unpack; the oldest one cannot. */
const IN_ZSTD = RELAY_NODE === process.execPath ? "ok" : "unknown";

test.skipIf(zlib.zstdCompressSync === undefined)(`an answer as zstd is ${IN_ZSTD}`, async () => {
  const headers = [...JSON_TYPE, "Content-Encoding", "zstd"];
  const packed = answering(headers, (id) => zlib.zstdCompressSync(ok(id)));
  const home = await recorded(packed, (proxy) => post(proxy, call(1)));
  expect(callsIn(home).map(({ payload }) => payload.status)).toEqual([IN_ZSTD]);
});

test.each([
  ["an unknown encoding", "x-own"],
  ["an encoding that it is not", "gzip"],
])("an answer in %s is a call with an unknown end, and counted", async (_name, encoding) => {
  const headers = [...JSON_TYPE, "Content-Encoding", encoding];
  const home = await recorded(answering(headers, ok), (proxy) => post(proxy, call(1)));
  expect(callsIn(home).map(({ payload }) => payload.status)).toEqual(["unknown"]);
  expect(recordsIn(home).map(({ payload }) => payload)).toContainEqual(
    expect.objectContaining({ type: "drop", count: 1, reason: "unreadable" }),
  );
});

test("clients without sessions may use the same ids at the same time", async () => {
  const waiting: [ServerResponse, number][] = [];
  const handler: Handler = (_request, response, body) => {
    waiting.push([response, JSON.parse(body.toString()).id]);
    if (waiting.length < 2) return;
    for (const [each, id] of waiting) each.writeHead(200, JSON_TYPE).end(ok(id));
  };
  const who = (name: string) => ({
    "io.modelcontextprotocol/clientInfo": { name, version: "1" },
  });
  const home = await recorded(
    handler,
    (proxy) =>
      Promise.all([post(proxy, call(1, "a", who("one"))), post(proxy, call(1, "b", who("two")))]),
    2,
  );
  const calls = callsIn(home);
  expect(calls.map(({ payload }) => [payload.toolName, payload.status]).sort()).toEqual([
    ["a", "ok"],
    ["b", "ok"],
  ]);
  expect(new Set(calls.map((record) => record.sessionId)).size).toBe(2);
  expect(calls.map((record) => record.sourceFramework).sort()).toEqual(["one", "two"]);
});

test("a session of the protocol is a session, and its end closes the run", async () => {
  const handler: Handler = (request, response, body) => {
    if (request.method === "DELETE") return response.writeHead(200).end();
    const { id } = JSON.parse(body.toString());
    return response.writeHead(200, [...JSON_TYPE, "Mcp-Session-Id", "S"]).end(ok(id));
  };
  const init = { id: 0, method: "initialize", params: { clientInfo: { name: "c", version: "2" } } };
  const home = await recorded(
    handler,
    async (proxy) => {
      await post(proxy, JSON.stringify(init));
      for (const id of [1, 2]) await post(proxy, call(id), ["Mcp-Session-Id", "S"]);
      const path = new URL(proxy.url).pathname;
      await exchange(proxy.url, { method: "DELETE", path, headers: ["Mcp-Session-Id", "S"] });
    },
    2,
  );
  const records = recordsIn(home);
  expect(new Set(records.map((record) => record.runId)).size).toBe(1);
  expect(new Set(records.map((record) => record.sourceFramework))).toEqual(new Set(["c"]));
  expect(records.map(({ payload }) => payload.type ?? payload.status)).toEqual([
    "open",
    "ok",
    "ok",
    "close",
  ]);
});

test("an answer on another stream of the session is paired", async () => {
  let stream: ServerResponse | undefined;
  const handler: Handler = (request, response, body) => {
    if (request.method === "GET") {
      response.writeHead(200, ["Content-Type", "text/event-stream"]).flushHeaders();
      stream = response;
      return;
    }
    response.writeHead(202).end();
    stream?.end(`data: ${ok(JSON.parse(body.toString()).id)}\n\n`);
  };
  const session = ["Mcp-Session-Id", "S"];
  const home = await recorded(handler, async (proxy) => {
    const path = new URL(proxy.url).pathname;
    const events = exchange(proxy.url, { method: "GET", path, headers: session });
    while (!stream) await sleep(5);
    await post(proxy, call(1), session);
    await events;
  });
  expect(callsIn(home).map(({ payload }) => payload.status)).toEqual(["ok"]);
});

test("the older transport with its two addresses is one conversation", async () => {
  let stream: ServerResponse | undefined;
  const handler: Handler = (request, response, body) => {
    if (request.method === "GET") {
      response.writeHead(200, ["Content-Type", "text/event-stream"]);
      response.write("event: endpoint\ndata: /messages?sessionId=abc\n\n");
      stream = response;
      return;
    }
    response.writeHead(202).end("Accepted");
    stream?.end(`event: message\ndata: ${ok(JSON.parse(body.toString()).id)}\n\n`);
  };
  const home = await recorded(handler, async (proxy) => {
    const events = exchange(proxy.url, { method: "GET", path: "/sse" });
    while (!stream) await sleep(5);
    await sleep(50);
    const path = "/messages?sessionId=abc";
    await exchange(proxy.url, { path, headers: JSON_TYPE, body: [Buffer.from(call(1))] });
    await events;
  });
  expect(callsIn(home).map(({ payload }) => payload.status)).toEqual(["ok"]);
});

test("an answer that is no MCP is an error of its own class", async () => {
  const handler: Handler = (_request, response) => response.writeHead(500).end("<h1>no</h1>");
  const home = await recorded(handler, (proxy) => post(proxy, call(1)));
  expect(callsIn(home).map(({ payload }) => payload)).toMatchObject([
    { status: "error", errorClass: "http:500" },
  ]);
});

test("a client that closes the stream of its answer has cancelled", async () => {
  const handler: Handler = (_request, response) => {
    response.writeHead(200, ["Content-Type", "text/event-stream"]).flushHeaders();
  };
  const home = await recorded(handler, async (proxy) => {
    const request = requestHttp(proxy.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
    });
    const answered = new Promise<void>((resolve, reject) => {
      request.on("response", () => resolve());
      request.on("error", reject);
    });
    request.end(call(1));
    await answered;
    request.on("error", () => {});
    request.destroy();
    await sleep(20);
  });
  expect(callsIn(home).map(({ payload }) => payload.status)).toEqual(["cancelled"]);
});
