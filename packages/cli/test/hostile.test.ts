/** Commands in surroundings that are not made for them: what is wrong is one line, never a stack. */
import { spawn } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TemporaryHome } from "./install/temporary-home.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const NOBODY = "http://127.0.0.1:1";

let machine: TemporaryHome;
beforeEach(() => {
  machine = new TemporaryHome();
});
afterEach(() => machine.remove());

test.each([
  ["a trace that is a folder", ["check", "."], 1, /^caum check: \.: a directory, not a file\n$/],
  ["a bundle that is not there", ["verify", "x", "--key", "k"], 2, /^caum verify: .+\n$/],
  ["a limit that is none", ["sessions", "--limit", "0"], 2, /--limit takes a number from 1 to 100/],
  ["an address that is none", ["sessions", "--url", "ftp://x"], 2, /http or https URL/],
  ["nobody at the address", ["report", "x", "--url", NOBODY], 2, /no collector answers at/],
  ["nobody to export from", ["export", "x", "--out", "b", "--url", NOBODY], 2, /no collector/],
  ["keys of a machine without any", ["keys"], 2, /^caum keys: no key in .+ yet/],
  ["a timeout that is none", ["doctor", "--timeout", "x"], 2, /--timeout takes a number/],
  ["a port that is none", ["up", "--port", "x"], 2, /--port takes a whole number/],
  ["a server that is not there", ["show-wire", "--call", "x", "--", "no-such"], 1, /the server/],
  ["a command that is none", ["nope"], 2, /unknown command 'nope'/],
  ["no command", [], 2, /Usage: caum/],
])("%s", async (_name, words, code, said) => {
  const outcome = await machine.caum(words);
  expect(outcome.code).toBe(code);
  expect(outcome.stderr).toMatch(said);
  expect(outcome.stderr).not.toMatch(/ {4}at |node:internal/);
});

test("CAUM_HOME that is a file breaks no command and no client", async () => {
  const before = JSON.stringify({ mcpServers: { a: { command: "npx" } } });
  machine.write("u/.cursor/mcp.json", before);
  const home = machine.write("u/file", "mine");
  for (const words of [["install"], ["doctor", "--client", "zed"], ["hook", "drain"], ["keys"]]) {
    const { code, stderr } = await machine.caum(words, { CAUM_HOME: home });
    expect([words[0], code]).toEqual([words[0], words[0] === "doctor" ? 1 : 2]);
    expect(stderr).not.toMatch(/ {4}at |node:internal/);
  }
  expect(machine.read("u/.cursor/mcp.json")).toBe(before);
  expect(machine.read("u/file")).toBe("mine");
  // Wrapped with a home that became a file since: it is taken out all the same.
  await machine.caum(["install"]);
  expect(machine.read("u/.cursor/mcp.json")).toContain("caum2:");
  expect((await machine.caum(["uninstall"], { CAUM_HOME: home })).code).toBe(0);
  expect(machine.read("u/.cursor/mcp.json")).toBe(before);
});

test("a reader that goes away is no error", async () => {
  for (const words of [["--help"], ["install", "--help"], ["status"], ["tail", "--once"]]) {
    const command = ["--conditions=@caum/source", "--no-warnings", MAIN, ...words];
    const child = spawn(process.execPath, command, { env: machine.env });
    let stderr = "";
    child.stderr.on("data", (part) => (stderr += part));
    child.stdout.destroy();
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect([words[0], code, stderr]).toEqual([words[0], 0, ""]);
  }
});

test("a full disk under the output is one line and exit code 2", async () => {
  const line = `"$0" --conditions=@caum/source --no-warnings "$1" --help >/dev/full`;
  const child = spawn("/bin/sh", ["-c", line, process.execPath, MAIN], { env: machine.env });
  let stderr = "";
  child.stderr.on("data", (part) => (stderr += part));
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect(stderr).toBe("caum --help: cannot write the output (ENOSPC): is the disk full?\n");
  expect(code).toBe(2);
});

test("--version is the one of the package", async () => {
  const { code, stdout } = await machine.caum(["--version"]);
  expect([code, stdout]).toEqual([0, "0.1.0\n"]);
});

test("caum keys prints what local runs are verified with", async () => {
  await machine.caum(["hook", "claude-code", "--no-recorder"], {}, event("PreToolUse"));
  await machine.caum(["hook", "claude-code", "--no-recorder"], {}, event("PostToolUse"));
  expect((await machine.caum(["hook", "drain"])).code).toBe(0);
  const { stdout } = await machine.caum(["keys"]);
  const [vkey = ""] = stdout.trim().split("\n");
  const json = await machine.caum(["keys", "--json"]);
  expect(JSON.parse(json.stdout)).toEqual([{ vkey, state: "current" }]);
  symlinkSync(join(machine.caumHome, "runs"), join(machine.project, "runs"));
  const runs = await machine.caum(["tail", "--once", "--json"]);
  expect(JSON.parse(runs.stdout)).toMatchObject({ tool: "Bash", step: 1 });
  const evidence = await machine.caum(["verify", `runs/${machine.runs()[0]}`, "--key", vkey]);
  expect(evidence).toMatchObject({ code: 0, stderr: "" });
  mkdirSync(join(machine.root, "broken/keys"), { recursive: true });
  machine.write("broken/keys/writer.key", "SECRET-junk");
  const broken = await machine.caum(["keys", "--home", join(machine.root, "broken")]);
  expect(broken.code).toBe(2);
  expect(broken.stderr).not.toContain("SECRET");
});

function event(name: string): string {
  const call = { tool_name: "Bash", tool_input: { command: "ls" }, tool_use_id: "t1" };
  return JSON.stringify({ session_id: "s1", hook_event_name: name, ...call, tool_response: "x" });
}
