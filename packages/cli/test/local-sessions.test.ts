import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createObserver } from "@caum/core";
import { expect, test } from "vitest";
import { LocalSessions } from "../src/sessions/local/local-sessions.ts";

test("runs of one session are read in the order they happened, whatever their names", async () => {
  const home = mkdtempSync(join(tmpdir(), "caum-local-sessions-"));
  for (const [minute, name] of ["ffff", "aaaa", "0000"].entries()) {
    const observer = createObserver({
      writer: "test",
      writerVersion: "1.0.0",
      layer: "framework",
      view: "full",
      home,
      env: {},
      clock: () => Date.UTC(2026, 0, 1, 12, minute),
    });
    const before = new Set(minute === 0 ? [] : readdirSync(join(home, "runs")));
    observer.observe("s", { tool: `tool-${minute}`, status: "ok" });
    await observer.close();
    const [made = ""] = readdirSync(join(home, "runs")).filter((run) => !before.has(run));
    renameSync(join(home, "runs", made), join(home, "runs", name));
  }
  const steps = await new LocalSessions(home).read();
  expect(steps.map((step) => step.tool)).toEqual(["tool-0", "tool-1", "tool-2"]);
  rmSync(home, { recursive: true, force: true });
});

const LOOPING_WRITER = `
  import { createObserver } from "@caum/core";
  const writer = { writer: "test", writerVersion: "1", layer: "framework", view: "full" };
  const observer = createObserver({ home: process.argv[1], env: {}, ...writer });
  for (let step = 0; step < 8; step++) {
    observer.observe("killed", { tool: "search", arguments: { of: 1 }, result: { found: 2 } });
  }
  await observer.flush();
  process.stdout.write("flushed");
  setInterval(() => undefined, 1_000);
`;

test("a session whose writer was killed is over, and does not loop now", async () => {
  const home = mkdtempSync(join(tmpdir(), "caum-local-sessions-"));
  const words = ["--conditions=@caum/source", "--no-warnings", "--input-type=module"];
  const args = [...words, "--eval", LOOPING_WRITER, home];
  const writer = spawn(process.execPath, args, { cwd: import.meta.dirname });
  try {
    await said(writer, "flushed");
    expect(await summaryOf(home)).toMatchObject({ live_alert: true, ended: false });
    const gone = new Promise((resolve) => writer.once("exit", resolve));
    writer.kill("SIGKILL");
    await gone;
    expect(await summaryOf(home)).toMatchObject({ live_alert: false, ended: true, loop_count: 1 });
  } finally {
    writer.kill("SIGKILL");
    rmSync(home, { recursive: true, force: true });
  }
});

async function summaryOf(home: string) {
  const local = new LocalSessions(home);
  await local.read();
  return local.sessions[0]?.summary(undefined);
}

function said(writer: ChildProcess, word: string): Promise<void> {
  return new Promise((resolve, reject) => {
    writer.stdout?.on("data", (data) => String(data).includes(word) && resolve());
    writer.once("exit", (code) => reject(new Error(`the writer ended with ${code}`)));
  });
}
