import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { openSqlite } from "../store/open-sqlite.ts";
import { checkEarlier, fillEarlier, overviewContract, UNDO_OVERVIEW } from "./overview-contract.ts";

const VERSION = 14;

describe("SQLite", () => overviewContract(openSqlite));

test("sessions of a folder of the layout before are rolled up", async () => {
  const folder = mkdtempSync(join(tmpdir(), "caum-before-"));
  const store = await openSqliteStore(folder);
  const tenant = await fillEarlier(store);
  await store.close();
  const database = new DatabaseSync(join(folder, "caum.db"));
  const undo = [
    ...UNDO_OVERVIEW,
    // Of the layout after it.
    "drop table new_event_ids",
    `delete from schema_migrations where version >= ${VERSION}`,
  ];
  for (const sql of undo) database.exec(sql);
  database.close();
  const later = await openSqliteStore(folder);
  await checkEarlier(later, tenant);
  await later.close();
  rmSync(folder, { recursive: true, force: true });
});
