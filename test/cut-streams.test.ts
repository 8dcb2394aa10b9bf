import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findOldestNode } from "./find-oldest-node.ts";

const root = join(import.meta.dirname, "..");

/** This Node, and the oldest one that client packages promise, where it is installed. */
function nodes(): string[] {
  const oldest = findOldestNode();
  return oldest === undefined ? [process.execPath] : [process.execPath, oldest];
}

test("a wrapped client hands on every event that the bare one does, wherever it breaks", () => {
  const home = mkdtempSync(join(tmpdir(), "caum-cut-"));
  for (const node of nodes()) {
    const output = execFileSync(node, ["test/fixtures/cut-streams.mjs"], {
      cwd: root,
      env: { ...process.env, CAUM_HOME: home },
      encoding: "utf8",
    });
    expect(output).toMatch(/^v\S+: 528 places, the same\n$/);
  }
  rmSync(home, { recursive: true, force: true });
});
