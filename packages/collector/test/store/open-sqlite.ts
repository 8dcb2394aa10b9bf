import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { StoreUnderTest } from "../store-contract.ts";

/** An empty store in a folder of its own. */
export function openSqlite(): Promise<StoreUnderTest> {
  return openIn(mkdtempSync(join(tmpdir(), "caum-store-")));
}

async function openIn(folder: string): Promise<StoreUnderTest> {
  const store = await openSqliteStore(folder);
  return {
    store,
    async reopen() {
      await store.close();
      return openIn(folder);
    },
    async dispose() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
