import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AdapterOptions } from "@caum/core/adapter";
import type { StructuralRecord } from "@caum/core/verify";
import { CaumCallbackHandler } from "@caum/langchain";
import { recordsIn } from "../../../test/records.ts";

/** Runs something observed and gives every record that was made of it. */
export async function recorded(
  work: (handler: CaumCallbackHandler) => Promise<unknown>,
  options: AdapterOptions = {},
): Promise<StructuralRecord[]> {
  const home = mkdtempSync(join(tmpdir(), "caum-langchain-"));
  const handler = new CaumCallbackHandler({ home, env: {}, quiet: true, ...options });
  try {
    await work(handler);
  } finally {
    await handler.close();
  }
  const records = recordsIn(home);
  rmSync(home, { recursive: true, force: true });
  return records;
}
