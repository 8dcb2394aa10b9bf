/** A database that is only read, and may be behind or away: then the primary is read instead. */
import type { Command } from "../command.ts";
import type { Program, Scope } from "../program/program.ts";
import type { ReplicaStatus } from "../store.ts";
import { readAddresses } from "./addresses.ts";
import { Connections } from "./connections.ts";
import { Database } from "./database.ts";
import { NODE_ROLE } from "./layout/apply-layout.ts";
import { play } from "./play-program.ts";
import { troubleOf } from "./sql-state.ts";

const CONNECTIONS = 6;
const LOOK_EVERY_MS = 1_000;
/** A list that is older than this is not what somebody wants to see. */
const MOST_BEHIND_MS = 10_000;
/** What people change and look at again in a list. */
const LOOKED_AT_AGAIN: ReadonlySet<Command["kind"]> = new Set([
  "acknowledge",
  "acknowledge_group",
  "comment_group",
  "mute_group",
  "delete_session",
]);
/** Moments of the primary that are kept until they are seen here. */
const MOST_MOMENTS = 100;

/** Row-level security holds for no superuser, here as little as on the primary. */
const ABOUT = `select pg_last_wal_replay_lsn()::text as replayed,
  (select rolsuper or rolbypassrls from pg_roles where rolname = current_user) as unbound`;

/** How far the log of the primary was at a moment. */
interface Moment {
  readonly atMs: number;
  readonly written: bigint;
}

export class Replica {
  readonly #connections: Connections;
  readonly #primary: Database;
  readonly #mostBehindMs: number;
  readonly #moments: Moment[] = [];
  /** Tenants whose people have changed something here, and until when it may not be seen there. */
  readonly #changed = new Map<number, number>();
  #database: Database | undefined;
  #timer: NodeJS.Timeout | undefined;
  #behindMs: number | undefined;
  #isUsed = false;
  #isLooking = false;
  #fallbacks = 0;

  /**
   * Opens it whether it is there or not.
   *
   * @throws {Error} when the URL cannot be used
   */
  static async open(
    url: string,
    primary: Database,
    mostBehindMs = MOST_BEHIND_MS,
  ): Promise<Replica> {
    const connections = await Connections.open(readAddresses(url), CONNECTIONS);
    const replica = new Replica(connections, primary, mostBehindMs);
    await replica.#look();
    const timer = setInterval(() => void replica.#look(), LOOK_EVERY_MS);
    replica.#timer = timer.unref();
    return replica;
  }

  private constructor(connections: Connections, primary: Database, mostBehindMs: number) {
    this.#mostBehindMs = mostBehindMs;
    this.#connections = connections;
    this.#primary = primary;
  }

  get status(): ReplicaStatus {
    return { isUsed: this.#isUsed, behindMs: this.#behindMs, fallbacks: this.#fallbacks };
  }

  /** After one's own change lists come from where it was written, until it is seen here for sure. */
  noteChange(command: Command): void {
    if (!LOOKED_AT_AGAIN.has(command.kind) || !("tenant" in command)) return;
    this.#changed.set(command.tenant, performance.now() + this.#mostBehindMs);
  }

  /** @returns undefined where the primary is to be read instead */
  async read<T>(
    scope: Scope,
    program: () => Program<T>,
  ): Promise<{ readonly found: T } | undefined> {
    const untilMs = "tenant" in scope ? this.#changed.get(scope.tenant) : undefined;
    if (untilMs !== undefined && performance.now() < untilMs) return undefined;
    try {
      if (this.#isUsed && this.#database !== undefined) {
        const read = this.#database.read(scope, (transaction) => play(program(), transaction));
        return { found: await read };
      }
    } catch (failure) {
      // Others, such as a table that has not come yet, or a conflict with what comes, are of one read.
      if (troubleOf(failure) === "lost") this.#isUsed = false;
    }
    this.#fallbacks += 1;
    return undefined;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#connections.close();
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    for (const [tenant, untilMs] of this.#changed) {
      if (performance.now() >= untilMs) this.#changed.delete(tenant);
    }
    try {
      const { replayed, isUnbound } = await this.#ask();
      const role = isUnbound ? NODE_ROLE : undefined;
      this.#database ??= Database.over(this.#connections, role);
      if (replayed !== undefined) await this.#compare(replayed);
      this.#isUsed = (this.#behindMs ?? 0) <= this.#mostBehindMs;
    } catch {
      this.#isUsed = false;
    } finally {
      this.#isLooking = false;
    }
  }

  async #ask(): Promise<{ readonly replayed: bigint | undefined; readonly isUnbound: boolean }> {
    const { rows } = await this.#connections.use((client) => client.query(ABOUT));
    const { replayed, unbound } = rows[0] ?? {};
    return {
      replayed: typeof replayed === "string" ? positionOf(replayed) : undefined,
      isUnbound: unbound === true,
    };
  }

  /**
   * It is behind for as long as it has not seen what the primary had written at some moment. While the
   * primary says nothing there is nothing new to see.
   */
  async #compare(replayed: bigint): Promise<void> {
    const atMs = performance.now();
    const written = await this.#primary.writtenPosition().catch(() => undefined);
    const isNew = written !== undefined && this.#moments.length < MOST_MOMENTS;
    if (isNew) this.#moments.push({ atMs, written: positionOf(written) });
    while (this.#moments[0] !== undefined && this.#moments[0].written <= replayed) {
      this.#moments.shift();
    }
    const [oldest] = this.#moments;
    this.#behindMs = oldest === undefined ? 0 : performance.now() - oldest.atMs;
  }
}

/** A place in the log: two numbers in hexadecimal digits, the higher one first. */
function positionOf(text: string): bigint {
  const [high = "0", low = "0"] = text.split("/");
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}
