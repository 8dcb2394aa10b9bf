/** Three scripted agents: each is a real MCP client that calls a real MCP server through the proxy. */

import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";

/** One thing an agent does; the demo server answers it. */
export interface Call {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface Agent {
  readonly name: string;
  readonly calls: readonly Call[];
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
  calls: Array.from({ length: 12 }, (_, page) =>
    call("get-resource-reference", { resourceType: "Text", resourceId: page + 1 }),
  ),
};

export const agents: readonly Agent[] = [helper, stuck, pager];

/**
 * Plays an agent to its end.
 *
 * @param home the CAUM_HOME that the proxy records under
 * @param onAnswer sees each call with what the server answered; this never leaves the agent
 */
export async function play(
  agent: Agent,
  home: string,
  pauseMs: number,
  onAnswer: (call: Call, answer: unknown) => void,
): Promise<void> {
  const client = new Client({ name: `demo-${agent.name}`, version: "1.0.0" });
  const proxy = [PROXY, "--home", home, "--session", `demo-${agent.name}`, "--agent", agent.name];
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [...proxy, "--", process.execPath, SERVER],
      stderr: "ignore",
    }),
  );
  await client.listTools();
  for (const step of agent.calls) {
    onAnswer(step, await client.callTool({ name: step.name, arguments: { ...step.arguments } }));
    await new Promise((resume) => setTimeout(resume, pauseMs));
  }
  await client.close();
}
