import { spawn } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { install } from "../../src/install/install.ts";
import { checksumLine } from "../../src/launcher/checksum.ts";
import { placeLauncher } from "../../src/launcher/place-launcher.ts";
import { TemporaryHome } from "../install/temporary-home.ts";

const SERVER = fileURLToPath(new URL("fixtures/server.mjs", import.meta.url));
const CONFIG = "u/.cursor/mcp.json";
const WORDS = ["it's", 'a "b"', "$(touch x)", "", "*"];

let machine: TemporaryHome;
beforeEach(() => {
  machine = new TemporaryHome();
});
afterEach(() => machine.remove());

function wrap(node = process.execPath): void {
  const entry = { command: process.execPath, args: [SERVER, ...WORDS], env: { MODE: "x" } };
  machine.write(CONFIG, JSON.stringify({ mcpServers: { echo: entry } }));
  install({ clients: [], project: false, dryRun: false }, { ...machine.place, node });
}

interface Served {
  readonly text: string;
  readonly code: number | null;
  readonly stderr: string;
}

/** Starts the entry exactly as its client would, makes one call and goes away. */
async function useEntry(env: NodeJS.ProcessEnv = machine.env): Promise<Served> {
  const { command, args } = JSON.parse(machine.read(CONFIG)).mcpServers.echo;
  const child = spawn(command, args, { env: { ...env, MODE: "x" }, cwd: machine.project });
  let stderr = "";
  child.stderr.on("data", (chunk) => (stderr += chunk));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (id: number, method: string, params: object) => {
    child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
    return JSON.parse(String((await lines.next()).value)).result;
  };
  await ask(1, "initialize", {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "t", version: "1" },
  });
  const result = await ask(2, "tools/call", { name: "echo", arguments: {} });
  const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
  child.stdin.end();
  return { text: result.content[0].text, code: await ended, stderr };
}

function records(): string {
  const runs = join(machine.caumHome, "runs");
  if (!existsSync(runs)) return "";
  return readdirSync(runs)
    .map((run) => readFileSync(join(runs, run, "records.ndjson"), "utf8"))
    .join("");
}

function recordedCalls(): number {
  return records().split('"category":"tool_api"').length - 1;
}

const SERVED = { text: WORDS.join("|"), code: 7 };

test("a wrapped entry serves the real server and records its calls", async () => {
  wrap();
  expect(await useEntry()).toEqual({ ...SERVED, stderr: "" });
  expect(recordedCalls()).toBe(1);
  // The name that the client's file gives it.
  expect(records()).toContain('"serverTag":"echo"');
});

test("the server's name is keyed like every other when names are", async () => {
  wrap();
  await useEntry({ ...machine.env, CAUM_HASH_NAMES: "1" });
  expect(records()).toMatch(/"serverTag":"x-[0-9a-f]{8}"/);
});

const writeAll = (names: readonly string[], text: string) => {
  for (const name of names) writeFileSync(own(name), text);
};
const replaceByFolder = (path: string) => {
  rmSync(path);
  mkdirSync(path);
};
const own = (name: string) => join(machine.caumHome, "bin", name);

test.each([
  ["CAUM_HOME is deleted", () => rmSync(machine.caumHome, { recursive: true })],
  ["the script is deleted", () => rmSync(own("serve"))],
  ["the script is empty", () => truncateSync(own("serve"))],
  ["the script is cut off", () => truncateSync(own("serve"), 300)],
  ["the script is garbage", () => writeFileSync(own("serve"), "\0\x01(((")],
  ["the script may not be read", () => replaceByFolder(own("serve"))],
  ["the stamp is deleted", () => rmSync(own("serve.ok"))],
  ["the launcher is needed and garbage", () => writeAll(["launch", "relay.cjs"], "\0\x01(((")],
  ["the relay is deleted", () => rmSync(own("relay.cjs"))],
  ["the relay is cut off", () => truncateSync(own("relay.cjs"), 9_000)],
  [
    "the relay has a wrong byte",
    () =>
      writeFileSync(
        own("relay.cjs"),
        readFileSync(own("relay.cjs"), "latin1").replace("{", "("),
        "latin1",
      ),
  ],
])("the original command runs alone when %s", async (_name, breakIt) => {
  wrap();
  breakIt();
  expect(await useEntry()).toEqual({ ...SERVED, stderr: "" });
  expect(recordedCalls()).toBe(0);
});

