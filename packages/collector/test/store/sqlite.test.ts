import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { LAYOUT_VERSION } from "../../src/store/sqlite/migrations.ts";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { storeContract } from "../store-contract.ts";
import { openSqlite } from "./open-sqlite.ts";

describe("SQLite", () => {
  storeContract(openSqlite);

  test("a folder of a newer program is refused", async () => {
    const folder = mkdtempSync(join(tmpdir(), "caum-store-"));
    await (await openSqliteStore(folder)).close();
    const database = new DatabaseSync(join(folder, "caum.db"));
    database.prepare("insert into schema_migrations values (?)").run(LAYOUT_VERSION + 1);
    database.close();
    await expect(openSqliteStore(folder)).rejects.toThrow("update caum");
    rmSync(folder, { recursive: true, force: true });
  });
});
