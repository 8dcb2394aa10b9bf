import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createObserver, type Observer } from "@caum/core";
import { observeModelClient } from "@caum/core/adapter";
import type { StructuralRecord } from "@caum/core/verify";
import { recordsIn } from "../records.ts";
import { type Script, scripted } from "../wire-server/scripted.ts";

/** What is recorded when a client asks a model that gives these answers, after all open was given up. */
export async function recordedOf(
  vendor: "openai" | "anthropic",
  script: Script[],
  work: (fetch: typeof globalThis.fetch, observer: Observer) => Promise<unknown>,
): Promise<readonly StructuralRecord[]> {
  const home = mkdtempSync(join(tmpdir(), "caum-seen-"));
  const writer = { writer: `caum-${vendor}`, writerVersion: "1", layer: "model", view: "full" };
  // Of the kinds that a writer can be.
  const identity = writer as Parameters<typeof createObserver>[0];
  const observer = createObserver({ ...identity, home, env: {} });
  await work(scripted(script).fetch, observer);
  const options = { observer, quiet: true };
  // The very adapter that the wrapper made for this observer.
  await observeModelClient({ ...identity, sourceFramework: vendor }, options).adapter.close();
  const records = recordsIn(home);
  rmSync(home, { recursive: true, force: true });
  return records;
}
