/** Transactions that see one tenant. */
import type { PoolClient } from "pg";
import type { Row } from "../columns/columns.ts";
import type { Scope } from "../program/program.ts";
import { writtenAddresses } from "./addresses.ts";
import { type Answer, Batch } from "./batch.ts";
import { Connections } from "./connections.ts";
import { applyLayout, boundRole } from "./layout/apply-layout.ts";
import { CommitLost, ServerAway, StandbyAway, troubleOf } from "./sql-state.ts";

/**
 * One transaction. Statements go out at once and are done in their order: whoever does not need the
 * answer of one to ask the next, asks both before it waits, and the way is gone once.
 */
export interface Transaction {
  /** A statement is prepared once per connection under its name, where that can be relied upon. */
  rows(name: string, sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** @returns how many rows it changed */
  change(name: string, sql: string, values?: readonly unknown[]): Promise<number>;
  /** Nobody waits for it: where it fails, nothing is committed, and its failure is that of all. */
  send(name: string, sql: string, values?: readonly unknown[]): void;
}

/**
 * Set in every transaction, so that it also holds behind a pool of connections: no lock is waited for
 * longer than this, and the locks of a node that hangs are given back. A server that answers before
 * it wrote would break the promise of a durable answer.
 */
const LIMITS = `set_config('lock_timeout', '5s', true),
  set_config('idle_in_transaction_session_timeout', '20s', true), set_config('synchronous_commit',
    coalesce(nullif(current_setting('synchronous_commit'), 'off'), 'on'), true)`;
/** The settings end with the transaction. What is not set by it stays empty: then no row is seen. */
const SCOPE = `set_config('caum.tenant', $1, true), set_config('caum.secret', $2, true),
  set_config('caum.scope', $3, true)`;

/**
 * Transactions of this user that wait for a standby, for longer than a standby needs that is there.
 * The wait stays when whoever asked for the commit is gone.
 */
const WAITING = `select 1 from pg_stat_activity where wait_event = 'SyncRep'
  and state_change < clock_timestamp() - $1 * interval '1 millisecond' limit 1`;
/** What takes longer than this is looked into, and given up where waiting for it is no use. */
const SLOW_MS = 8_000;

export class Database {
  readonly #connections: Connections;
  readonly #slowMs: number;
  readonly #settings: { readonly write: string; readonly read: string };

  /** @throws {Error} with one line that says what to do, when the driver is not installed */
  static async open(url: string, connections: number, slowMs = SLOW_MS): Promise<Database> {
    const opened = await Connections.open(writtenAddresses(url), connections);
    try {
      const role = await opened.use(async (client) => {
        await applyLayout(client);
        return boundRole(client);
      });
      return new Database(opened, slowMs, role);
    } catch (failure) {
      await opened.close();
      throw failure;
    }
  }

  /** To read only, over connections to a database that is laid out elsewhere. */
  static over(connections: Connections, role: string | undefined): Database {
    return new Database(connections, SLOW_MS, role);
  }

  /** @param role what a superuser's transactions work as */
  private constructor(connections: Connections, slowMs: number, role: string | undefined) {
    this.#connections = connections;
    this.#slowMs = slowMs;
    // Not an option of the connection: what lends connections to many clients refuses it.
    const stepDown = role === undefined ? "" : `set_config('role', '${role}', true), `;
    this.#settings = {
      write: `select ${stepDown}${SCOPE}, ${LIMITS}`,
      read: `select ${stepDown}${SCOPE}`,
    };
  }

  /**
   * Runs `work` in a transaction and commits it.
   *
   * @throws {CommitLost} when the connection broke while the commit was under way
   */
  async write<T>(scope: Scope, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#transact("begin", this.#settings.write, scope, work);
  }

  async read<T>(scope: Scope, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#transact("begin read only", this.#settings.read, scope, work);
  }

