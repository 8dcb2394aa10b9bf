import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { chainContract } from "../store-contract-chains.ts";
import { openSqlite } from "./open-sqlite.ts";
import { eventOf } from "./tenant-events.ts";

describe("SQLite", () => chainContract(openSqlite));

test("nothing of a deleted session is left among the traces", async () => {
  const folder = mkdtempSync(join(tmpdir(), "caum-traces-"));
  const store = await openSqliteStore(folder);
  for (const id of ["one", "two"]) {
    await store.submit(eventOf(1, id, { traces: ["aa".repeat(16), "bb".repeat(16)] }));
  }
  await store.administer({ kind: "delete_session", tenant: 1, sessionId: "one" });
  await store.close();
  const database = new DatabaseSync(join(folder, "caum.db"));
  expect(database.prepare("select count(*) as rows from traces").get()).toEqual({ rows: 2 });
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

test("sessions of a trace are looked up by its index, not searched among all", async () => {
  const folder = mkdtempSync(join(tmpdir(), "caum-traces-"));
  await (await openSqliteStore(folder)).close();
  const database = new DatabaseSync(join(folder, "caum.db"));
  const plan = database
    .prepare(
      `explain query plan select * from sessions not indexed where tenant = ? and gone = 0
        and key in (select session from traces where tenant = ? and id = ?)
        order by last_ms desc, key desc limit ?`,
    )
    .all(1, 1, new Uint8Array(16), 20);
  const steps = plan.map(({ detail }) => String(detail));
  expect(steps.filter((step) => step.startsWith("SCAN"))).toEqual([]);
  expect(steps.join("\n")).toMatch(/SEARCH sessions USING INTEGER PRIMARY KEY/);
  expect(steps.join("\n")).toMatch(/SEARCH traces USING PRIMARY KEY/);
  database.close();
  rmSync(folder, { recursive: true, force: true });
});
