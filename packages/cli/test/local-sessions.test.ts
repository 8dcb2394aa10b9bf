import { mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createObserver } from "@caum/core";
import { expect, test } from "vitest";
import { LocalSessions } from "../src/sessions/local-sessions.ts";

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
