/** Nothing of what a hook is handed is in the inbox, in what becomes of it, or in a process's arguments. */
import { execFile } from "node:child_process";
import { globSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hookCommand } from "../../src/install/hooks/install-hooks.ts";
import { placeHook, placeLauncher } from "../../src/launcher/place-launcher.ts";
import { TemporaryHome } from "../install/temporary-home.ts";

const CANARY = "zq7canary tell bob";
const FORMS = ["zq7canary", "tell bob", Buffer.from("zq7canary").toString("hex")];

let machine: TemporaryHome;
beforeEach(() => {
  machine = new TemporaryHome();
  placeLauncher(machine.place);
  placeHook(machine.place);
});
afterEach(() => {
  try {
    const lock = readFileSync(join(machine.caumHome, "inbox", "recorder.lock"), "utf8");
    process.kill(Number.parseInt(lock, 10), "SIGKILL");
  } catch {
    // It is gone already.
  }
  machine.remove();
});

/** What everybody on a Linux machine sees of the processes that know this home. */
function seenArguments(): readonly string[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, "utf8");
        return words.includes(machine.root) ? [words] : [];
      } catch {
        return []; // It has ended meanwhile.
      }
    });
}

function files(): readonly string[] {
  return globSync("**/*", { cwd: machine.caumHome })
    .map((name) => join(machine.caumHome, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
    .map((path) => `${path}\n${readFileSync(path, "latin1")}`);
}

function expectNoCanary(texts: readonly string[]): void {
  for (const form of FORMS) {
    expect(
      texts.filter((text) => text.toLowerCase().includes(form)).map((text) => text.slice(0, 200)),
    ).toEqual([]);
  }
}

function fire(name: string, id: string): Promise<void> {
  const input = JSON.stringify({
    session_id: CANARY,
    transcript_path: `/home/${CANARY}`,
    cwd: `/home/${CANARY}`,
    hook_event_name: name,
    tool_name: CANARY,
    tool_input: { command: CANARY, id },
    tool_response: { stdout: CANARY },
    tool_use_id: `${CANARY} ${id}`,
    prompt: CANARY,
    error: CANARY,
  });
  return new Promise((resolve) => {
    const command = hookCommand(machine.place, { messages: false });
    const child = execFile("/bin/sh", ["-c", command], { env: machine.env }, () => resolve());
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}

const recorded = () => globSync("runs/*/records.ndjson", { cwd: machine.caumHome });
const waiting = () => globSync("inbox/*/*.json", { cwd: machine.caumHome });

test("neither while it waits, nor while it is recorded, nor after", {
  timeout: 60_000,
}, async () => {
  const words: string[] = [];
  const watch = setInterval(() => words.push(...seenArguments()), 10);
  try {
    for (let call = 0; call < 4; call++) {
      await fire("PreToolUse", String(call));
      expectNoCanary(files());
      await fire("PostToolUse", String(call));
    }
    await expect
      .poll(() => recorded().length > 0 && waiting().length === 0, { timeout: 50_000 })
      .toBe(true);
  } finally {
    clearInterval(watch);
  }
  expectNoCanary(files());
  expectNoCanary(words);
  if (process.platform === "linux") expect(words.length).toBeGreaterThan(0);
});
