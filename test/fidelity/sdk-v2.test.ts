/** The official client of version 2 speaks protocol 2026-07-28 and sees no difference. */
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { expect, test } from "vitest";
import { callsIn, recordsIn } from "./kept.ts";
import { httpUrl, MODERN_SERVER, stdioCommand, type Transport } from "./server-place.ts";
import { temporaryHome, type Way } from "./stdio-party.ts";

async function transcript(transport: Transport, way: Way, home: string): Promise<unknown[]> {
  const seen: unknown[] = [];
  const see = (what: unknown) => {
    seen.push(what);
  };
  const client = new Client(
    { name: "v2", version: "2" },
    { capabilities: { sampling: {}, elicitation: {} }, versionNegotiation: { mode: "auto" } },
  );
  client.setRequestHandler("elicitation/create", ({ params }) => {
    see(params);
    return { action: "accept", content: { name: "Ada" } };
  });
  client.setRequestHandler("sampling/createMessage", ({ params }) => {
    see(params);
    return { role: "assistant", model: "m", content: { type: "text", text: "yes" } };
  });
  client.setNotificationHandler("notifications/message", ({ params }) => see(params));
  const connection =
    transport === "stdio"
      ? new StdioClientTransport(stdioCommand(way, MODERN_SERVER, home))
      : new StreamableHTTPClientTransport(await httpUrl(way, MODERN_SERVER, home));
  // Seen as they arrive: the client itself forgets those that come in one read with the answer.
  connection.onmessage = (message) => {
    if ("method" in message && message.method === "notifications/progress") {
      see(message.params?.progress);
    }
  };
  await client.connect(connection);
  see(client.getNegotiatedProtocolVersion());
  see(await client.listTools());
  see(await client.callTool({ name: "echo", arguments: { message: "é\u2028🦊" } }));
  for (const name of ["broken", "confirm", "ask_model"]) see(await client.callTool({ name }));
  see(await client.callTool({ name: "slow" }, { onprogress: () => {} }));
  see(await client.callTool({ name: "unknown" }).catch(String));
  see(await client.listResources());
  see(await client.readResource({ uri: "test://note" }));
  see(await client.getPrompt({ name: "greet", arguments: { who: "x" } }));
  const stop = new AbortController();
  setTimeout(() => stop.abort("enough"), 100);
  see(await client.callTool({ name: "endless" }, { signal: stop.signal }).catch(String));
  await client.close();
  return seen;
}

test.each<Transport>(["stdio", "http"])("over %s", async (transport) => {
  const direct = await transcript(transport, "direct", temporaryHome());
  const home = temporaryHome();
  expect(await transcript(transport, "proxy", home)).toEqual(direct);
  expect(direct[0]).toBe("2026-07-28");
  if (transport === "http") return;
  const calls = callsIn(home).map(({ payload }) => `${payload.toolName} ${payload.status}`);
  // A call that asked for input is one call, and the process that was only asked for its era a probe.
  expect(calls.filter((call) => call.startsWith("confirm"))).toEqual(["confirm ok"]);
  expect(recordsIn(home).filter(({ payload }) => payload.kind === "probe")).toHaveLength(1);
});
