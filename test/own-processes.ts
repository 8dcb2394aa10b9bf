/** Our own processes, each in the middle of something, to be ended by SIGTERM. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const RELAY = join(root, "packages/mcp-proxy/dist/relay.cjs");
const CLI = join(root, "packages/cli/dist/main.js");

/** Answers each line with an id at once. */
const MCP_SERVER = `
  require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
    const { id } = JSON.parse(line);
    if (id) console.log(JSON.stringify({ jsonrpc: "2.0", id, result: { content: [] } }));
  });
`;

const JSON_BODY = { "content-type": "application/json" };

/** The same over HTTP. */
const MCP_HTTP_SERVER = `
  require("node:http").createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { id } = JSON.parse(body);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ jsonrpc: "2.0", id, result: { content: [] } }));
  }).listen(0, "127.0.0.1", function () { console.log(this.address().port); });
`;

/** A collector that takes connections and never answers. */
interface HangingCollector {
  readonly url: string;
  /** Resolves when something is being uploaded. */
  readonly isAsked: Promise<unknown>;
  close(): void;
}

async function startHangingCollector(): Promise<HangingCollector> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket.on("error", () => undefined)));
  const isAsked = once(server, "connection");
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // True because a server that listens on a port has such an address.
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    isAsked,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

export interface OwnProcess {
  readonly child: ChildProcess;
  /** What it started, or stands in front of. */
  readonly others: readonly ChildProcess[];
}

const callOf = (id: number) => ({
  jsonrpc: "2.0",
  id,
  method: "tools/call",
  params: { name: "search", arguments: { page: id } },
});

/** The stdio proxy while it uploads to a collector that hangs. */
export async function startStdioProxy(home: string): Promise<OwnProcess> {
  const collector = await startHangingCollector();
  const words = [RELAY, "--home", home, "--", process.execPath, "-e", MCP_SERVER];
  const child = spawn(process.execPath, words, {
    stdio: ["pipe", "pipe", "ignore"],
    env: { ...process.env, CAUM_URL: collector.url, CAUM_API_KEY: "caum_live_test" },
  });
  child.stdout.resume();
  for (let id = 1; id <= 20; id++) child.stdin.write(`${JSON.stringify(callOf(id))}\n`);
  await collector.isAsked;
  child.once("exit", () => collector.close());
  return { child, others: [] };
}

/** The HTTP proxy while it uploads to a collector that hangs. */
export async function startHttpProxy(home: string): Promise<OwnProcess> {
  const collector = await startHangingCollector();
  const server = spawn(process.execPath, ["-e", MCP_HTTP_SERVER], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const port = String(await lineOf(server.stdout)).trim();
  const words = [RELAY, "--home", home, "--http", `http://127.0.0.1:${port}/mcp`];
  const child = spawn(process.execPath, words, {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, CAUM_URL: collector.url, CAUM_API_KEY: "caum_live_test" },
  });
  const url = /listening on (\S+)/.exec(await lineOf(child.stderr))?.[1] ?? "";
  for (let id = 1; id <= 20; id++) await post(url, JSON.stringify(callOf(id)));
  await collector.isAsked;
  child.once("exit", () => collector.close());
  return { child, others: [server] };
}

/** `caum up` with a client that keeps its connection, and one whose request never ends. */
export async function startCollectorCommand(home: string): Promise<OwnProcess> {
  const child = spawn(process.execPath, [CLI, "up", "--port", "0", "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, CAUM_HOME: home, CAUM_URL: "", CAUM_API_KEY: "" },
  });
  const { url, apiKey } = JSON.parse(await lineOf(child.stdout));
  const headers = { ...JSON_BODY, authorization: `Bearer ${apiKey}` };
  const step = { session_id: "s", step: 1, tool: "search" };
  await post(new URL("/v1/step", url).href, JSON.stringify(step), headers);
  const endless = request(new URL("/v1/step", url), { method: "POST", headers });
  endless.on("error", () => undefined);
  endless.write("{");
  await once(endless, "socket");
  return { child, others: [] };
}

/** A Node process of nobody, which has nothing to end: what the machine itself takes. */
export async function startPlain(): Promise<OwnProcess> {
  const script =
    "process.on('SIGTERM', () => process.exit(0)); setInterval(() => 0, 1000); console.log('up')";
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  await lineOf(child.stdout);
  return { child, others: [] };
}

/** @returns how long it took, in milliseconds, and how it ended */
export async function terminate({ child, others }: OwnProcess) {
  const ended = once(child, "exit");
  const started = performance.now();
  child.kill("SIGTERM");
  const [code, signal] = await ended;
  const milliseconds = performance.now() - started;
  for (const other of others) other.kill("SIGKILL");
  return { code, signal, milliseconds };
}

async function lineOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = "";
  for await (const chunk of stream ?? []) {
    text += chunk;
    if (text.includes("\n")) break;
  }
  return text;
}

function post(
  url: string,
  body: string,
  headers: Record<string, string> = JSON_BODY,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", headers }, (answer) => {
      answer.resume().on("end", resolve).on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
