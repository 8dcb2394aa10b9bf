/**
 * A server that a client reaches by its address: `install --http`, the service that keeps the relay, the
 * official client with what its file says then, the records in the collector, and every byte back.
 */
import { randomUUID } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { isInitializeRequest } from "@modelcontextprotocol/sdk/types.js";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type FileReport, install } from "../../packages/cli/src/install/install.ts";
import { relaysFor } from "../../packages/cli/src/install/relays/relays-for.ts";
import type { Place } from "../../packages/cli/src/machine/place.ts";
import { run } from "../../packages/cli/src/service/manager.ts";
import { TemporaryHome } from "../../packages/cli/test/install/temporary-home.ts";
import { freePort, withSystemd } from "../../packages/cli/test/service/with-systemd.ts";

const SECRET = "s3cr3t-of-ada";
const FILE = "u/.cursor/mcp.json";
const CALLS = 6;
/** A busy machine is no slower than this. */
const PATIENCE_MS = 50_000;

vi.setConfig({ testTimeout: 60_000 });

const machine = new TemporaryHome();
const ALL = { clients: [], project: false, dryRun: false };
const seen: string[] = [];
let place: Place;
let servicePort: number;
let server: Server;
let signIn: Server;
let before: Readonly<Record<string, string>>;
let reports: readonly FileReport[];

beforeAll(async () => {
  place = withSystemd(machine);
  servicePort = await freePort();
  server = await listening(serverOfOfficialKind());
  signIn = await listening(
    createServer((_request, response) => {
      response.writeHead(401, { "www-authenticate": "Bearer resource_metadata=x" }).end();
    }),
  );
  machine.write(
    FILE,
    `{\r\n\t// remote\r\n\t"mcpServers": {\r\n\t\t"tickets": {"url": "${urlOf(server)}\\/mcp?key=${SECRET}", "headers": {"Authorization": "Bearer ${SECRET}"},},\r\n\t\t"guarded": {"url": "${urlOf(signIn)}/mcp"},\r\n\t\t"gone": {"url": "http://127.0.0.1:9/mcp"}\r\n\t}\r\n}`,
  );
  before = machine.files();
  const relays = await relaysFor(ALL, {}, place, servicePort);
  if ("refused" in relays) throw new Error(relays.refused);
  reports = install({ ...ALL, relayOf: relays.relayOf }, place);
}, 60_000);
afterAll(async () => {
  await cli("uninstall");
  for (const one of [server, signIn]) {
    one.closeAllConnections();
    one.close();
  }
  machine.remove();
});

function serverOfOfficialKind(): Server {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  return createServer(async (request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const body = text === "" ? undefined : JSON.parse(text);
    const known = sessions.get(String(request.headers["mcp-session-id"]));
    if (known) return known.handleRequest(request, response, body);
    if (!isInitializeRequest(body)) return response.writeHead(400).end();
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, transport),
    });
    const mcp = new McpServer({ name: "tickets", version: "1" });
    mcp.registerTool("echo", {}, () => ({ content: [{ type: "text", text: "the same" }] }));
    await mcp.connect(transport);
    return transport.handleRequest(request, response, body);
  });
}

function listening(one: Server): Promise<Server> {
  return new Promise((resolve) => one.listen(0, "127.0.0.1", () => resolve(one)));
}

function urlOf(one: Server): string {
  const address = one.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

/** With what the machine's systemd is reached by. */
function cli(...words: readonly string[]) {
  const { PATH = "", XDG_RUNTIME_DIR = "" } = place.env;
  return machine.caum(words, { PATH, XDG_RUNTIME_DIR, CI: "" });
}

function entry(): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
  const [, text = ""] = /"tickets": (\{.*?\},)\},/.exec(machine.read(FILE)) ?? [];
  return JSON.parse(`${text.slice(0, -1)}}`);
}

async function callThrough(url: string, times: number): Promise<unknown> {
  const client = new Client({ name: "cursor-vscode", version: "1" });
  const { headers } = entry();
  const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
  await client.connect(transport);
  let content: unknown;
  for (let call = 0; call < times; call += 1) {
    content = (await client.callTool({ name: "echo", arguments: {} })).content;
  }
  await transport.terminateSession();
  await client.close();
  return content;
}

