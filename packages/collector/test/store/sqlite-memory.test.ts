import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { checkUpgraded, fillBefore, memoryContract } from "../store-contract-memory.ts";
import { openSqlite } from "./open-sqlite.ts";
import { undoStructures } from "./undo-loops.ts";

describe("SQLite", () => memoryContract(openSqlite));

test("sessions of a folder of the layout before are counted as far as they can be", async () => {
  const folder = mkdtempSync(join(tmpdir(), "caum-before-"));
  const store = await openSqliteStore(folder);
  await fillBefore(store);
  await store.close();
  const database = new DatabaseSync(join(folder, "caum.db"));
  for (const sql of undoStructures(12)) database.exec(sql);
  const without = "update judgements set state = json_remove(state, '$.structure')";
  expect(Number(database.prepare(without).run().changes)).toBeGreaterThan(0);
  database.close();
  const later = await openSqliteStore(folder);
  await checkUpgraded(later);
  await later.close();
  rmSync(folder, { recursive: true, force: true });
});
