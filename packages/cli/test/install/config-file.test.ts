/** Files that are in the way, in use, or not there. */
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { installHooks, uninstallHooks } from "../../src/install/hooks/install-hooks.ts";
import { install, uninstall } from "../../src/install/install.ts";
import { FileLeft, readConfigFile, replaceConfigFile } from "../../src/machine/config-file.ts";
import { TemporaryHome } from "./temporary-home.ts";

const CURSOR = "u/.cursor/mcp.json";
const CODEX = "u/.codex/config.toml";
const TEXT = '{"mcpServers": {"a": {"command": "npx"}}}';
const ALL = { clients: [], project: false, dryRun: false };

let machine: TemporaryHome;
beforeEach(() => {
  machine = new TemporaryHome();
});
afterEach(() => machine.remove());

const at = (path: string) => join(machine.root, path);

test("a file that was changed since it was read is not replaced", () => {
  const path = machine.write(CURSOR, TEXT);
  const file = readConfigFile(path);
  if (!file) throw new Error("it is there");
  writeFileSync(path, "theirs");
  expect(() => replaceConfigFile(file, "ours")).toThrow(FileLeft);
  expect(readFileSync(path, "utf8")).toBe("theirs");
  expect(readdirSync(dirname(path))).toEqual(["mcp.json"]);
});

test("a link to nowhere stays one, and nothing is made at its end", () => {
  mkdirSync(at("u/.cursor"));
  symlinkSync(at("nowhere/mcp.json"), at(CURSOR));
  const before = machine.files();
  expect(install(ALL, machine.place)).toEqual([]);
  uninstall(ALL, machine.place);
  expect(machine.files()).toEqual(before);
  expect(readlinkSync(at(CURSOR))).toBe(at("nowhere/mcp.json"));
});

test("a link to itself, and a folder, are left with the reason", () => {
  mkdirSync(at("u/.cursor"));
  symlinkSync(at(CURSOR), at(CURSOR));
  mkdirSync(at(CODEX), { recursive: true });
  const reasons = install(ALL, machine.place).map(({ outcome, reason }) => [outcome, reason]);
  expect(reasons.sort()).toEqual([
    ["left", "cannot be read (ELOOP)"],
    ["left", "is no file"],
  ]);
  expect(lstatSync(at(CURSOR)).isSymbolicLink()).toBe(true);
});

test("hooks are not put at the end of a link to nowhere", () => {
  mkdirSync(at("u/.claude"));
  symlinkSync(at("nowhere/settings.json"), at("u/.claude/settings.json"));
  const before = machine.files();
  const request = { clients: ["claude-code" as const], dryRun: false, messages: false };
  expect(installHooks(request, machine.place)).toMatchObject([{ outcome: "left" }]);
  uninstallHooks(request, machine.place);
  expect(machine.files()).toEqual(before);
});

/** Somebody without rights; root writes what it likes. */
const NOBODY = 65_534;

test.skipIf(process.getuid?.() !== 0)(
  "a file that may only be read is left, named, and the others are done",
  async () => {
    machine.write(CODEX, '[mcp_servers.a]\ncommand = "npx"\n');
    machine.write(CURSOR, TEXT);
    for (const name of ["", ...Object.keys(machine.files())]) chownSync(at(name), NOBODY, NOBODY);
    chmodSync(at(CURSOR), 0o444);
    const { code, stdout } = await machine.caum(["install"], {}, "", NOBODY);
    expect(code).toBe(1);
    expect(stdout).toContain("left as it is: ");
    expect(stdout).toContain("cannot be written (EACCES): look at its rights");
    expect(machine.read(CURSOR)).toBe(TEXT);
    expect(machine.read(CODEX)).toContain("caum2:");
    expect(readdirSync(at("u/.cursor"))).toEqual(["mcp.json"]);
  },
);

test("installs at the same moment end as one, and uninstall gives every byte back", async () => {
  machine.write(CURSOR, TEXT);
  machine.write(CODEX, '[mcp_servers.a]\ncommand = "npx" # why\n');
  machine.write("u/.claude/settings.json", "{}");
  machine.write("u/.config/goose/config.yaml", "extensions:\n  a:\n    cmd: npx\n");
  const before = machine.files();
  const words = ["install", "--hooks", "--url", "http://127.0.0.1:4070"];
  const outcomes = await Promise.all(Array.from({ length: 4 }, () => machine.caum(words)));
  for (const { code, stderr } of outcomes)
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const once = machine.files();
  expect(machine.read(CURSOR).split("caum2:")).toHaveLength(2);
  expect((await machine.caum(["install", "--hooks"])).code).toBe(0);
  expect(machine.files()).toEqual(once);
  expect(readdirSync(machine.caumHome).sort()).toEqual([
    "backups",
    "bin",
    "config.json",
    "installed.json",
  ]);
  expect(readdirSync(join(machine.caumHome, "bin")).filter((name) => /new/.test(name))).toEqual([]);
  await machine.caum(["uninstall"]);
  expect(machine.files()).toEqual(before);
});
