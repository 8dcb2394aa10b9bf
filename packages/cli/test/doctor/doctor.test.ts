import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { install } from "../../src/install/install.ts";
import { TemporaryHome } from "../install/temporary-home.ts";

const SERVER = fileURLToPath(new URL("../launcher/fixtures/server.mjs", import.meta.url));

let machine: TemporaryHome;
beforeEach(() => {
  machine = new TemporaryHome();
  const echo = { command: process.execPath, args: [SERVER] };
  machine.write("u/.cursor/mcp.json", JSON.stringify({ mcpServers: { echo } }));
});
afterEach(() => machine.remove());

test("a wrapped server is compared with itself, with milliseconds and memory of both", async () => {
  install({ clients: [], project: false, dryRun: false }, machine.place);
  const { code, stdout } = await machine.caum(["doctor"]);
  expect(stdout).toMatch(/^ok {7}launcher {3}starts .*node$/m);
  expect(stdout).toMatch(/^note {5}calls {6}none seen yet/m);
  expect(stdout).toMatch(/^ok {7}collector {2}none: runs stay on this machine$/m);
  expect(stdout).toMatch(/^ok {7}way {8}a call went through a wrapped entry and is recorded here/m);
  expect(stdout).toMatch(/^ok {7}Cursor: echo: same answers, 1 tools$/m);
  expect(stdout).toMatch(/^ +direct {4}\d+ ms to the first answer, (\d+|\?) MiB$/m);
  expect(stdout).toMatch(/^ +recorded {2}\d+ ms to the first answer, (\d+|\?) MiB$/m);
  expect(code).toBe(0);
  const sessions = await machine.caum(["sessions"]);
  expect(sessions.stdout).not.toContain("caum-doctor");
});

test("a launcher that cannot start the relay and a collector that is down are problems", async () => {
  install({ clients: [], project: false, dryRun: false }, machine.place);
  rmSync(join(machine.caumHome, "bin", "relay.cjs"));
  machine.write("u/.caum/config.json", '{"url": "http://127.0.0.1:1"}');
  const { code, stdout } = await machine.caum(["doctor", "--json"]);
  const { facts, servers } = JSON.parse(stdout);
  const problems = facts.filter(({ state }: { state: string }) => state === "problem");
  expect(problems.map(({ about }: { about: string }) => about)).toEqual([
    "launcher",
    "parts",
    "collector",
    "way",
  ]);
  expect(servers).toMatchObject([{ name: "echo", isWrapped: true, isSame: true }]);
  expect(code).toBe(1);
});

test("a server that fails without us too is told, and is not our fault", async () => {
  const broken = { command: process.execPath, args: ["-e", "process.exit(3)"] };
  machine.write("u/.cursor/mcp.json", JSON.stringify({ mcpServers: { broken } }));
  const { code, stdout } = await machine.caum(["doctor", "--client", "cursor"]);
  expect(stdout).toContain("note     Cursor: broken (not wrapped yet): fails with and without us");
  expect(stdout).toContain("ended by itself (exit code 3)");
  expect(code).toBe(0);
});

test("a server that is near the limit of its client is warned of", async () => {
  const slow = ["-e", `setTimeout(() => import(${JSON.stringify(SERVER)}), 1600)`];
  const servers = { mcpServers: { slow: { command: process.execPath, args: slow } } };
  machine.write("u/.cline/data/settings/cline_mcp_settings.json", JSON.stringify(servers));
  const { code, stdout } = await machine.caum(["doctor", "--client", "cline"]);
  expect(stdout).toContain("warning   Cline goes on without a server that takes longer than 3 s");
  expect(code).toBe(0);
});

test("show-wire prints calls beside their records, which hold none of their content", async () => {
  const { code, stdout } = await machine.caum(["show-wire", "--json"]);
  expect(code).toBe(0);
  const { shown } = JSON.parse(stdout);
  expect(shown).toHaveLength(2);
  for (const { call, answer, record } of shown) {
    expect(JSON.parse(record).payload).toMatchObject({ toolName: call.name });
    const [{ text }] = answer.result.content;
    for (const content of [text, ...Object.values<string>(call.arguments)]) {
      expect(record).not.toContain(content);
    }
  }
});

test("show-wire asks a real server when one is named", async () => {
  const words = ["show-wire", "--call", 'echo={"a":1}', "--", process.execPath, SERVER, "hello"];
  const { code, stdout } = await machine.caum(words);
  expect(code).toBe(0);
  expect(stdout).toContain('stays here   call    echo {"a":1}');
  expect(stdout).toContain('"text":"hello"');
  expect(stdout).toMatch(/leaves {7}record {2}\{"agentId"/);
});

test("wrong usage is one line and exit code 2", async () => {
  expect(await machine.caum(["show-wire", "--call", "x={"])).toEqual({
    code: 2,
    stdout: "",
    stderr: "caum show-wire: --call takes a tool and its arguments: name={...}\n",
  });
});
