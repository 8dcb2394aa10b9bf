/** A forward proxy of the environment: the server is reached as Node itself would reach it. */

import { writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, request as requestHttp } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { exchange, startProxy } from "../http-party.ts";
import { temporaryHome } from "../stdio-party.ts";
import { AUTHORITY, CERTIFICATE, PRIVATE_KEY } from "../test-certificate.ts";

const ANSWER = '{"jsonrpc":"2.0","id":1,"result":{"content":[]}}';

/** The only way to a server with a name that nobody else knows. */
async function startForwardProxy() {
  const used: string[] = [];
  const asked: { readonly host: string | undefined; readonly url: string | undefined }[] = [];
  const answer = (request: IncomingMessage) => {
    asked.push({ host: request.headers.host, url: request.url });
  };
  const plain = createServer((request, response) => {
    answer(request);
    request.resume().on("end", () => response.end(ANSWER));
  });
  const secure = createTlsServer({ cert: CERTIFICATE, key: PRIVATE_KEY }, (request, response) => {
    answer(request);
    request.resume().on("end", () => response.end(ANSWER));
  });
  const forward = createServer((request, response) => {
    const { url = "", headers, method } = request;
    used.push(`${method} ${url} ${headers["proxy-authorization"] ?? ""}`.trim());
    const { pathname, search } = new URL(url);
    const options = { port: portOf(plain), method, path: pathname + search, headers };
    request.pipe(
      requestHttp(options, (answered) => {
        response.writeHead(answered.statusCode ?? 0, answered.rawHeaders);
        answered.pipe(response);
      }),
    );
  });
  forward.on("connect", (request, socket) => {
    used.push(`CONNECT ${request.url} ${request.headers["proxy-authorization"] ?? ""}`.trim());
    if (request.url?.startsWith("refused")) return socket.end("HTTP/1.1 407 No\r\n\r\n");
    const server = connect(portOf(secure), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      socket.pipe(server).pipe(socket);
    });
    server.on("error", () => socket.destroy());
    socket.on("error", () => server.destroy());
  });
  for (const server of [plain, secure, forward]) {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
  }
  return { used, asked, port: portOf(forward), serverPort: portOf(plain) };
}

function portOf(server: { address(): unknown }): number {
  // True because a server that listens on a port has such an address.
  return (server.address() as AddressInfo).port;
}

async function ask(server: string, env: Readonly<Record<string, string>>): Promise<string> {
  const none = { HTTP_PROXY: "", HTTPS_PROXY: "", NO_PROXY: "" };
  const lower = { http_proxy: "", https_proxy: "", no_proxy: "" };
  const all = {
    ...process.env,
    ...none,
    ...lower,
    NODE_USE_ENV_PROXY: "",
    NODE_OPTIONS: "",
    ...env,
  };
  const proxy = await startProxy(server, { env: all });
  const headers = ["Host", new URL(proxy.url).host, "Content-Type", "application/json"];
  const sent = { headers: headers.slice(2), body: [Buffer.from("{}")] };
  const answer = await exchange(proxy.url, sent);
  return `${answer.line} ${answer.body}`;
}

test("http goes to the forward proxy as a whole address", async () => {
  const { port, used, asked } = await startForwardProxy();
  const env = { NODE_USE_ENV_PROXY: "1", HTTP_PROXY: `http://me:p%40ss@127.0.0.1:${port}` };
  // A name of this machine: its Host passes as the client sent it.
  expect(await ask("http://hidden.localhost:81/mcp?x=1", env)).toBe(`1.1 200 OK ${ANSWER}`);
  const basic = Buffer.from("me:p@ss").toString("base64");
  expect(used).toEqual([`POST http://hidden.localhost:81/mcp?x=1 Basic ${basic}`]);
  expect(asked).toEqual([{ host: "client.example:1", url: "/mcp?x=1" }]);
});

test("https goes through a tunnel, and the server's certificate is checked", async () => {
  const { port, used } = await startForwardProxy();
  const authority = join(temporaryHome(), "authority.pem");
  writeFileSync(authority, AUTHORITY);
  const env = {
    NODE_USE_ENV_PROXY: "1",
    https_proxy: `http://127.0.0.1:${port}`,
    HTTPS_PROXY: "http://127.0.0.1:1",
    NODE_EXTRA_CA_CERTS: authority,
  };
  expect(await ask("https://localhost/mcp", env)).toBe(`1.1 200 OK ${ANSWER}`);
  expect(await ask("https://a.localhost/mcp", env)).toContain("ERR_TLS_CERT_ALTNAME_INVALID");
  expect(await ask("https://refused.localhost/mcp", env)).toContain("the forward proxy says 407");
  expect(used).toEqual(
    ["localhost", "a.localhost", "refused.localhost"].map((host) => `CONNECT ${host}:443`),
  );
});

test.each([
  ["exempt", { NODE_USE_ENV_PROXY: "1", NO_PROXY: "x.example, 127.0.0.1" }],
  ["exempt with its port", { NODE_USE_ENV_PROXY: "1", no_proxy: "127.0.0.1:PORT" }],
  ["exempt by a range", { NODE_USE_ENV_PROXY: "1", NO_PROXY: "127.0.0.0-127.0.0.9" }],
  ["not asked for", {}],
])("a server is reached directly: %s", async (_name, settings) => {
  const { port, used, serverPort } = await startForwardProxy();
  const proxy = { HTTP_PROXY: `http://127.0.0.1:${port}` };
  const given = Object.entries(settings).map(([name, value]) => [
    name,
    value.replace("PORT", String(serverPort)),
  ]);
  const env = { ...proxy, ...Object.fromEntries(given) };
  expect(await ask(`http://127.0.0.1:${serverPort}/mcp`, env)).toBe(`1.1 200 OK ${ANSWER}`);
  expect(used).toEqual([]);
});

test("a proxy that nobody makes use of is named when the server cannot be reached", async () => {
  const answer = await ask("http://127.0.0.1:1/mcp", { HTTP_PROXY: "http://127.0.0.1:2" });
  expect(answer).toContain("NODE_USE_ENV_PROXY=1 makes use of the proxy in the environment");
});
