import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { install } from "../../src/install/install.ts";
import { TemporaryHome } from "./temporary-home.ts";

const SERVER = fileURLToPath(new URL("../launcher/fixtures/server.mjs", import.meta.url));
const DESKTOP = "u/.config/Claude/claude_desktop_config.json";
const CURSOR = "u/.cursor/mcp.json";
const READS = 5;

let machine: TemporaryHome;
beforeEach(() => {
  machine = new TemporaryHome();
});
afterEach(() => machine.remove());

const server = { command: process.execPath, args: [SERVER, "always the same words"] };

function installInto(config: string, servers: Readonly<Record<string, unknown>>): void {
  machine.write(config, JSON.stringify({ mcpServers: servers }));
  install({ clients: [], project: false, dryRun: false }, machine.place);
}

/** Reads one file again and again through the entry; returns how many loops that is. */
async function loopsOf(config: string, clientName: string): Promise<number> {
  const { command, args } = JSON.parse(machine.read(config)).mcpServers.files;
  const client = new Client({ name: clientName, version: "1" });
  await client.connect(new StdioClientTransport({ command, args, env: { ...machine.env } }));
  for (let read = 0; read < READS; read++) {
    await client.callTool({ name: "read_file", arguments: { path: "/srv/project/notes.md" } });
  }
  await client.close();
  const { stdout } = await machine.caum(["sessions", "--json"]);
  const sessions = JSON.parse(stdout);
  expect(sessions).toMatchObject([{ steps: READS }]);
  return sessions[0].loop_count;
}

test("what the only server of Claude Desktop sees is all that happens", async () => {
  installInto(DESKTOP, { files: server });
  expect(await loopsOf(DESKTOP, "claude-ai")).toBe(1);
});

test("another server in the file may have been at work between two reads", async () => {
  installInto(DESKTOP, { files: server, web: { url: "https://example.com/mcp" } });
  expect(await loopsOf(DESKTOP, "claude-ai")).toBe(0);
});

test("a server that was added after the installation counts as well", async () => {
  installInto(DESKTOP, { files: server });
  const { mcpServers } = JSON.parse(machine.read(DESKTOP));
  machine.write(DESKTOP, JSON.stringify({ mcpServers: { ...mcpServers, more: server } }));
  expect(await loopsOf(DESKTOP, "claude-ai")).toBe(0);
});

test("so does an extension", async () => {
  installInto(DESKTOP, { files: server });
  machine.write("u/.config/Claude/Claude Extensions/ant.dir.files/manifest.json", "{}");
  expect(await loopsOf(DESKTOP, "claude-ai")).toBe(0);
});

test("an agent inside Claude Desktop has tools of its own", async () => {
  installInto(DESKTOP, { files: server });
  expect(await loopsOf(DESKTOP, "claude-code")).toBe(0);
});

test("so have other clients, also with the same entry", async () => {
  installInto(DESKTOP, { files: server });
  installInto(CURSOR, { files: server });
  expect(await loopsOf(CURSOR, "cursor-vscode")).toBe(0);
});
