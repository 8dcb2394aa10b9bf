/**
 * Bridges from npm beside ours, with the official client and server. They change the transport, so
 * they are also compared with the transport that their client speaks. Installed for the run only.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { freePort, startListening, untilListening } from "./port.ts";
import { HTTP_RELAYS, OURS, SDK_SERVER } from "./relays.ts";
import { fixed, markdown, median } from "./statistics.ts";

const PACKAGES = ["mcp-proxy", "supergateway", "mcp-remote"];
const CALLS = 300;
const WARM_UP_CALLS = 200;

/** Connects a client in one way; what it starts goes into `started`. */
type Connect = (started: ChildProcess[]) => Promise<Transport>;

interface Way {
  readonly name: string;
  readonly connect: Connect;
}

export async function measurePeers(rounds: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "caum-peers-"));
  try {
    execFileSync("npm", ["install", "--prefix", folder, "--no-audit", "--no-fund", ...PACKAGES], {
      stdio: "ignore",
    });
    return await table(rounds, waysWith(join(folder, "node_modules", ".bin")));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function waysWith(bin: string): readonly Way[] {
  const [server = "", script = ""] = SDK_SERVER;
  const ours = HTTP_RELAYS.at(-1)?.command ?? [];
  const at = (name: string) => join(bin, name);
  return [
    { name: "stdio, direct", connect: overStdio(SDK_SERVER) },
    { name: "stdio, caum", connect: overStdio(OURS.around(SDK_SERVER)) },
    { name: "HTTP, direct", connect: async (started) => http(await sdkHttp(started)) },
    {
      name: "HTTP, caum",
      connect: async (started) => {
        const proxy = await startListening([...ours, urlOf(await sdkHttp(started))]);
        started.push(proxy.child);
        return http(proxy.port);
      },
    },
    {
      name: "HTTP to stdio, mcp-proxy",
      connect: overBridge((port) => [at("mcp-proxy"), "--port", port, "--", server, script]),
    },
    {
      name: "HTTP to stdio, supergateway",
      connect: overBridge((port) => {
        const flags = ["--outputTransport", "streamableHttp", "--stateful", "--logLevel", "none"];
        return [at("supergateway"), "--stdio", `${server} ${script}`, "--port", port, ...flags];
      }),
    },
    {
      name: "stdio to HTTP, mcp-remote",
      connect: async (started) => {
        const url = urlOf(await sdkHttp(started));
        return overStdio([at("mcp-remote"), url, "--allow-http"])(started);
      },
    },
  ];
}

async function table(rounds: number, ways: readonly Way[]): Promise<string> {
  const calls = new Map(ways.map((way) => [way, [] as number[]]));
  const connects = new Map(ways.map((way) => [way, [] as number[]]));
  for (let round = 0; round < rounds; round++) {
    for (const way of ways) {
      const { connectMs, p50 } = await measure(way);
      connects.get(way)?.push(connectMs);
      calls.get(way)?.push(p50);
    }
  }
  const rows = ways.map((way) => [
    way.name,
    fixed(median(calls.get(way) ?? []), 2),
    fixed(median(connects.get(way) ?? []), 0),
  ]);
  return markdown(["way", "p50 ms", "start and connect ms"], rows);
}

async function measure(way: Way) {
  const started: ChildProcess[] = [];
  const startedAt = performance.now();
  const client = new Client({ name: "bench", version: "1" });
  await client.connect(await way.connect(started));
  const connectMs = performance.now() - startedAt;
  const times: number[] = [];
  for (let call = 0; call < WARM_UP_CALLS + CALLS; call++) {
    const calledAt = performance.now();
    await client.callTool({ name: "echo", arguments: { message: `call ${call}` } });
    if (call >= WARM_UP_CALLS) times.push(performance.now() - calledAt);
  }
  await client.close();
  for (const child of started) child.kill();
  return { connectMs, p50: median(times) };
}

function overStdio(command: readonly string[]): Connect {
  const [file = "", ...args] = command;
  return async () => new StdioClientTransport({ command: file, args, stderr: "ignore" });
}

function overBridge(commandAt: (port: string) => readonly string[]): Connect {
  return async (started) => {
    const port = await freePort();
    const [file = "", ...words] = commandAt(String(port));
    started.push(spawn(file, words, { stdio: "ignore" }));
    await untilListening(port);
    return http(port);
  };
}

async function sdkHttp(started: ChildProcess[]): Promise<number> {
  const server = await startListening([...SDK_SERVER, "http"]);
  started.push(server.child);
  return server.port;
}

function urlOf(port: number): string {
  return `http://127.0.0.1:${port}/mcp`;
}

function http(port: number): Transport {
  // True because it is one; its types say more about undefined than the interface does.
  return new StreamableHTTPClientTransport(new URL(urlOf(port))) as unknown as Transport;
}
