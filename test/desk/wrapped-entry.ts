/** Starts an entry of a client's file as its client would: with the official MCP client. */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import type { TemporaryHome } from "../../packages/cli/test/install/temporary-home.ts";

export interface Entry {
  readonly command: string;
  readonly args: readonly string[];
}

/** Opens a session, calls one tool again and again in the same words, and goes away. */
export async function callTool(
  { command, args }: Entry,
  { env, project: cwd }: TemporaryHome,
  name: string,
  times: number,
): Promise<void> {
  const transport = new StdioClientTransport({ command, args: [...args], env, cwd });
  const client = new Client({ name: "desk", version: "1" });
  await client.connect(transport);
  for (let call = 0; call < times; call++) await client.callTool({ name, arguments: {} });
  await client.close();
}
