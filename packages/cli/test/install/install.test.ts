import { chmodSync, lstatSync, readdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { filesOf } from "../../src/install/clients/client-files.ts";
import { CLIENTS } from "../../src/install/clients/clients.ts";
import { install, uninstall } from "../../src/install/install.ts";
import type { Place } from "../../src/machine/place.ts";
import { TemporaryHome } from "./temporary-home.ts";

const CURSOR = "u/.cursor/mcp.json";
const CODEX = "u/.codex/config.toml";
const GOOSE = "u/.config/goose/config.yaml";
const CLAUDE = "u/.claude.json";

const ALL = { clients: [], project: false, dryRun: false };

let machine: TemporaryHome;
beforeEach(() => {
  machine = new TemporaryHome();
});
afterEach(() => machine.remove());

function writeClients(): void {
  machine.write(
    CURSOR,
    '\ufeff{\r\n  // mine\r\n  "mcpServers": {"files": {"command": "npx", "args": ["-y", "srv",],},}\r\n}',
  );
  machine.write(
    CODEX,
    '# mine\n[mcp_servers.files]\ncommand = "npx" # why\nargs = [\n  "-y", "srv"\n]\n',
  );
  machine.write(
    GOOSE,
    "extensions:\n  files:\n    type: stdio\n    cmd: npx\n    args:\n    - -y\n    - srv # why\n    enabled: true\n",
  );
  machine.write(
    CLAUDE,
    '{"numStartups": 3, "mcpServers": {}, "projects": {"/p": {"mcpServers": {"a": {"type": "stdio", "command": "uvx"}}}}}',
  );
  machine.write(
    "project/.mcp.json",
    '{"mcpServers": {"local": {"command": "node", "args": ["server.js"]}}}',
  );
}

test("install wraps every client, uninstall gives back every byte and mode", async () => {
  writeClients();
  chmodSync(join(machine.root, CURSOR), 0o640);
  const before = machine.files();
  const installed = await machine.caum(["install"]);
  expect(installed).toMatchObject({ code: 0, stderr: "" });
  expect(installed.stdout).toContain("4 wrapped, 0 left alone");
  expect(installed.stdout).toContain("Cursor: restart Cursor");
  for (const file of [CURSOR, CODEX, GOOSE, CLAUDE]) expect(machine.read(file)).toContain("caum2:");
  expect(Object.keys(machine.files())).toEqual(Object.keys(before));
  expect(machine.files()["project/.mcp.json"]).toBe(before["project/.mcp.json"]);
  const removed = await machine.caum(["uninstall"]);
  expect(removed.stdout).toContain("4 unwrapped");
  expect(machine.files()).toEqual(before);
  expect(readdirSync(machine.caumHome)).toEqual(["backups"]);
});

test("installing twice changes nothing the second time", async () => {
  writeClients();
  await machine.caum(["install", "--project"]);
  const once = machine.files();
  const again = await machine.caum(["install", "--project", "--json"]);
  const { files } = JSON.parse(again.stdout);
  expect(files.map(({ outcome }: { outcome: string }) => outcome)).toEqual(
    Array(5).fill("unchanged"),
  );
  expect(machine.files()).toEqual(once);
});

test("a project's file is wrapped only when asked for, and unwrapped from anywhere", async () => {
  writeClients();
  const before = machine.files();
  await machine.caum(["install", "--project", "--client", "claude-code"]);
  expect(machine.read("project/.mcp.json")).toContain("caum2:");
  await machine.caum(["uninstall"]);
  expect(machine.files()).toEqual(before);
});

test("a dry run says what it would do and does nothing", async () => {
  writeClients();
  const before = machine.files();
  const { stdout } = await machine.caum(["install", "--dry-run", "--hooks"]);
  expect(stdout).toContain("dry run: nothing was changed");
  expect(machine.files()).toEqual(before);
  expect(readdirSync(machine.home)).not.toContain(".caum");
});

test("a broken file is left untouched and named with its line, the others are done", async () => {
  writeClients();
  const broken = machine.write(CURSOR, '{\n  "mcpServers": {\n');
  const { code, stdout } = await machine.caum(["install"]);
  expect(code).toBe(1);
  expect(stdout).toContain(
    `Cursor: left as it is: ${broken}:3 is broken (a } is missing): correct it and install again`,
  );
  expect(machine.read(CURSOR)).toBe('{\n  "mcpServers": {\n');
  expect(machine.read(CODEX)).toContain("caum2:");
});

test("a dry run that finds a broken file ends well", async () => {
  machine.write(CURSOR, '{\n  "mcpServers": {\n');
  const { code, stdout } = await machine.caum(["install", "--dry-run"]);
  expect(stdout).toContain("is broken (a } is missing)");
  expect(code).toBe(0);
});

test("files of the project are mentioned when nobody asked for them", async () => {
  writeClients();
  const { stdout } = await machine.caum(["install"]);
  expect(stdout).toContain("(--project takes them)");
  expect(stdout).toContain(`Claude Code  ${join(machine.project, ".mcp.json")}`);
  const asked = await machine.caum(["install", "--project"]);
  expect(asked.stdout).not.toContain("--project takes them");
});

test("a collector that nobody runs is mentioned", async () => {
  const { code, stdout } = await machine.caum(["install", "--url", "http://127.0.0.1:1"]);
  expect(stdout).toContain("note: nobody answers at http://127.0.0.1:1: start it with caum up");
  expect(code).toBe(0);
});

test("a symbolic link stays one, and the file behind it is changed", () => {
  const real = machine.write("dotfiles/cursor.json", '{"mcpServers": {"a": {"command": "npx"}}}');
  machine.write("u/.cursor/other", "");
  symlinkSync(real, join(machine.root, CURSOR));
  install(ALL, machine.place);
  expect(lstatSync(join(machine.root, CURSOR)).isSymbolicLink()).toBe(true);
  expect(machine.read("dotfiles/cursor.json")).toContain("caum2:");
  uninstall(ALL, machine.place);
  expect(machine.read("dotfiles/cursor.json")).toBe('{"mcpServers": {"a": {"command": "npx"}}}');
});

test("uninstall needs neither the backup nor anything else of ours", () => {
  writeClients();
  const before = machine.files();
  install(ALL, machine.place);
  rmSync(machine.caumHome, { recursive: true });
  uninstall(ALL, machine.place);
  expect(machine.files()).toEqual(before);
});

test("entries that are not ours to wrap are left alone, with the reason", async () => {
  machine.write(
    CURSOR,
    JSON.stringify({
      mcpServers: {
        off: { command: "npx", disabled: true },
        remote: { url: "https://example.com/mcp" },
        keyed: { url: "https://example.com/mcp", headers: { Authorization: "x" } },
        asks: { command: "npx", args: [`$${"{input:key}"}`] },
        odd: { command: 3 },
      },
    }),
  );
  const before = machine.read(CURSOR);
  const { code, stdout } = await machine.caum(["install"]);
  expect(code).toBe(0);
  expect(machine.read(CURSOR)).toBe(before);
  expect(stdout).toContain("off: is disabled");
  expect(stdout).toContain("remote: speaks HTTP and may sign in by OAuth");
  expect(stdout).toContain("keyed: speaks HTTP");
  expect(stdout).toContain("asks: asks for an input in its command line");
  expect(stdout).toContain("odd: has a command or arguments that are not plain texts");
});

test("a key goes to config.json, which only its owner reads, and nowhere else", async () => {
  writeClients();
  const words = ["install", "--url", "http://127.0.0.1:4070"];
  const { code, stdout } = await machine.caum(words, { CAUM_API_KEY: "caum_live_secret" });
  expect(code).toBe(0);
  const config = join(machine.caumHome, "config.json");
  expect(statSync(config).mode & 0o777).toBe(0o600);
  expect(JSON.parse(machine.read("u/.caum/config.json"))).toEqual({
    url: "http://127.0.0.1:4070",
    apiKey: "caum_live_secret",
  });
  expect(
    stdout + [CURSOR, CODEX, GOOSE, CLAUDE].map((file) => machine.read(file)).join(),
  ).not.toContain("secret");
});

test("wrong usage is one line and exit code 2", async () => {
  const unknown = await machine.caum(["install", "--client", "nobody"]);
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toMatch(
    /^caum install: no client is called nobody: take one of claude-desktop, /,
  );
  const url = await machine.caum(["install", "--url", "nowhere"]);
  expect(url).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--url is no http or https URL"),
  });
});

