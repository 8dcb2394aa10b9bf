/** The folder that is moved: held so that nobody writes to it, and only read. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Row } from "../store/columns/columns.ts";
import { checkReadable } from "../store/program/records/stored-records.ts";
import { lockFolder } from "../store/sqlite/folder-lock.ts";
import { NEW_EVENT_IDS } from "../store/sqlite/ingest/known-events.ts";
import { LAYOUT_VERSION } from "../store/sqlite/migrations.ts";
import { ProgramPlayer } from "../store/sqlite/program-player.ts";
import type { TableName } from "../store/tables.ts";
import { MigrationError } from "./migration-error.ts";

type Value = string | number | null | Uint8Array;

/** Of tables whose rows name no tenant. */
const ORDERS: ReadonlyMap<TableName, string> = new Map([
  ["tenants", "key"],
  ["service_clock", "one"],
  ["witness_leases", "witness"],
]);

export class SourceFolder {
  readonly #database: DatabaseSync;
  readonly #release: () => void;

  /**
   * @throws {FolderInUseError} when a collector runs on it
   * @throws {MigrationError} when it is no data folder of this version
   * @throws {Error} when this Node is too old for its records
   */
  constructor(folder: string) {
    const path = join(folder, "caum.db");
    // Asked first: taking the lock would make a folder's file where there is no folder of ours.
    if (!existsSync(path)) {
      throw new MigrationError(
        "no_folder",
        `${folder} is no data folder: there is no caum.db in it`,
      );
    }
    const lock = lockFolder(folder);
    try {
      this.#database = new DatabaseSync(path, { readOnly: true });
      this.#release = () => lock.release();
      this.#checkLayout();
      new ProgramPlayer(this.#database).play(checkReadable("the data folder"));
      this.#readNewEventIds();
    } catch (failure) {
      lock.release();
      throw failure;
    }
  }

  count(table: TableName): number {
    return Number(this.#one(`select count(*) as count from ${table}`)?.count ?? 0);
  }

  countOf(table: TableName, session: number): number {
    const sql = `select count(*) as count from ${table} where session = ?`;
    return Number(this.#database.prepare(sql).get(session)?.count ?? 0);
  }

  /** Of all sessions that were not deleted. */
  countRecords(): number {
    const sql = "select coalesce(sum(size), 0) as count from sessions where gone = 0";
    return Number(this.#one(sql)?.count ?? 0);
  }

  /** All rows of a table, those of one tenant beside each other. */
  rows(table: TableName): Iterable<Row> {
    return this.#all(`select * from ${table} order by ${ORDERS.get(table) ?? "tenant"}`);
  }

  tenants(): readonly number[] {
    return [...this.#all("select distinct tenant from sessions order by tenant")].map(
      ({ tenant }) => Number(tenant),
    );
  }

  /** Sessions of a tenant by key, from behind the given one. */
  sessions(tenant: number, after: number, limit: number): readonly Row[] {
    const sql = "select * from sessions where tenant = ? and key > ? order by key limit ?";
    return [...this.#all(sql, tenant, after, limit)];
  }

  ofSession(table: TableName, session: number): Iterable<Row> {
    return this.#all(`select * from ${table} where session = ?`, session);
  }

  close(): void {
    this.#database.close();
    this.#release();
  }

  #checkLayout(): void {
    const row = this.#one("select max(version) as version from schema_migrations");
    const version = Number(row?.version ?? 0);
    if (version === LAYOUT_VERSION) return;
    const todo =
      version > LAYOUT_VERSION
        ? "update caum"
        : "start and stop caum up on it once, which brings it up to date";
    throw new MigrationError(
      "other_layout",
      `the data folder has layout ${version}, this program moves ${LAYOUT_VERSION}: ${todo}`,
    );
  }

  /** What a collector that was killed had not moved to its table yet; every row of it is there once. */
  #readNewEventIds(): void {
    if (Number(this.#one("select count(*) as count from new_event_ids")?.count ?? 0) === 0) return;
    this.#database.exec(`create temp view event_ids as select * from main.event_ids
      union ${NEW_EVENT_IDS}`);
  }

  #one(sql: string): Row | undefined {
    return this.#database.prepare(sql).get();
  }

  #all(sql: string, ...values: readonly Value[]): Iterable<Row> {
    return this.#database.prepare(sql).iterate(...values);
  }
}
