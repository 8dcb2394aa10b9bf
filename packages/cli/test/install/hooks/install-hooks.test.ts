import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HOOK_FILES, type HookFile } from "../../../src/install/hooks/hook-files.ts";
import {
  installHooks,
  registeredHooks,
  uninstallHooks,
} from "../../../src/install/hooks/install-hooks.ts";
import { TemporaryHome } from "../temporary-home.ts";

let machine: TemporaryHome;
beforeEach(() => {
  machine = new TemporaryHome();
});
afterEach(() => machine.remove());

/** Where each client keeps its hooks on a machine without variables, as its documents say. */
const PLACES: Readonly<Record<string, string>> = {
  "claude-code": "u/.claude/settings.json",
  codex: "u/.codex/hooks.json",
  "gemini-cli": "u/.gemini/settings.json",
  "qwen-code": "u/.qwen/settings.json",
  "copilot-cli": "u/.copilot/hooks/caum.json",
  opencode: "u/.config/opencode/plugins/caum.js",
  cline: "u/.cline/hooks/PreToolUse",
  cursor: "u/.cursor/hooks.json",
  devin: "u/.config/devin/config.json",
  factory: "u/.factory/hooks.json",
  goose: "u/.agents/plugins/caum/hooks/hooks.json",
};

const TEXTS = [
  ["absent", undefined],
  ["empty", "{}\n"],
  ["other settings", '{\n  "model": "x", // mine\n  "env": {"A": "1"},\n}\n'],
  ["other hooks", '{"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": []}], "Stop": [ ]}}'],
  ["hooks of none", '{"hooks": { /* none */ }, "a": 1}'],
] as const;

const isShared = ({ form }: HookFile) => "isNested" in form;
const request = (client: HookFile["client"]) => ({
  clients: [client],
  dryRun: false,
  messages: false,
});

test.each(
  HOOK_FILES.filter(isShared).flatMap(({ client, events }) =>
    TEXTS.map(([name, text]) => [client, name, text, events.length] as const),
  ),
)("hooks of %s are registered and taken out again: %s", (client, _name, text, count) => {
  const path = PLACES[client] ?? "";
  if (text !== undefined) machine.write(path, text);
  expect(installHooks(request(client), machine.place)).toMatchObject([{ outcome: "changed" }]);
  const once = machine.read(path);
  expect(once.match(/# caum-hook:/g)).toHaveLength(count);
  expect(registeredHooks(machine.place)).toMatchObject([{ client }]);
  expect(installHooks(request(client), machine.place)).toMatchObject([{ outcome: "unchanged" }]);
  expect(machine.read(path)).toBe(once);
  uninstallHooks(request(client), machine.place);
  if (text === undefined) expect(machine.files()[path]).toBeUndefined();
  else expect(machine.read(path)).toBe(text);
  expect(registeredHooks(machine.place)).toEqual([]);
});

const OWN = new Set(HOOK_FILES.filter((file) => !isShared(file)).map(({ client }) => client));
test.each([...OWN])("the file of ours for %s comes and goes as a whole", (client) => {
  const path = PLACES[client] ?? "";
  installHooks(request(client), machine.place);
  expect(machine.read(path)).toContain("hook.cjs");
  for (const { outcome } of installHooks(request(client), machine.place)) {
    expect(outcome).toBe("unchanged");
  }
  uninstallHooks(request(client), machine.place);
  expect(existsSync(join(machine.root, path))).toBe(false);
  expect(existsSync(dirname(join(machine.root, path)))).toBe(false);
});

test("Cline's hooks are programs", () => {
  installHooks(request("cline"), machine.place);
  expect(statSync(join(machine.root, PLACES.cline ?? "")).mode & 0o777).toBe(0o755);
});

test("a file of that name that is not ours is left alone", () => {
  const path = PLACES["copilot-cli"] ?? "";
  machine.write(path, "{}");
  expect(installHooks(request("copilot-cli"), machine.place)).toMatchObject([{ outcome: "left" }]);
  uninstallHooks(request("copilot-cli"), machine.place);
  expect(machine.read(path)).toBe("{}");
});

test("without a name, only clients that are on this machine get hooks", () => {
  for (const folder of ["u/.gemini", "u/.copilot"]) mkdirSync(join(machine.root, folder));
  const reports = installHooks({ clients: [], dryRun: false, messages: false }, machine.place);
  expect(reports.map(({ client }) => client)).toEqual(["gemini-cli", "copilot-cli"]);
});

test("a dry run places nothing", () => {
  const before = machine.files();
  const dry = { ...request("codex"), dryRun: true };
  expect(installHooks(dry, machine.place)).toMatchObject([{ outcome: "changed" }]);
  expect(machine.files()).toEqual(before);
});