const LINUX: Place = {
  platform: "linux",
  home: "/home/u",
  env: {},
  folder: "/p",
  caumHome: "/home/u/.caum",
  node: "node",
};
const MAC: Place = { ...LINUX, platform: "darwin", home: "/Users/u" };
const WINDOWS: Place = {
  ...LINUX,
  platform: "win32",
  home: "C:\\Users\\u",
  folder: "D:\\p",
  env: { APPDATA: "C:\\Users\\u\\AppData\\Roaming" },
};

test.each([
  ["linux", LINUX],
  ["macOS", MAC],
  ["Windows", WINDOWS],
])("the paths of every client on %s", (_name, place) => {
  const table = CLIENTS.map((client) => [
    client.name,
    ...filesOf(client, place, { project: true }),
  ]);
  expect(table).toMatchSnapshot();
});

test.each([
  ["linux", LINUX],
  ["macOS", MAC],
  ["Windows", WINDOWS],
])("on %s every file is the user's or the project's, none an administrator's", (_name, place) => {
  const files = CLIENTS.flatMap((client) => filesOf(client, place, { project: true }));
  const isTheirs = (path: string) => path.startsWith(place.home) || path.startsWith(place.folder);
  expect(files.filter((path) => !isTheirs(path) || /managed/i.test(path))).toEqual([]);
});

test("the packaged Claude Desktop on Windows is found beside the usual one", () => {
  const client = CLIENTS.find(({ name }) => name === "claude-desktop")!;
  const packages = "C:\\Users\\u\\AppData\\Local\\Packages";
  const namesIn = (folder: string) => (folder === packages ? ["Claude_pzs8sx", "Other_1"] : []);
  expect(filesOf(client, WINDOWS, { namesIn })).toEqual([
    "C:\\Users\\u\\AppData\\Roaming\\Claude\\claude_desktop_config.json",
    `${packages}\\Claude_pzs8sx\\LocalCache\\Roaming\\Claude\\claude_desktop_config.json`,
  ]);
});

test("the profiles of VS Code are found beside its own file", () => {
  const client = CLIENTS.find(({ name }) => name === "vscode")!;
  const profiles = "/home/u/.config/Code/User/profiles";
  const namesIn = (folder: string) => (folder === profiles ? ["-2f1a", "work"] : []);
  expect(filesOf(client, LINUX, { namesIn })).toEqual([
    "/home/u/.config/Code/User/mcp.json",
    `${profiles}/-2f1a/mcp.json`,
    `${profiles}/work/mcp.json`,
    "/home/u/.vscode-server/data/User/mcp.json",
  ]);
});
