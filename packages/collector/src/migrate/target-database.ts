/** The database that a folder is moved to. */

import { expand } from "../store/chunks/compressed.ts";
import { integer, type Row, text } from "../store/columns/columns.ts";
import { Database, type Transaction } from "../store/postgres/database.ts";
import { MOVING } from "../store/postgres/identity.ts";
import { listedMs } from "../store/postgres/ingest/listed-ms.ts";
import type { Scope } from "../store/program/program.ts";
import { ALL_TABLES, type TableName } from "../store/tables.ts";
import { MigrationError } from "./migration-error.ts";
import type { SourceKeys } from "./source-keys.ts";

interface Column {
  readonly name: string;
  readonly type: string;
}

const CONNECTIONS = 2;
/** Set by nodes; rows that are moved start from the beginning. */
const FIRST_VERSION = 1;

const COLUMNS = `select table_name, column_name, data_type from information_schema.columns
  where table_schema = current_schema() order by table_name, ordinal_position`;
const CLAIM = `insert into node_identity (one, verifier_key, digest_key) values (1, $1, $2)
  on conflict do nothing`;

export class TargetDatabase {
  readonly #database: Database;
  readonly #columns: ReadonlyMap<string, readonly Column[]>;

  /** Lays the database out when it is empty. */
  static async open(url: string): Promise<TargetDatabase> {
    const database = await Database.open(url, CONNECTIONS);
    const columns = new Map<string, Column[]>();
    const rows = await database.read({ everyone: "directory" }, (transaction) =>
      transaction.rows("move_columns", COLUMNS),
    );
    for (const row of rows) {
      const table = text(row, "table_name");
      const known = columns.get(table) ?? [];
      known.push({ name: text(row, "column_name"), type: text(row, "data_type") });
      columns.set(table, known);
    }
    return new TargetDatabase(database, columns);
  }

  private constructor(database: Database, columns: ReadonlyMap<string, readonly Column[]>) {
    this.#database = database;
    this.#columns = columns;
  }

  /**
   * Takes the database for this folder.
   *
   * @returns whether it was taken before, by a migration that did not come to its end
   * @throws {MigrationError} when it holds something else
   */
  async claim(keys: SourceKeys): Promise<boolean> {
    return this.write({ everyone: "directory" }, async (transaction) => {
      const mark = `${MOVING}${keys.digestKey}`;
      const [known] = await transaction.rows("move_identity", "select * from node_identity");
      if (known !== undefined) return isResumed(known, keys, mark);
      const used = await transaction.rows("move_used", "select 1 from tenants limit 1");
      if (used.length > 0) throw notEmpty();
      const taken = await transaction.change("move_claim", CLAIM, [keys.verifierKey, mark]);
      if (taken === 0) throw notEmpty();
      return false;
    });
  }

  /** From now on nodes with the folder's keys start on it. */
  async release(keys: SourceKeys): Promise<void> {
    await this.write({ everyone: "directory" }, (transaction) =>
      transaction.change("move_release", "update node_identity set digest_key = $1", [
        keys.digestKey,
      ]),
    );
  }

  write<T>(scope: Scope, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#database.write(scope, work);
  }

  read<T>(scope: Scope, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#database.read(scope, work);
  }

  /** @param known what rows of the folder do not say by themselves */
  async insert(
    transaction: Transaction,
    table: TableName,
    rows: readonly Row[],
    known: Row = {},
  ): Promise<void> {
    if (rows.length === 0) return;
    const columns = this.#columns.get(table) ?? [];
    const names = columns.map(({ name }) => name).join(", ");
    const arrays = columns.map(({ type }, at) => `$${at + 1}::${type}[]`).join(", ");
    const sql = `insert into ${table} (${names}) select * from unnest(${arrays}) on conflict do nothing`;
    const values = columns.map(({ name }) =>
      rows.map((row) => columnOf(table, name, { ...known, ...row })),
    );
    await transaction.change(`move_${table}`, sql, values);
  }

  async counts(): Promise<ReadonlyMap<TableName, number>> {
    const parts = ALL_TABLES.map((table) => `(select count(*) from ${table}) as ${table}`);
    const [row] = await this.read({ everyone: "all" }, (transaction) =>
      transaction.rows("move_counts", `select ${parts.join(", ")}`),
    );
    return new Map(ALL_TABLES.map((table) => [table, Number(row?.[table] ?? 0)]));
  }

  close(): Promise<void> {
    return this.#database.close();
  }
}

function isResumed(known: Row, keys: SourceKeys, mark: string): true {
  if (known.verifier_key === keys.verifierKey && known.digest_key === mark) return true;
  if (known.verifier_key === keys.verifierKey && known.digest_key === keys.digestKey) {
    throw new MigrationError("already_moved", "this folder was moved to this database before");
  }
  throw notEmpty();
}

function notEmpty(): MigrationError {
  return new MigrationError("not_empty", "the database is not empty: name an empty one with --to");
}

function columnOf(table: TableName, name: string, row: Row): unknown {
  if (name === "version" && table === "sessions") return FIRST_VERSION;
  if (name === "listed_ms" && table === "sessions") return listedMs(integer(row, "last_ms"));
  const value = row[name];
  if (value === undefined) throw new TypeError(`the folder has no ${table}.${name}`);
  if (!(value instanceof Uint8Array)) return value;
  // A folder keeps compressed what PostgreSQL compresses by itself.
  return table === "judgements" && name === "state" ? expand(value) : Buffer.from(value);
}
