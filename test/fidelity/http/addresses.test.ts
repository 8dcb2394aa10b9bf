/** Addresses that are told: to the person, and by the server to its client. */
import { existsSync, readFileSync } from "node:fs";
import { type IncomingMessage, request as requestHttp } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import zlib from "node:zlib";
import { describe, expect, test } from "vitest";
import { exchange, type HttpProxy, startProxy, startServer } from "../http-party.ts";
import { eventually, filesBelow } from "../kept.ts";
import { rawClient } from "./raw.ts";

const SECRET = "hunter2";

test("a secret in the server's address is written nowhere, and reaches the server", async () => {
  const asked: (string | undefined)[] = [];
  const { url } = await startServer((request, response) => {
    asked.push(request.url);
    response.end();
  });
  const proxy = await startProxy(`${url}?token=${SECRET}`);
  await exchange(proxy.url, {});
  await exchange(`${proxy.url}?token=other`, { path: "/mcp?token=other" });
  await exchange(proxy.url, { path: "/elsewhere" });
  expect(asked).toEqual([`/mcp?token=${SECRET}`, "/mcp?token=other", "/elsewhere"]);
  expect(proxy.stderr()).not.toContain(SECRET);
  for (const file of filesBelow(proxy.home))
    expect(readFileSync(file, "utf8")).not.toContain(SECRET);
});

test.each([
  ["an absolute address of the server is ours", "/mcp/", true],
  ["a path stays a path", "/mcp/", false],
])("a redirect: %s", async (_name, path, isAbsolute) => {
  const { url } = await startServer((_request, response) => {
    response.writeHead(307, { location: isAbsolute ? new URL(path, url).href : path }).end();
  });
  const proxy = await startProxy(url);
  const { host, origin } = new URL(proxy.url);
  const answer = await redirectOf(proxy.url, host);
  expect(answer).toBe(isAbsolute ? `${origin}${path}` : path);
  expect(proxy.stderr()).not.toContain("another address");
});

test("a redirect to somebody else is left alone, said once, and noted", async () => {
  const { url } = await startServer((_request, response) => {
    response.writeHead(302, { location: "https://login.example/sign-in" }).end();
  });
  const proxy = await startProxy(url);
  for (const _ of [1, 2])
    expect(await redirectOf(proxy.url, "x")).toBe("https://login.example/sign-in");
  await eventually(() => proxy.stderr().includes("another address"));
  expect(proxy.stderr().match(/another address/g)).toHaveLength(1);
  expect(existsSync(join(proxy.home, "blind.ndjson"))).toBe(true);
  expect(readFileSync(join(proxy.home, "blind.ndjson"), "utf8")).toContain('"part":"address"');
});

function redirectOf(url: string, host: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const request = requestHttp(
      url,
      { method: "POST", headers: { host }, agent: false },
      (answer) => {
        answer.resume().on("end", () => resolve(answer.headers.location));
      },
    );
    request.on("error", reject).end();
  });
}

const REST = "event: message\ndata: {}\n\n";
/** What a stream begins with, and what a client of the proxy sees of it; `S` and `P` are the origins. */
const STREAMS: readonly (readonly [string, string])[] = [
  [
    "event: endpoint\ndata: S/messages?sessionId=1\n\n",
    "event: endpoint\ndata: P/messages?sessionId=1\n\n",
  ],
  ["event:endpoint\r\ndata:S/messages\r\n\r\n", "event:endpoint\r\ndata:P/messages\r\n\r\n"],
  ["event: endpoint\ndata: /messages?a=é\n\n", "event: endpoint\ndata: /messages?a=é\n\n"],
  [
    "event: endpoint\ndata: http://other.example/m\n\n",
    "event: endpoint\ndata: http://other.example/m\n\n",
  ],
  [": ping\n\nevent: endpoint\ndata: S/x\n\n", ": ping\n\nevent: endpoint\ndata: S/x\n\n"],
  ["event: endpoint\n", "event: endpoint\n"],
  ["event: end", "event: end"],
  ["event: message\ndata: S/messages\n\n", "event: message\ndata: S/messages\n\n"],
];

