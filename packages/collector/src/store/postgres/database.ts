/** Connections, and transactions that see one tenant. */
import type { Pool, PoolClient, QueryResult } from "pg";
import type { Row } from "../sqlite/columns.ts";
import { applyLayout, boundRole } from "./layout/apply-layout.ts";
import { CommitLost, troubleOf } from "./sql-state.ts";

/** Whose rows a transaction sees. */
export type Scope =
  | { readonly tenant: number }
  /** The rows that the secret with this SHA-256 opens. */
  | { readonly secret: string }
  | { readonly everyone: "directory" | "all" };

/** One transaction. */
export interface Transaction {
  /** A statement is prepared once per connection under its name. */
  rows(name: string, sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** @returns how many rows it changed */
  change(name: string, sql: string, values?: readonly unknown[]): Promise<number>;
}

const CONNECT_MS = 5_000;
/** A server that does not answer for so long counts as lost. */
const QUERY_MS = 30_000;
const BIGINT = 20;

/**
 * Set in every transaction, so that it also holds behind a pool of connections: no lock is waited for
 * longer than this, and the locks of a node that hangs are given back.
 */
const LIMITS =
  "set local lock_timeout = '5s'; set local idle_in_transaction_session_timeout = '20s'";
/** A server that answers before it wrote would break the promise of a durable answer. */
const DURABLE = `select set_config('synchronous_commit', 'on', true)
  where current_setting('synchronous_commit') = 'off'`;

export class Database {
  readonly #pool: Pool;

  /** @throws {Error} with one line that says what to do, when the driver is not installed */
  static async open(url: string, connections: number): Promise<Database> {
    const pg = await loadDriver();
    pg.types.setTypeParser(BIGINT, Number);
    const settings = {
      connectionString: url,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: QUERY_MS,
      application_name: "caum",
      keepAlive: true,
    };
    const client = new pg.Client(settings);
    client.on("error", () => {}); // The query that it breaks tells.
    await client.connect();
    try {
      await applyLayout(client);
      const role = await boundRole(client);
      const options = role === undefined ? {} : { options: `-c role=${role}` };
      return new Database(new pg.Pool({ ...settings, ...options, max: connections }));
    } finally {
      await client.end();
    }
  }

  private constructor(pool: Pool) {
    this.#pool = pool;
    // A connection that breaks while nobody uses it is replaced when it is needed.
    pool.on("error", () => {});
  }

  /**
   * Runs `work` in a transaction and commits it.
   *
   * @throws {CommitLost} when the connection broke while the commit was under way
   */
  async write<T>(scope: Scope, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#transact(`begin; ${LIMITS}; ${DURABLE}; ${settingsFor(scope)}`, work);
  }

  async read<T>(scope: Scope, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#transact(`begin read only; ${settingsFor(scope)}`, work);
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #transact<T>(begin: string, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    let isBroken = false;
    const onError = () => {
      isBroken = true;
    };
    client.on("error", onError);
    try {
      await client.query(begin);
      const result = await work(new ClientTransaction(client));
      await commit(client);
      return result;
    } catch (failure) {
      isBroken ||= troubleOf(failure) === "lost";
      if (!isBroken) isBroken = !(await isRolledBack(client));
      throw failure;
    } finally {
      client.off("error", onError);
      client.release(isBroken);
    }
  }
}

class ClientTransaction implements Transaction {
  readonly #client: PoolClient;

  constructor(client: PoolClient) {
    this.#client = client;
  }

  async rows(name: string, sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return (await this.#query(name, sql, values)).rows;
  }

  async change(name: string, sql: string, values: readonly unknown[] = []): Promise<number> {
    return (await this.#query(name, sql, values)).rowCount ?? 0;
  }

  #query(name: string, text: string, values: readonly unknown[]): Promise<QueryResult> {
    return this.#client.query({ name, text, values: [...values] });
  }
}

/** Anything but a clear answer leaves open whether it was done. */
async function commit(client: PoolClient): Promise<void> {
  try {
    await client.query("commit");
  } catch (failure) {
    if (troubleOf(failure) === "lost") throw new CommitLost(failure);
    throw failure;
  }
}

async function isRolledBack(client: PoolClient): Promise<boolean> {
  try {
    await client.query("rollback");
    return true;
  } catch {
    return false;
  }
}

/** The settings end with the transaction. What is not set by it stays empty: then no row is seen. */
function settingsFor(scope: Scope): string {
  if ("tenant" in scope) {
    if (!Number.isSafeInteger(scope.tenant)) throw new TypeError("a tenant is an integer");
    return `select set_config('caum.tenant', '${scope.tenant}', true)`;
  }
  if ("secret" in scope) {
    if (!/^[0-9a-f]*$/.test(scope.secret)) throw new TypeError("a hash is hexadecimal");
    return `select set_config('caum.secret', '${scope.secret}', true), set_config('caum.scope', 'directory', true)`;
  }
  return `select set_config('caum.scope', '${scope.everyone}', true)`;
}

async function loadDriver(): Promise<typeof import("pg").default> {
  try {
    // The driver is CommonJS: its exports are those of its default export.
    return (await import("pg")).default;
  } catch {
    throw new Error("--database needs the package pg: npm install pg");
  }
}