test("a start asks neither the launcher nor any other program", async () => {
  wrap();
  rmSync(own("launch"));
  expect(await useEntry({ ...machine.env, PATH: machine.project })).toEqual({
    ...SERVED,
    stderr: "",
  });
  expect(recordedCalls()).toBe(1);
});

test.each([
  ["relay", () => rmSync(own("relay.cjs"))],
  ["node", () => writeFileSync(own("launch"), "exit 2")],
])("what ran alone for want of the %s stands in the next record", async (part, breakIt) => {
  wrap();
  breakIt();
  if (part === "node") writeFileSync(own("relay.cjs"), "");
  await useEntry();
  const notes = readFileSync(join(machine.caumHome, "blind.ndjson"), "utf8");
  expect(notes).toMatch(new RegExp(`^\\{"at":\\d{10},"part":"${part}"\\}\n$`));
  wrap();
  await useEntry();
  expect(records()).toContain(`"kind":"blind","seq":1,"subject":"${part}"`);
  expect(existsSync(join(machine.caumHome, "blind.ndjson"))).toBe(false);
});

test.each([
  ["deleted", () => rmSync(own("recorder.cjs"))],
  ["garbage", () => writeFileSync(own("recorder.cjs"), "(((")],
])("the server is served when the recorder behind the relay is %s", async (_name, breakIt) => {
  wrap();
  breakIt();
  expect(await useEntry()).toMatchObject(SERVED);
});

test("another Node is taken when a version manager removed the one of the installation", async () => {
  const node = machine.write("u/.nvm/versions/node/v24.0.0/bin/node", "");
  wrap(node);
  rmSync(node);
  const folder = machine.write("bin/x", "").slice(0, -1);
  copyFileSync(process.execPath, join(folder, "node"));
  expect(await useEntry({ ...machine.env, PATH: `${folder}:/usr/bin:/bin` })).toEqual({
    ...SERVED,
    stderr: "",
  });
  expect(recordedCalls()).toBe(1);
});

test.each([
  ["is too old", "#!/bin/sh\necho v12.22.0\n"],
  ["has no libraries any more", "#!/bin/sh\nexit 127\n"],
  ["is no program", "garbage"],
])("the original command runs alone when the only Node left %s", async (_name, program) => {
  const node = machine.write("bin/node", program);
  chmodSync(node, 0o755);
  wrap(node);
  placeLauncher({ ...machine.place, node }, [node]);
  expect(await useEntry({ ...machine.env, PATH: folderWith("cksum") })).toEqual({
    ...SERVED,
    stderr: "",
  });
  expect(recordedCalls()).toBe(0);
});

/** A folder for PATH that holds this program of the system and nothing else. */
function folderWith(name: string): string {
  const folder = join(machine.root, "only");
  mkdirSync(folder);
  const found = ["/usr/bin", "/bin"].map((place) => join(place, name)).find(existsSync);
  symlinkSync(found ?? "", join(folder, name));
  return folder;
}

test("a server that cannot be started fails with its own words", async () => {
  machine.write(CONFIG, JSON.stringify({ mcpServers: { echo: { command: "no-such-server" } } }));
  install({ clients: [], project: false, dryRun: false }, machine.place);
  rmSync(machine.caumHome, { recursive: true });
  const { command, args } = JSON.parse(machine.read(CONFIG)).mcpServers.echo;
  const child = spawn(command, args, { env: machine.env });
  let stderr = "";
  child.stderr.on("data", (chunk) => (stderr += chunk));
  expect(await new Promise((resolve) => child.on("close", resolve))).toBe(127);
  expect(stderr).toContain("no-such-server");
});

test("the server gets the signal that its client sends", async () => {
  wrap();
  rmSync(machine.caumHome, { recursive: true });
  const { command, args } = JSON.parse(machine.read(CONFIG)).mcpServers.echo;
  const child = spawn(command, args, { env: machine.env, stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.write('{"jsonrpc":"2.0","id":1,"method":"tools/list"}\n');
  await new Promise((resolve) => child.stdout.once("data", resolve));
  const ended = new Promise((resolve) => child.on("exit", (_code, signal) => resolve(signal)));
  child.kill("SIGTERM");
  expect(await ended).toBe("SIGTERM");
});

test.each([
  ["", "4294967295 0"],
  ["123456789", "930766865 9"],
])("the checksum of %j is the one of cksum", (text, line) => {
  expect(checksumLine(Buffer.from(text))).toBe(line);
});
