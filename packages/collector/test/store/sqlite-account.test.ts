import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { accountContract } from "../store-contract-account.ts";
import { openSqlite } from "./open-sqlite.ts";
import { undoMakers } from "./undo-loops.ts";

describe("SQLite", () => {
  accountContract(openSqlite);
});

test("keys of a folder of the layout before say nothing of who made them", async () => {
  const folder = mkdtempSync(join(tmpdir(), "caum-before-"));
  const facts = {
    prefix: "caum_",
    scopes: ["read"],
    createdMs: 1,
    maker: { kind: "first_start" },
  } as const;
  const add = { kind: "add_key", tenant: 1, ...facts } as const;
  const store = await openSqliteStore(folder);
  await store.administer({ ...add, hash: "a".repeat(64), keyId: "key_before" });
  await store.close();
  const database = new DatabaseSync(join(folder, "caum.db"));
  for (const sql of undoMakers(20)) database.exec(sql);
  database.close();
  const later = await openSqliteStore(folder);
  await later.administer({ ...add, hash: "b".repeat(64), keyId: "key_later" });
  const kept = await later.reader.keys(1);
  expect(kept.map(({ keyId, maker }) => [keyId, maker])).toEqual([
    ["key_before", undefined],
    ["key_later", { kind: "first_start" }],
  ]);
  await later.close();
  rmSync(folder, { recursive: true, force: true });
});
