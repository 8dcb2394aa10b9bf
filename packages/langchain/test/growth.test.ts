import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Adapter } from "@caum/core/adapter";
import { expect, test } from "vitest";
import { Observations } from "../src/observations.ts";

test("10,000 abandoned runs leave nothing that grows", async () => {
  const home = mkdtempSync(join(tmpdir(), "caum-growth-"));
  const identity = {
    writer: "test",
    writerVersion: "1",
    layer: "framework",
    view: "full",
    sourceFramework: "langchain",
  } as const;
  const adapter = new Adapter(identity, { home, env: {}, quiet: true, session: "s" });
  const seen = new Observations(adapter);
  const abandon = (from: number, to: number) => {
    for (let at = from; at < to; at++) {
      seen.chainStarted(`chain-${at}`, [undefined]);
      seen.modelStarted(`model-${at}`, `chain-${at}`, {}, []);
    }
  };
  abandon(0, 10_000);
  const full = adapter.calls.openCount;
  abandon(10_000, 20_000);
  expect(adapter.calls.openCount).toBe(full);
  adapter.calls.sweep(Date.now() + 3_600_000);
  expect(adapter.calls.openCount).toBe(0);
  expect(adapter.failures).toBe(0);
  await adapter.close();
  rmSync(home, { recursive: true, force: true });
});
