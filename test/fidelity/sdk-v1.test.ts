/** The official client of version 1 sees no difference. */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport as ClientTransport } from "@modelcontextprotocol/sdk/shared/transport.js";
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  LoggingMessageNotificationSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { expect, test } from "vitest";
import { callsIn } from "./kept.ts";
import { httpUrl, SUITE_SERVER, stdioCommand, type Transport } from "./server-place.ts";
import { temporaryHome, type Way } from "./stdio-party.ts";

async function transportOf(transport: Transport, way: Way, home: string): Promise<ClientTransport> {
  if (transport === "stdio") return new StdioClientTransport(stdioCommand(way, SUITE_SERVER, home));
  // True because it is one; its types say more about undefined than the interface does.
  const http = new StreamableHTTPClientTransport(await httpUrl(way, SUITE_SERVER, home));
  return http as unknown as ClientTransport;
}

/** Everything the client can do, in one conversation; answers all that it saw. */
async function transcript(transport: Transport, way: Way, home: string): Promise<unknown[]> {
  const seen: unknown[] = [];
  const see = (what: unknown) => {
    seen.push(what);
  };
  const client = new Client(
    { name: "v1", version: "1" },
    { capabilities: { sampling: {}, elicitation: {}, roots: {} } },
  );
  client.setRequestHandler(CreateMessageRequestSchema, ({ params }) => {
    see(params);
    return { role: "assistant", model: "m", content: { type: "text", text: "sampled" } };
  });
  client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
    see(params);
    return { action: "accept", content: { username: "ada" } };
  });
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => see(params));
  const connection = await transportOf(transport, way, home);
  // Seen as they arrive: the client itself forgets those that come in one read with the answer.
  connection.onmessage = (message) => {
    if ("method" in message && message.method === "notifications/progress")
      see(message.params?.progress);
  };
  await client.connect(connection);
  see(client.getServerCapabilities());
  see(await client.ping());
  see(await client.listTools());
  await client.setLoggingLevel("debug");
  const names = ["test_simple_text", "test_image_content", "test_multiple_content_types"];
  names.push("test_tool_with_logging", "test_error_handling", "test_elicitation");
  for (const name of names) see(await client.callTool({ name }));
  see(await client.callTool({ name: "test_sampling", arguments: { prompt: "é" } }));
  see(await client.callTool({ name: "test_long_text", arguments: { bytes: 300_000 } }));
  const slow = { name: "test_tool_with_progress" };
  see(await client.callTool(slow, undefined, { onprogress: () => {} }));
  see(await client.listResources());
  see(await client.readResource({ uri: "test://static-binary" }));
  see(await client.readResource({ uri: "test://nothing" }).catch(String));
  see(await client.subscribeResource({ uri: "test://watched-resource" }));
  see(await client.listPrompts());
  const named = { name: "test_prompt_with_arguments", arguments: { arg1: "a", arg2: "b" } };
  see(await client.getPrompt(named));
  const stop = new AbortController();
  const endless = client.callTool({ name: "test_endless" }, undefined, { signal: stop.signal });
  setTimeout(() => stop.abort("enough"), 50);
  see(await endless.catch(String));
  see(await client.ping());
  await client.close();
  return seen;
}

test.each<Transport>(["stdio", "http"])("over %s", async (transport) => {
  const direct = await transcript(transport, "direct", temporaryHome());
  const home = temporaryHome();
  expect(await transcript(transport, "proxy", home)).toEqual(direct);
  expect(direct.length).toBeGreaterThan(25);
  if (transport === "http") return;
  const calls = callsIn(home).map(({ payload }) => `${payload.toolName} ${payload.status}`);
  expect(calls).toContain("test_long_text ok");
  expect(calls).toContain("test_endless cancelled");
  expect(calls).toContain("mcp:sampling/createMessage ok");
});
