import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { loopContract, senderOf } from "../store-contract-loops.ts";
import { openSqlite } from "./open-sqlite.ts";
import { undoLoops } from "./undo-loops.ts";

describe("SQLite", () => loopContract(openSqlite));

test("a folder of the layout before says of its loops what its figures do", async () => {
  const folder = mkdtempSync(join(tmpdir(), "caum-before-"));
  const store = await openSqliteStore(folder);
  const subject = { store, reopen: async () => subject, dispose: () => store.close() };
  await senderOf(() => subject, "looped").loop(6);
  await senderOf(() => subject, "clean").work(6);
  await store.close();
  const database = new DatabaseSync(join(folder, "caum.db"));
  for (const sql of undoLoops(6)) database.exec(sql);
  database.close();
  const later = await openSqliteStore(folder);
  expect(await later.reader.sessions(1, { limit: 9, hadLoop: true })).toMatchObject([
    { id: "looped", loops: { count: 1, steps: 6, worstTier: "T5" }, acknowledged: undefined },
  ]);
  const clean = await later.reader.session(1, "clean");
  expect(clean).toMatchObject({ loops: { count: 0, steps: 0 } });
  expect(clean && "activeMs" in clean && clean.activeMs === clean.lastMs).toBe(true);
  await senderOf(() => ({ ...subject, store: later }), "looped").loop(2);
  expect(await later.reader.session(1, "looped")).toMatchObject({ loops: { count: 1, steps: 8 } });
  await later.close();
  rmSync(folder, { recursive: true, force: true });
});
