import { spawn } from "node:child_process";
import { copyFileSync } from "node:fs";
import { createServer, request as requestHttp } from "node:http";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { HTTP_CHECKS } from "./http-checks.ts";
import {
  type Arrived,
  arrivedAt,
  exchange,
  listen,
  startProxy,
  startServer,
} from "./http-party.ts";
import { pseudoRandom, splitAt } from "./random-splits.ts";
import { outcomeOf, RELAY, temporaryHome } from "./stdio-party.ts";

test("every check is the same through the proxy", async () => {
  let arrived: Arrived | undefined;
  let answer = HTTP_CHECKS[0]?.answer;
  const { url } = await startServer((request, response, body) => {
    arrived = arrivedAt(request, body);
    answer?.(response);
  });
  const proxy = await startProxy(url);
  for (const check of HTTP_CHECKS) {
    answer = check.answer;
    const direct = { answer: await exchange(url, check.sent), arrived };
    const through = { answer: await exchange(proxy.url, check.sent), arrived };
    expect(through, check.name).toEqual(direct);
  }
  expect(proxy.stderr()).not.toContain("failed");
});

test("a body that is cut at random places arrives whole, in both directions", async () => {
  const text = Buffer.from(
    'data: {"é":"🦊","id":1}\r\n\r\nevent: x\ndata: 2\n\n: ping\n\n'.repeat(40),
  );
  const random = pseudoRandom(7);
  const { url } = await startServer(async (_request, response, body) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const piece of splitAt(body, random)) {
      response.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    response.end();
  });
  const proxy = await startProxy(url);
  const headers = ["Content-Type", "application/json", "Transfer-Encoding", "chunked"];
  for (let round = 0; round < 100; round++) {
    const answer = await exchange(proxy.url, { headers, body: splitAt(text, random) });
    expect(answer.body).toBe(text.toString("latin1"));
  }
});

test("a recorder that is missing changes nothing", async () => {
  const folder = temporaryHome();
  for (const name of ["relay.cjs", "http.cjs"]) {
    copyFileSync(join(dirname(RELAY), name), join(folder, name));
  }
  const { url } = await startServer((_request, response, body) => response.end(body));
  const proxy = await startProxy(url, { relay: join(folder, "relay.cjs") });
  for (const text of ["{}", '{"id":1,"method":"tools/call"}']) {
    const sent = { headers: ["Content-Type", "application/json"], body: [Buffer.from(text)] };
    expect((await exchange(proxy.url, sent)).body).toBe(text);
    await sleep(60);
  }
  expect(proxy.stderr().match(/the recorder failed/g)).toHaveLength(1);
});

test("an event reaches the client while the stream is open", async () => {
  let write: ((text: string) => void) | undefined;
  const { url } = await startServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.flushHeaders();
    write = (text) => response.write(text);
  });
  const proxy = await startProxy(url);
  const answer = await open(proxy.url);
  for (const text of ["data: 1\n\n", "data: 2\n\n"]) {
    const arrived = new Promise((resolve) => answer.once("data", resolve));
    write?.(text);
    expect(String(await arrived)).toBe(text);
  }
  answer.destroy();
});

test("a client that goes away is gone for the server at once", async () => {
  let goneAt: Promise<number> | undefined;
  const { url } = await startServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.flushHeaders();
    goneAt = new Promise((resolve) => response.on("close", () => resolve(performance.now())));
  });
  const proxy = await startProxy(url);
  const answer = await open(proxy.url);
  answer.on("error", () => {});
  answer.destroy();
  await expect(goneAt).resolves.toBeTypeOf("number");
});

test("a server that goes away in the middle is gone for the client", async () => {
  const { url } = await startServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
    response.write("{", () => response.destroy());
  });
  const proxy = await startProxy(url);
  await expect(exchange(url, {})).rejects.toThrow(/aborted|ECONNRESET|hang up/);
  await expect(exchange(proxy.url, {})).rejects.toThrow(/aborted|ECONNRESET|hang up/);
});

test("a server that closes an idle connection closes that of the client", async () => {
  const { url, server } = await startServer((_request, response) => response.end("{}"));
  const proxy = await startProxy(url);
  const { hostname, port } = new URL(proxy.url);
  const socket = connect(Number(port), hostname);
  socket.write("POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
  await new Promise((resolve) => socket.once("data", resolve));
  const closed = new Promise((resolve) => socket.on("end", () => resolve("closed")));
  socket.resume();
  await sleep(20);
  server.closeIdleConnections();
  await expect(closed).resolves.toBe("closed");
});

describe("what cannot work", () => {
  test("is a 502 in the form of JSON-RPC when the server is not there", async () => {
    const server = createServer();
    const url = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    const proxy = await startProxy(url);
    const answer = await exchange(proxy.url, {});
    expect(answer.line).toContain("502");
    expect(JSON.parse(answer.body)).toMatchObject({
      jsonrpc: "2.0",
      id: null,
      error: { code: -32_000, message: expect.stringContaining("ECONNREFUSED") },
    });
  });

  test.each([
    [["--http", "not a url"], 2, "not an http or https URL: not a url"],
    [["--http", "ftp://x/"], 2, "not an http or https URL: ftp://x/"],
    [
      ["--http", "http://x/", "--listen", "a:b"],
      2,
      "not an address to listen on: a:b: write host:port",
    ],
    [
      ["--http", "http://x/", "--listen", "1:99999"],
      2,
      "not an address to listen on: 1:99999: write host:port",
    ],
  ])("%j is one line", async (words, code, text) => {
    const outcome = await outcomeOf(spawn(process.execPath, [RELAY, ...words], { stdio: "pipe" }));
    expect(outcome).toMatchObject({ code, stderr: `caum-mcp-proxy: ${text}\n` });
  });

  test("is one line when the port is in use", async () => {
    const { url } = await startServer((_request, response) => response.end());
    const place = new URL(url).host;
    const words = [RELAY, "--http", "http://x/", "--listen", place];
    const outcome = await outcomeOf(spawn(process.execPath, words, { stdio: "pipe" }));
    expect(outcome).toMatchObject({
      code: 1,
      stderr: `caum-mcp-proxy: cannot listen on ${place}: EADDRINUSE\n`,
    });
  });
});

test("a server that wants sign-in is told once in the log and left alone", async () => {
  const challenge = { "www-authenticate": "Bearer" };
  const { url } = await startServer((_request, response) =>
    response.writeHead(401, challenge).end(),
  );
  const proxy = await startProxy(url);
  for (const _ of [1, 2]) expect((await exchange(proxy.url, {})).line).toContain("401");
  expect(proxy.stderr().match(/sign-in/g)).toHaveLength(1);
});

function open(url: string): Promise<import("node:http").IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = requestHttp(url, { method: "GET", agent: false }, resolve);
    request.on("error", reject);
    request.end();
  });
}