  /**
   * Whether commits wait for a standby that does not confirm them.
   *
   * @throws when the server does not say
   */
  async waitsForStandby(): Promise<boolean> {
    return (await this.#connections.ask(WAITING, [this.#slowMs / 2])).length > 0;
  }

  /** How far the log of this server is, as two numbers in hexadecimal digits. */
  async writtenPosition(): Promise<string> {
    const [row] = await this.#connections.ask("select pg_current_wal_lsn()::text as written", []);
    return String(row?.written);
  }

  async close(): Promise<void> {
    await this.#connections.close();
  }

  /**
   * A statement that is slow is waited for while its server works. A commit that a standby holds up
   * is not, and cannot be taken back: its transaction goes on waiting when we are gone.
   */
  #watched(batch: Batch): Batch {
    const look = async () => {
      const isOfStandby = await this.waitsForStandby().catch((failure) => {
        batch.handleError(new ServerAway("the server does not answer", failure));
        return false;
      });
      if (isOfStandby) batch.handleError(new StandbyAway());
    };
    const timer = setTimeout(() => void look(), this.#slowMs);
    batch.onEnd = () => clearTimeout(timer);
    return batch;
  }

  async #transact<T>(
    begin: string,
    settings: string,
    scope: Scope,
    work: (transaction: Transaction) => Promise<T>,
  ): Promise<T> {
    const values = settingsFor(scope);
    const client = await this.#connections.take();
    let isBroken = false;
    const onError = () => {
      isBroken = true;
    };
    client.on("error", onError);
    const keepsStatements = this.#connections.keepsStatements(client);
    const newBatch = () => {
      const batch = new Batch(this.#connections.parserOf, keepsStatements);
      return this.#watched(batch);
    };
    const transaction = new ClientTransaction(client, newBatch);
    try {
      transaction.send(begin, begin);
      transaction.send(begin === "begin" ? "settings" : "read_settings", settings, values);
      const result = await work(transaction);
      await transaction.commit();
      return result;
    } catch (failure) {
      this.#connections.note(failure);
      isBroken ||= troubleOf(failure) === "lost";
      isBroken ||= !(await transaction.rollback());
      throw failure;
    } finally {
      client.off("error", onError);
      client.release(isBroken);
    }
  }
}

class ClientTransaction implements Transaction {
  readonly #client: PoolClient;
  readonly #newBatch: () => Batch;
  /** Statements of this turn of the event loop: they go out together. */
  #batch: Batch | undefined;
  /** Statements whose answer nobody waits for alone. */
  readonly #sent: Promise<unknown>[] = [];

  constructor(client: PoolClient, newBatch: () => Batch) {
    this.#client = client;
    this.#newBatch = newBatch;
  }

  /** Anything but a clear answer leaves open whether it was done. */
  async commit(): Promise<void> {
    this.send("commit", "commit");
    try {
      await Promise.all(this.#sent);
    } catch (failure) {
      if (troubleOf(failure) === "lost") throw new CommitLost(failure);
      throw failure;
    }
  }

  /** @returns false when the connection is of no more use */
  async rollback(): Promise<boolean> {
    // What was asked and not sent must not be done behind the end of the transaction.
    this.#flush();
    try {
      await this.#client.query("rollback");
      return true;
    } catch {
      return false;
    }
  }

  rows(name: string, sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return quiet(this.#add(name, sql, values).then(({ rows }) => rows));
  }

  change(name: string, sql: string, values: readonly unknown[] = []): Promise<number> {
    return quiet(this.#add(name, sql, values).then(({ changed }) => changed));
  }

  send(name: string, sql: string, values: readonly unknown[] = []): void {
    this.#sent.push(quiet(this.#add(name, sql, values)));
  }

  #add(name: string, sql: string, values: readonly unknown[]): Promise<Answer> {
    if (this.#batch === undefined) {
      this.#batch = this.#newBatch();
      // Microtasks come before the next tick: whatever they ask goes out with it.
      process.nextTick(() => this.#flush());
    }
    const answer = quiet(this.#batch.add(name, sql, values));
    // A failure before it is why this one failed.
    return Promise.all(this.#sent).then(() => answer);
  }

  #flush(): void {
    if (this.#batch) this.#client.query(this.#batch);
    this.#batch = undefined;
  }
}

/** Somebody looks at it later. */
function quiet<T>(statement: Promise<T>): Promise<T> {
  statement.catch(() => {});
  return statement;
}

/** Tenant, secret and scope. */
function settingsFor(scope: Scope): readonly string[] {
  if ("tenant" in scope) {
    if (!Number.isSafeInteger(scope.tenant)) throw new TypeError("a tenant is an integer");
    return [String(scope.tenant), "", ""];
  }
  if ("secret" in scope) return ["", scope.secret, "directory"];
  return ["", "", scope.everyone];
}
