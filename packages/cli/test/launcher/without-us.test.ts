/** What a client has when our packages, or every Node, are gone from the machine. */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { install } from "../../src/install/install.ts";
import { placeLauncher } from "../../src/launcher/place-launcher.ts";
import { TemporaryHome } from "../install/temporary-home.ts";

const PACKAGES = fileURLToPath(new URL("../../../", import.meta.url));
const MODULES = join(PACKAGES, "../node_modules");
const SHELL_SERVER = fileURLToPath(new URL("fixtures/server.sh", import.meta.url));
const CONFIG = "u/.cursor/mcp.json";
const OURS = ["cli", "collector", "core", "histories", "mcp-proxy"];
const THEIRS = ["@modelcontextprotocol", "commander", "jsonc-parser", "smol-toml", "yaml", "zod"];

let machine: TemporaryHome;
beforeEach(() => {
  machine = new TemporaryHome();
});
afterEach(() => machine.remove());

/** What `npm install @caum/cli` leaves: the files of our packages, built, and what they need. */
function packagesIn(folder: string): void {
  mkdirSync(join(folder, "@caum"), { recursive: true });
  for (const name of OURS) {
    const from = join(PACKAGES, name);
    const { files } = JSON.parse(readFileSync(join(from, "package.json"), "utf8"));
    const kept = [...files.filter((file: string) => !/^!|^src$/.test(file)), "package.json"];
    for (const file of kept) {
      if (!existsSync(join(from, file))) continue;
      cpSync(join(from, file), join(folder, "@caum", name, file), { recursive: true });
    }
  }
  for (const name of THEIRS) symlinkSync(join(MODULES, name), join(folder, name));
}

function configure(command: string, args: readonly string[]): void {
  machine.write(CONFIG, JSON.stringify({ mcpServers: { files: { command, args } } }));
}

interface Entry {
  readonly command: string;
  readonly args: readonly string[];
}

const entry = (): Entry => JSON.parse(machine.read(CONFIG)).mcpServers.files;

/** Starts the entry with the official client and calls one tool. */
async function call({ command, args }: Entry, name: string, given: Record<string, unknown>) {
  const env = { ...machine.env, PATH: "/usr/bin:/bin" };
  const transport = new StdioClientTransport({
    command,
    args: [...args],
    env,
    cwd: machine.project,
  });
  const client = new Client({ name: "test", version: "1" });
  await client.connect(transport);
  const result = await client.callTool({ name, arguments: given });
  await client.close();
  return result.content;
}

function recordedCalls(): number {
  const runs = join(machine.caumHome, "runs");
  if (!existsSync(runs)) return 0;
  const texts = readdirSync(runs).map((run) =>
    readFileSync(join(runs, run, "records.ndjson"), "utf8"),
  );
  return texts.join("").split('"category":"tool_api"').length - 1;
}

test("a real server is served and recorded after our packages are deleted", async () => {
  const modules = join(machine.root, "installed", "node_modules");
  packagesIn(modules);
  const everything = createRequire(import.meta.url).resolve(
    "@modelcontextprotocol/server-everything/package.json",
  );
  configure(process.execPath, [join(dirname(everything), "dist/index.js")]);
  const main = join(modules, "@caum/cli/bin/caum.js");
  const { env, project: cwd } = machine;
  const installed = spawnSync(process.execPath, [main, "install"], { env, cwd, encoding: "utf8" });
  expect(installed).toMatchObject({ status: 0, stderr: "" });
  expect(installed.stdout).toContain("1 wrapped");
  rmSync(join(machine.root, "installed"), { recursive: true });
  expect(entry().command).toBe("/bin/sh");
  expect(await call(entry(), "echo", { message: "hello" })).toEqual([
    { type: "text", text: "Echo: hello" },
  ]);
  expect(recordedCalls()).toBe(1);
});

const SERVED_BY_SHELL = [{ type: "text", text: "served by sh" }];

/** Where a version manager had it; nothing is there any more. */
const REMOVED_NODE = "/nowhere/.nvm/versions/node/v24.0.0/bin/node";

test("a server that is not Node is served when the launcher finds no Node at all", async () => {
  configure("/bin/sh", [SHELL_SERVER]);
  const place = { ...machine.place, node: REMOVED_NODE };
  install({ clients: [], project: false, dryRun: false }, place);
  placeLauncher(place, []);
  const tools = join(machine.root, "tools");
  mkdirSync(tools);
  const cksum = ["/usr/bin/cksum", "/bin/cksum"].find(existsSync) ?? "";
  symlinkSync(cksum, join(tools, "cksum"));
  const { command, args } = entry();
  const alone = { command: "/usr/bin/env", args: [`PATH=${tools}`, command, ...args] };
  expect(await call(alone, "any", {})).toEqual(SERVED_BY_SHELL);
  expect(recordedCalls()).toBe(0);
});

/** Covers every Node of the system in a mount namespace of its own, then becomes what follows. */
const WITHOUT_NODE = `
for place in /opt/homebrew/bin /usr/local/bin /usr/bin /bin; do
  [ ! -e "$place/node" ] || mount --bind /dev/null "$place/node" || exit 90
done
if command -v node >/dev/null; then exit 91; fi
exec "$@"`;

const hides = (...words: readonly string[]) => [
  "-rm",
  "/bin/sh",
  "-c",
  WITHOUT_NODE,
  "sh",
  ...words,
];
const canHide =
  spawnSync("unshare", hides("true"), { env: { PATH: "/usr/bin:/bin" } }).status === 0;
if (!canHide) console.warn("SKIPPED: no mount namespaces here, Node cannot be hidden");

test.skipIf(!canHide)("the same on a machine on which every Node was removed", async () => {
  configure("/bin/sh", [SHELL_SERVER]);
  install({ clients: [], project: false, dryRun: false }, { ...machine.place, node: REMOVED_NODE });
  const { command, args } = entry();
  const there = { command: "unshare", args: hides(command, ...args) };
  expect(await call(there, "any", {})).toEqual(SERVED_BY_SHELL);
  expect(recordedCalls()).toBe(0);
});