test("only the address is another one, and says what it was", () => {
  const { servers } = reports.find(({ client }) => client === "cursor") ?? {};
  expect(servers).toEqual([
    { name: "tickets", outcome: "wrapped" },
    { name: "guarded", outcome: "left", reason: expect.stringContaining("sign-in (401)") },
    { name: "gone", outcome: "left", reason: expect.stringContaining("does not answer") },
  ]);
  expect(entry().url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/mcp\?key=s3cr3t-of-ada#caum2:tickets:/);
  expect(entry().url.endsWith(`:${urlOf(server)}`)).toBe(true);
});

test("our own list holds no secret, and only its owner reads it", () => {
  const list = join(machine.caumHome, "http-servers.json");
  expect(statSync(list).mode & 0o777).toBe(0o600);
  expect(machine.read("u/.caum/http-servers.json")).not.toContain(SECRET);
});

test("the client is served as before, and the collector has its calls", async () => {
  expect(await callThrough(entry().url, CALLS)).toEqual([{ type: "text", text: "the same" }]);
  const posts = seen.filter((line) => line.startsWith("POST"));
  expect(new Set(posts)).toEqual(new Set([`POST /mcp?key=${SECRET} Bearer ${SECRET}`]));
  const steps = async () => {
    const { stdout } = await cli("sessions", "--json");
    const [found] = JSON.parse(stdout || "[]");
    return [found?.steps, JSON.stringify(found)];
  };
  await expect
    .poll(steps, { timeout: PATIENCE_MS, interval: 500 })
    .toEqual([CALLS, expect.stringMatching(/cursor-vscode.*tickets|tickets.*cursor-vscode/)]);
});

test("status and doctor show the relay; without the service they say that it is dead", async () => {
  expect((await cli("status")).stdout).toMatch(
    /relay +cursor tickets: 127.0.0.1:\d+ for .* answers/,
  );
  expect(run([["systemctl", "--user", "disable", "--now", "caum-collector.service"]], place)).toBe(
    undefined,
  );
  await expect
    .poll(() => fetch(entry().url).catch(() => "gone"), { timeout: PATIENCE_MS })
    .toBe("gone");
  const { stdout, code } = await cli("doctor", "--client", "zed");
  expect(stdout).toMatch(/problem +relay +cursor tickets: .* does not answer/);
  expect(code).toBe(1);
});

test("installing again starts the service, and the relay is where it was", async () => {
  const { url } = entry();
  const relays = await relaysFor(ALL, {}, place, servicePort);
  if ("refused" in relays) throw new Error(relays.refused);
  install({ ...ALL, relayOf: relays.relayOf }, place);
  expect(entry().url).toBe(url);
  expect(await callThrough(url, 1)).toEqual([{ type: "text", text: "the same" }]);
  // Without the flag, what is there stays.
  install(ALL, place);
  expect(entry().url).toBe(url);
});

test("uninstall gives back every byte, and the relay ends", async () => {
  const { url } = entry();
  expect((await cli("uninstall")).stdout).toContain("1 unwrapped");
  const { [FILE]: text } = machine.files();
  expect(text).toBe(before[FILE]);
  expect(existsSync(join(machine.caumHome, "http-servers.json"))).toBe(false);
  await expect.poll(() => fetch(url).catch(() => "gone"), { timeout: PATIENCE_MS }).toBe("gone");
});

test("a file of the project keeps its addresses", async () => {
  const shared = machine.write(
    "project/.mcp.json",
    `{"mcpServers": {"shared": {"url": "${urlOf(server)}/mcp"}}}`,
  );
  const request = { ...ALL, project: true, dryRun: true };
  const relays = await relaysFor(request, {}, place, servicePort);
  if ("refused" in relays) throw new Error(relays.refused);
  const found = install({ ...request, relayOf: relays.relayOf }, place);
  const reason = expect.stringContaining("is in a file of the project");
  expect(found.find(({ path }) => path === shared)).toMatchObject({
    outcome: "unchanged",
    servers: [{ name: "shared", outcome: "left", reason }],
  });
});

test.each([
  ["there is no manager", ["install", "--http"], "no service manager"],
  ["--no-service leaves it out", ["install", "--http", "--no-service"], "--no-service"],
  ["another collector is named", ["install", "--http", "--url", "http://127.0.0.1:9"], "--url"],
])("nothing is wrapped when %s", async (_name, words, reason) => {
  const outcome = await machine.caum(words);
  expect(outcome).toMatchObject({ code: 2, stdout: "" });
  expect(outcome.stderr).toContain(`caum install: --http needs the service`);
  expect(outcome.stderr).toContain(reason);
  expect(machine.files()[FILE]).toBe(before[FILE]);
});
