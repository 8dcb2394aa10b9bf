import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { expand } from "../../src/store/chunks/compressed.ts";
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
  // As the version before stored it: a text, without what was counted.
  const rows = database.prepare("select session, state from judgements").all();
  expect(rows).not.toEqual([]);
  const save = database.prepare("update judgements set state = ? where session = ?");
  for (const { session, state } of rows) {
    if (!(state instanceof Uint8Array)) throw new Error("no bytes");
    const { structure, ...judgement } = JSON.parse(expand(state));
    expect(structure).toBeDefined();
    save.run(JSON.stringify(judgement), Number(session));
  }
  database.close();
  const later = await openSqliteStore(folder);
  await checkUpgraded(later);
  await later.close();
  rmSync(folder, { recursive: true, force: true });
});
