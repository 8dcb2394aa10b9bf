/** Three scripted agents: each is a real MCP client that calls a real MCP server through the proxy. */

import { createRequire } from "node:module";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import {
  getDefaultEnvironment,
  StdioClientTransport,
} from "@modelcontextprotocol/sdk/client/stdio.js";
import type { Place } from "./place.ts";

/** One thing an agent does; the demo server answers it. */
export interface Call {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface Agent {
  readonly name: string;
  readonly calls: readonly Call[];
  /** Whether it reaches what it was asked for. */
  readonly succeeds: boolean;
}

const SERVER = createRequire(import.meta.url).resolve(
  "@modelcontextprotocol/server-everything/dist/index.js",
);
const PROXY = fileURLToPath(
  new URL("../packages/mcp-proxy/bin/caum-mcp-proxy.cjs", import.meta.url),
);

const call = (name: string, values: Record<string, unknown> = {}): Call => ({
  name,
  arguments: values,
});

const packTicket = (text: string) =>
  call("gzip-file-as-resource", { name: "ticket.gz", data: `data:text/plain,${text}` });

/** Varied work, each call with an answer of its own. */
const helper: Agent = {
  name: "helper",
  succeeds: true,
  calls: [
    call("echo", { message: "Customer Ada Lovelace, card 4929 1234 5678 9010, wants a refund" }),
    call("get-structured-content", { location: "Chicago" }),
    call("get-sum", { a: 1250, b: 380 }),
    call("get-resource-links", { count: 4 }),
    packTicket("refund approved"),
    call("get-annotated-message", { messageType: "success" }),
    call("get-structured-content", { location: "New York" }),
    call("get-sum", { a: 1630, b: -45 }),
    call("echo", { message: "Refund of 15.85 booked" }),
    packTicket("refund booked"),
    call("get-resource-reference", { resourceType: "Blob", resourceId: 7 }),
    call("echo", { message: "Ticket closed" }),
  ],
};

/** Repeats a call that cannot succeed: the server does not know this kind of output. */
const stuck: Agent = {
  name: "stuck",
  succeeds: false,
  calls: [
    call("get-structured-content", { location: "Los Angeles" }),
    call("echo", { message: "Packing the report" }),
    call("get-sum", { a: 2, b: 3 }),
    ...Array.from({ length: 9 }, () =>
      call("gzip-file-as-resource", { name: "report.gz", outputType: "attachment" }),
    ),
  ],
};

/** The same tool again and again, yet every page is another one: looks like a loop, is none. */
const pager: Agent = {
  name: "pager",
  succeeds: true,
  calls: Array.from({ length: 12 }, (_, page) =>
    call("get-resource-reference", { resourceType: "Text", resourceId: page + 1 }),
  ),
};

export const agents: readonly Agent[] = [helper, stuck, pager];

/** How an agent is played. */
export interface Play {
  readonly session: string;
  readonly pauseMs: number;
  /** Ends it before its last call. */
  readonly stopped: AbortSignal;
  /** Sees each call with what the server answered; this never leaves the agent. */
  readonly onAnswer: (call: Call, answer: unknown) => void;
}

/** Plays an agent to its end, and waits until its proxy has ended as well. */
export async function play(agent: Agent, { home, collector }: Place, how: Play): Promise<void> {
  const client = new Client({ name: `demo-${agent.name}`, version: "1.0.0" });
  const proxy = [PROXY, "--home", home, "--session", how.session, "--agent", agent.name];
  try {
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [...proxy, "--", process.execPath, SERVER],
        env: {
          ...getDefaultEnvironment(),
          CAUM_URL: collector.url,
          CAUM_API_KEY: collector.apiKey,
        },
        stderr: "ignore",
      }),
    );
    await client.listTools();
    for (const step of agent.calls) {
      if (how.stopped.aborted) break;
      const answer = await client.callTool({ name: step.name, arguments: { ...step.arguments } });
      how.onAnswer(step, answer);
      await sleep(how.pauseMs, undefined, { signal: how.stopped });
    }
  } catch (failure) {
    // Ctrl-C reaches the proxies too, perhaps before this process has seen it.
    await nextTurn();
    if (!how.stopped.aborted) throw failure;
  } finally {
    await client.close();
  }
}
