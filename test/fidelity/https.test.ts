/** A server behind TLS: its certificate is checked as any client would. */
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { exchange, startProxy } from "./http-party.ts";
import { callsIn, eventually, recordsAreIn } from "./kept.ts";
import { temporaryHome } from "./stdio-party.ts";
import { AUTHORITY, CERTIFICATE, PRIVATE_KEY } from "./test-certificate.ts";

const CALL = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{}}}';
const ANSWER = '{"jsonrpc":"2.0","id":1,"result":{"content":[]}}';
const SENT = {
  headers: ["Content-Type", "application/json"],
  body: [Buffer.from(CALL)],
};

/** Answers the port of a server that only those trust who know its authority. */
async function startTlsServer(): Promise<number> {
  const server: Server = createServer(
    { cert: CERTIFICATE, key: PRIVATE_KEY },
    (request, response) => {
      request.resume();
      response.writeHead(200, { "content-type": "application/json" }).end(ANSWER);
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  // True because a server that listens on a port has such an address.
  return (server.address() as AddressInfo).port;
}

function trustingEnvironment(): NodeJS.ProcessEnv {
  const file = join(temporaryHome(), "authority.pem");
  writeFileSync(file, AUTHORITY);
  return { ...process.env, NODE_EXTRA_CA_CERTS: file };
}

test("a certificate that is trusted is accepted, and calls are recorded", async () => {
  const port = await startTlsServer();
  const proxy = await startProxy(`https://localhost:${port}/mcp`, { env: trustingEnvironment() });
  const answer = await exchange(proxy.url, SENT);
  expect(answer).toMatchObject({ line: "1.1 200 OK", body: ANSWER });
  await eventually(() => recordsAreIn(proxy.home));
  expect(callsIn(proxy.home)).toMatchObject([{ payload: { toolName: "x", status: "ok" } }]);
});

test.each([
  ["an authority that nobody knows", "localhost", false, "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
  ["another host", "127.0.0.1", true, "ERR_TLS_CERT_ALTNAME_INVALID"],
] as const)(
  "a certificate of %s is refused, as a client would",
  async (_name, host, trusts, code) => {
    const port = await startTlsServer();
    const env = trusts ? trustingEnvironment() : process.env;
    const proxy = await startProxy(`https://${host}:${port}/mcp`, { env });
    const answer = await exchange(proxy.url, SENT);
    expect(answer.line).toContain("502");
    expect(JSON.parse(answer.body)).toEqual({
      jsonrpc: "2.0",
      id: null,
      error: { code: -32_000, message: `caum-mcp-proxy: the server cannot be reached: ${code}` },
    });
  },
);
