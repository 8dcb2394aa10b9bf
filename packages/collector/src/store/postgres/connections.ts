/** Connections to whichever of the named servers is the wanted one, and what each can be trusted with. */
import type { Pool, PoolClient, PoolConfig } from "pg";
import type { Addresses, WantedServer } from "./addresses.ts";
import { ServerAway, sqlStateOf } from "./sql-state.ts";

const CONNECT_MS = 5_000;
/** A server that does not answer for so long counts as lost. */
const QUERY_MS = 30_000;
const BIGINT = 20;
/** A prepared statement that is not there: invalid_sql_statement_name. */
const NO_SUCH_STATEMENT = "26000";

/** Asked once of each new connection. */
const ABOUT = `select pg_backend_pid() as process, pg_is_in_recovery() as standby,
  current_setting('transaction_read_only') = 'on' as read_only`;

/** A server that is well answers a question about itself within this. */
const LOOK_MS = 2_000;

/** What is known of the server behind a connection. */
interface About {
  readonly isStandby: boolean;
  readonly isReadOnly: boolean;
  /** Whether what one transaction prepares is there in the next. */
  readonly keepsSession: boolean;
}

export type ParserOf = (type: number) => (text: string) => unknown;

export class Connections {
  readonly parserOf: ParserOf;
  readonly #pools: readonly Pool[];
  /** For questions about a server while all other connections to it may hang. */
  readonly #lookouts: readonly Pool[];
  readonly #wanted: WantedServer;
  readonly #about = new WeakMap<PoolClient, About>();
  /** The server that was the wanted one last. */
  #last = 0;
  #trustsNames = true;

  /** @throws {Error} with one line that says what to do, when the driver is not installed */
  static async open({ urls, wanted }: Addresses, connections: number): Promise<Connections> {
    const pg = await loadDriver();
    pg.types.setTypeParser(BIGINT, Number);
    const settings: PoolConfig = {
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: QUERY_MS,
      application_name: "caum",
      keepAlive: true,
      max: connections,
    };
    const pools = urls.map((connectionString) => new pg.Pool({ ...settings, connectionString }));
    const lookouts = urls.map((connectionString) => {
      const limits = { connectionTimeoutMillis: LOOK_MS, query_timeout: LOOK_MS, max: 1 };
      return new pg.Pool({ ...settings, ...limits, connectionString });
    });
    const parserOf: ParserOf = (type) => pg.types.getTypeParser(type, "text");
    return new Connections({ pools, lookouts, wanted, parserOf });
  }

  private constructor(parts: {
    readonly pools: readonly Pool[];
    readonly lookouts: readonly Pool[];
    readonly wanted: WantedServer;
    readonly parserOf: ParserOf;
  }) {
    this.#pools = parts.pools;
    this.#lookouts = parts.lookouts;
    this.#wanted = parts.wanted;
    this.parserOf = parts.parserOf;
    // A connection that breaks while nobody uses it is replaced when it is needed.
    for (const pool of [...parts.pools, ...parts.lookouts]) pool.on("error", () => {});
  }

  /**
   * A connection to the first server that can be reached and is the wanted one, from that which was
   * it last on; whoever takes it gives it back by `release`.
   */
  async take(): Promise<PoolClient> {
    const { length } = this.#pools;
    let failure: unknown;
    for (let step = 0, first = this.#last; step < length; step++) {
      const at = (first + step) % length;
      try {
        const client = await this.#takeFrom(at);
        this.#last = at;
        return client;
      } catch (fault) {
        failure = fault;
      }
    }
    throw length === 1 ? failure : new ServerAway(NONE_OF_THEM, failure);
  }

  /** For what is no transaction of ours, and leaves the connection as it was. */
  async use<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.take();
    let isBroken = true;
    client.on("error", ignore);
    try {
      const result = await work(client);
      isBroken = false;
      return result;
    } finally {
      client.off("error", ignore);
      client.release(isBroken);
    }
  }

  /** Whether statements may be prepared by name on this connection, for the transactions to come. */
  keepsStatements(client: PoolClient): boolean {
    return this.#trustsNames && this.#about.get(client)?.keepsSession === true;
  }

  /**
   * Notes how a transaction failed. A statement that was prepared and is gone shows something between
   * us and the server that lends one connection to many: from then on nothing is prepared by name.
   */
  note(failure: unknown): void {
    if (sqlStateOf(failure) === NO_SUCH_STATEMENT) this.#trustsNames = false;
  }

  /**
   * Asks the server that was the wanted one last about itself, also while all other connections hang.
   *
   * @throws when it does not say within a short time
   */
  async ask(sql: string, values: readonly unknown[]): Promise<readonly Record<string, unknown>[]> {
    const answer = await this.#lookouts[this.#last]?.query(sql, [...values]);
    return answer?.rows ?? [];
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools, ...this.#lookouts].map((pool) => pool.end()));
  }

  async #takeFrom(at: number): Promise<PoolClient> {
    const client = await this.#pools[at]?.connect();
    if (client === undefined) throw new TypeError("there is no such server");
    client.on("error", ignore);
    try {
      const about = this.#about.get(client) ?? (await askAbout(client));
      this.#about.set(client, about);
      if (isWanted(about, this.#wanted)) return client;
    } catch (failure) {
      client.release(true);
      throw failure;
    } finally {
      client.off("error", ignore);
    }
    // Not kept: what it is may change, and then it is asked again.
    client.release(true);
    throw new ServerAway(`the server is not ${this.#wanted}`, undefined);
  }
}

/** The query that a connection breaks tells of it. */
function ignore(): void {}

const NONE_OF_THEM = "none of the servers that the URL of the database names can be used";

/**
 * A server tells the number of its process when a connection begins, and again when it is asked. What
 * lends connections of a server to many clients, as PgBouncer does, cannot know that number when a
 * client comes, and makes one up: where the two differ, nothing of the session is relied upon.
 */
async function askAbout(client: PoolClient): Promise<About> {
  const { rows } = await client.query({ text: ABOUT, ...{ query_timeout: CONNECT_MS } });
  const [{ process, standby, read_only } = { process: 0, standby: false, read_only: false }] = rows;
  const told = "processID" in client ? client.processID : undefined;
  return {
    isStandby: standby === true,
    isReadOnly: read_only === true,
    keepsSession: typeof told === "number" && told === process,
  };
}

function isWanted({ isStandby, isReadOnly }: About, wanted: WantedServer): boolean {
  if (wanted === "read-write") return !isReadOnly;
  if (wanted === "read-only") return isReadOnly;
  if (wanted === "primary") return !isStandby;
  return wanted === "any" || isStandby;
}

async function loadDriver(): Promise<typeof import("pg").default> {
  try {
    // The driver is CommonJS: its exports are those of its default export.
    return (await import("pg")).default;
  } catch {
    throw new Error("--database needs the package pg: npm install pg");
  }
}
