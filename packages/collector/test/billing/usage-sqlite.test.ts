import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { type UsageStore, usageContract } from "./usage-contract.ts";

async function open(folder = mkdtempSync(join(tmpdir(), "caum-usage-"))): Promise<UsageStore> {
  const store = await openSqliteStore(folder);
  return {
    store,
    async change(sql) {
      const database = new DatabaseSync(join(folder, "caum.db"));
      database.exec(sql);
      database.close();
    },
    async reopen() {
      await store.close();
      return open(folder);
    },
    async dispose() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

describe("SQLite", () => usageContract(open));
