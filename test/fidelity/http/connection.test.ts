/** What belongs to a connection and not to a message: compared with a connection to the server. */
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { listen, startProxy, startServer } from "../http-party.ts";
import { temporaryHome } from "../stdio-party.ts";
import { rawClient, timeless } from "./raw.ts";

const CALL = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}}';
const ANSWER = '{"jsonrpc":"2.0","id":1,"result":{"content":[]}}';

/** The same bytes to the server and to the proxy in front of it; what each answers to its end. */
async function both(url: string, bytes: string): Promise<readonly [string, string]> {
  const proxy = await startProxy(url);
  const answers = [url, proxy.url].map((to) => {
    const client = rawClient(to);
    client.socket.write(bytes);
    return client.ended;
  });
  const [direct = "", through = ""] = await Promise.all(answers);
  return [timeless(direct), timeless(through)];
}

function serve(server: Server): Promise<string> {
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return listen(server);
}

const HEADERS = `Host: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${CALL.length}`;

test("a Keep-Alive hint of the server reaches its client", async () => {
  const server = createServer((request, response) => {
    request.resume();
    response.end(ANSWER);
  });
  server.keepAliveTimeout = 7_000;
  const url = await serve(server);
  const proxy = await startProxy(url);
  for (const to of [url, proxy.url]) {
    const client = rawClient(to);
    client.socket.write(`POST /mcp HTTP/1.1\r\n${HEADERS}\r\n\r\n${CALL}`);
    expect(await client.until(ANSWER)).toMatch(/\r\nKeep-Alive: timeout=7\r\n/i);
  }
});

test.each([
  ["a body of unknown length", false, `POST /mcp HTTP/1.0\r\n${HEADERS}\r\n\r\n${CALL}`],
  ["a body of known length", true, `POST /mcp HTTP/1.0\r\n${HEADERS}\r\n\r\n${CALL}`],
  ["no Host", true, `POST /mcp HTTP/1.0\r\nContent-Length: ${CALL.length}\r\n\r\n${CALL}`],
])("a client of HTTP/1.0 is answered as by the server: %s", async (_name, isKnown, bytes) => {
  const { url } = await startServer((_request, response) => {
    if (isKnown) response.setHeader("content-length", ANSWER.length);
    response.write(ANSWER.slice(0, 9));
    response.end(ANSWER.slice(9));
  });
  const [direct, through] = await both(url, bytes);
  // Which of the two versions a server names is its own to say; both are answers to HTTP/1.0.
  expect(through).toBe(direct);
  expect(through.endsWith(`\r\n\r\n${ANSWER}`)).toBe(true);
});

test("100 comes when the server has seen the headers, and not before", async () => {
  const server = createServer();
  let allow: (() => void) | undefined;
  const isAsked = new Promise<void>((resolve) => {
    server.on("checkContinue", (request, response) => {
      allow = () => {
        response.writeContinue();
        request.resume().on("end", () => response.end(ANSWER));
      };
      resolve();
    });
  });
  const proxy = await startProxy(await serve(server));
  const client = rawClient(proxy.url);
  client.socket.write(`POST /mcp HTTP/1.1\r\n${HEADERS}\r\nExpect: 100-continue\r\n\r\n`);
  await isAsked;
  expect(client.received()).toBe("");
  allow?.();
  expect(await client.until("\r\n\r\n")).toBe("HTTP/1.1 100 Continue\r\n\r\n");
  client.socket.write(CALL);
  expect(await client.until(ANSWER)).toMatch(/\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
});

test.each(["100-continue", "something-else"])(
  "an answer in place of %s is the answer",
  async (expected) => {
    const server = createServer();
    for (const event of ["checkContinue", "checkExpectation"] as const) {
      server.on(event, (_request, response) => {
        response.writeHead(417, { connection: "close" }).end("no");
      });
    }
    const bytes = `POST /mcp HTTP/1.1\r\n${HEADERS}\r\nExpect: ${expected}\r\n\r\n`;
    const [direct, through] = await both(await serve(server), bytes);
    expect(through).toBe(direct);
    expect(through).toMatch(/^HTTP\/1\.1 417 /);
  },
);

test("early hints come as they are, before the answer", async () => {
  const { url } = await startServer((_request, response) => {
    response.writeEarlyHints({ link: ["</a>; rel=preload"], "x-more": "1" });
    response.setHeader("connection", "close");
    response.end(ANSWER);
  });
  const [direct, through] = await both(url, `POST /mcp HTTP/1.1\r\n${HEADERS}\r\n\r\n${CALL}`);
  expect(through).toBe(direct);
  expect(through).toMatch(/^HTTP\/1\.1 103 Early Hints\r\n/);
});

test("servers and clients may be at IPv6 addresses and at sockets of the machine", async () => {
  const folder = temporaryHome();
  const hosts: (string | undefined)[] = [];
  const places = [{ host: "::1", port: 0 }, { path: join(folder, "server.sock") }];
  const urls: string[] = [];
  for (const place of places) {
    const server = createServer((request, response) => {
      hosts.push(request.headers.host);
      request.resume().on("end", () => response.end(ANSWER));
    });
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    await new Promise<void>((resolve) => server.listen(place, resolve));
    const address = server.address();
    urls.push(
      typeof address === "string"
        ? `http+unix://${encodeURIComponent(address)}/mcp`
        : `http://[::1]:${address?.port}/mcp`,
    );
  }
  const listening = ["[::1]:0", `unix:${join(folder, "proxy.sock")}`];
  for (const [index, url] of urls.entries()) {
    const proxy = await startProxy(url, { flags: ["--listen", listening[index] ?? ""] });
    const client = rawClient(proxy.url);
    client.socket.write(`POST /mcp HTTP/1.1\r\n${HEADERS}\r\n\r\n${CALL}`);
    expect(await client.until(ANSWER)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  }
  expect(hosts).toEqual(["127.0.0.1", "127.0.0.1"]);
});
