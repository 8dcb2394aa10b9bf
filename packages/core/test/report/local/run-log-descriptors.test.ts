import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createObserver } from "../../../src/observer.ts";

const DESCRIPTORS = "/proc/self/fd";

test.skipIf(!existsSync(DESCRIPTORS))("open sessions hold no file open", async () => {
  const home = mkdtempSync(join(tmpdir(), "caum-descriptors-"));
  const identity = { writer: "test", writerVersion: "1", layer: "model", view: "full" } as const;
  const observer = createObserver({ ...identity, home, env: {}, upstream: false });
  const before = readdirSync(DESCRIPTORS).length;
  for (let round = 0; round < 2; round += 1) {
    for (let session = 0; session < 100; session += 1) {
      observer.observe(`s${session}`, { tool: "read", result: round });
    }
    await observer.flush();
  }
  expect(readdirSync(DESCRIPTORS).length - before).toBeLessThan(20);
  await observer.close();
  for (const run of readdirSync(join(home, "runs"))) {
    const lines = readFileSync(join(home, "runs", run, "records.ndjson"), "utf8")
      .trim()
      .split("\n");
    expect(lines).toHaveLength(4);
  }
  rmSync(home, { recursive: true, force: true });
});