test.each(STREAMS)(
  "the first event of a stream, %j, is %j for the client",
  async (sent, expected) => {
    for (const isSplit of [false, true]) {
      const { url } = await startServer(async (_request, response) => {
        const bytes = Buffer.from(sent.replace("S/", `${new URL(url).origin}/`) + REST);
        response.writeHead(200, { "content-type": "text/event-stream", connection: "close" });
        for (let at = 0; at < bytes.length; at += isSplit ? 1 : bytes.length) {
          response.write(bytes.subarray(at, isSplit ? at + 1 : undefined));
          if (isSplit) await new Promise((resolve) => setImmediate(resolve));
        }
        response.end();
      });
      const proxy = await startProxy(url);
      const { host, origin } = new URL(proxy.url);
      const answer = await new Promise<string>((resolve) => {
        requestHttp(proxy.url, { headers: { host }, agent: false }, (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (chunk: string) => {
            text += chunk;
          });
          response.on("end", () => resolve(text));
        }).end();
      });
      const server = new URL(url).origin;
      const wanted = expected.replace("P/", `${origin}/`).replace("S/", `${server}/`);
      expect(answer).toBe(wanted + REST);
    }
  },
);

const PACKINGS = [
  ["gzip", zlib.createGzip, zlib.createGunzip],
  ["deflate", zlib.createDeflate, zlib.createInflate],
  ["br", zlib.createBrotliCompress, zlib.createBrotliDecompress],
] as const;

/** What a packed stream begins with, and whether that leads its client past us. */
const PACKED: readonly (readonly [address: string, isPast: boolean])[] = [
  ["S/messages?sessionId=1", true],
  ["//other.example/m", true],
  ["/messages?sessionId=1", false],
];

describe.each(PACKINGS)("a stream packed as %s", (encoding, pack, unpack) => {
  test.each(PACKED)("that begins with the address %s passes as it is", async (told, isPast) => {
    const { url, server } = await startServer((_request, response) => {
      const headers = { "content-type": "text/event-stream", "content-encoding": encoding };
      response.writeHead(200, { ...headers, connection: "close" });
      const packer = pack();
      packer.pipe(response);
      packer.write(sent);
      packer.flush();
      server.once("end of the stream", () => packer.end());
    });
    const sent = `event: endpoint\ndata: ${told.replace("S/", `${new URL(url).origin}/`)}\n\n${REST}`;
    const seen: string[] = [];
    const proxy = await startProxy(url);
    for (const to of [url, proxy.url]) {
      const answer = await new Promise<IncomingMessage>((resolve) => {
        requestHttp(to, { agent: false }, resolve).end();
      });
      const unpacked = text(answer.pipe(unpack()));
      // While it is open: a client posts to the address long before the end.
      if (isPast && to === proxy.url) {
        await eventually(() => proxy.stderr().includes("another address"));
      }
      server.emit("end of the stream");
      seen.push(await unpacked);
    }
    expect(seen).toEqual([sent, sent]);
    await ended(proxy);
    expect(proxy.stderr().match(/another address/g) ?? []).toHaveLength(isPast ? 1 : 0);
    expect(existsSync(join(proxy.home, "blind.ndjson"))).toBe(isPast);
  });
});

/** All that passed has been looked at by then. */
function ended({ child }: HttpProxy): Promise<unknown> {
  child.kill("SIGTERM");
  return new Promise((resolve) => child.on("exit", resolve));
}

test("a stream that begins in another way is not waited with", async () => {
  const { url } = await startServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(": p");
  });
  const proxy = await startProxy(url);
  const client = rawClient(proxy.url);
  client.socket.write("GET /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  await client.until(": p");
});
