import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { registerCaum } from "@caum/ai-sdk";
import type { AdapterOptions } from "@caum/core/adapter";
import type { StructuralRecord } from "@caum/core/verify";
import { recordsIn } from "../../../test/records.ts";

/** Runs something observed and gives every record that was made of it. */
export async function recorded(
  work: () => Promise<unknown>,
  options: AdapterOptions = {},
): Promise<StructuralRecord[]> {
  const home = mkdtempSync(join(tmpdir(), "caum-ai-sdk-"));
  const registration = registerCaum({ home, env: {}, quiet: true, ...options });
  try {
    await work();
  } finally {
    await registration.close();
  }
  const records = recordsIn(home);
  rmSync(home, { recursive: true, force: true });
  return records;
}
