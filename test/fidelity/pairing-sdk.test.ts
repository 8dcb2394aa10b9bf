/** What the official clients do by themselves is one call, and how they give one up is told. */

import { setTimeout as sleep } from "node:timers/promises";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as StdioV1 } from "@modelcontextprotocol/sdk/client/stdio.js";
import { expect, test } from "vitest";
import { callsIn, eventually, recordsAreIn } from "./kept.ts";
import { httpUrl, MODERN_SERVER, stdioCommand, type Transport } from "./server-place.ts";
import { temporaryHome, type Way } from "./stdio-party.ts";

async function modernClient(transport: Transport, way: Way, home: string): Promise<Client> {
  const client = new Client(
    { name: "v2", version: "2" },
    { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: "auto" } },
  );
  client.setRequestHandler("elicitation/create", async ({ params }) => {
    await sleep(30);
    return { action: "accept", content: { name: params.message.toUpperCase() } };
  });
  const connection =
    transport === "stdio"
      ? new StdioClientTransport(stdioCommand(way, MODERN_SERVER, home))
      : new StreamableHTTPClientTransport(await httpUrl(way, MODERN_SERVER, home));
  await client.connect(connection);
  return client;
}

/** What was recorded while a client acted, which saw the same without the proxy. */
async function recorded(
  transport: Transport,
  act: (client: Client) => Promise<unknown>,
  count: number,
): Promise<readonly string[]> {
  const home = temporaryHome();
  const seen: unknown[] = [];
  for (const way of ["direct", "proxy"] as const) {
    const client = await modernClient(transport, way, home);
    seen.push(await act(client));
    if (way === "proxy") {
      await eventually(() => recordsAreIn(home) && callsIn(home).length >= count);
    }
    await client.close();
  }
  expect(seen[1]).toEqual(seen[0]);
  return callsIn(home).map(({ payload: { toolName, status, errorClass = "" } }) =>
    `${toolName} ${status} ${errorClass}`.trim(),
  );
}

test.each<Transport>(["stdio", "http"])(
  "two questions at once over %s are two calls",
  async (way) => {
    const act = (client: Client) =>
      Promise.all(
        ["a", "b"].map((what) => client.callTool({ name: "name_for", arguments: { what } })),
      );
    expect(await recorded(way, act, 2)).toEqual(["name_for ok", "name_for ok"]);
  },
);

test("a call that is repeated with the header that was missing is one call", async () => {
  const act = (client: Client) => client.callTool({ name: "region", arguments: { region: "eu" } });
  expect(await recorded("http", act, 1)).toEqual(["region ok"]);
});

test.each<[Transport, string]>([
  ["stdio", "endless timeout"],
  // There the client closes the exchange and gives no reason.
  ["http", "endless cancelled"],
])("a time-out of the client of version 2 over %s is %j", async (transport, expected) => {
  const act = (client: Client) =>
    client.callTool({ name: "endless" }, { timeout: 150 }).catch((problem) => String(problem));
  expect(await recorded(transport, act, 1)).toEqual([expected]);
});

test("a time-out of the client of version 1 is one", async () => {
  const home = temporaryHome();
  const client = new ClientV1({ name: "v1", version: "1" });
  await client.connect(new StdioV1(stdioCommand("proxy", MODERN_SERVER, home)));
  const late = client.callTool({ name: "endless" }, undefined, { timeout: 150 });
  await expect(late).rejects.toThrow("timed out");
  await eventually(() => recordsAreIn(home));
  await client.close();
  expect(callsIn(home).map(({ payload }) => payload.status)).toEqual(["timeout"]);
});
