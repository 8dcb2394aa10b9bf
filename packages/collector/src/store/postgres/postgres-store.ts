/** The store on PostgreSQL: any number of nodes, none of which knows of the others. */
import { randomFillSync } from "node:crypto";
import { EventIds } from "@caum/core/collector";
import type { Intake, Outcome, Refusal } from "../../ingest/intake.ts";
import type { ClaimedDeliveries, DeliveryClaim } from "../../rows/alert-rows.ts";
import type { Command, CommandAnswer, CommandRefusal } from "../command.ts";
import type { Program, Read, Scope } from "../program/program.ts";
import { ProgramReader } from "../program/reader.ts";
import { checkReadable } from "../program/records/stored-records.ts";
import { newRowKey } from "../program/row-key.ts";
import { type Store, type StoreReader, type StoreStatus, StoreUnreachable } from "../store.ts";
import { claimDeliveries, obey } from "./commands.ts";
import { Database } from "./database.ts";
import { HotSessions } from "./ingest/hot-sessions.ts";
import { Lanes, type Waiting } from "./ingest/lanes.ts";
import { type GroupParts, OpenAttempts, takeGroup } from "./ingest/take-group.ts";
import { play } from "./play-program.ts";
import { Replica } from "./replica.ts";
import { withRetries } from "./retry.ts";
import { CommitLost, isOfLock, isOfStandby, StandbyAway, troubleOf } from "./sql-state.ts";

/** Groups that are under way at once, of different tenants or a few of one. */
const LANES = 6;
/** Connections for reads and commands beside those of the lanes. */
const OTHER_CONNECTIONS = 6;
/** For so long a request waits for a server that is gone; then its sender is asked to come again. */
const PATIENCE_MS = 8_000;
/** How often whoever waits for the standby looks whether it is known to be back. */
const LOOK_MS = 50;
/** While the server is gone it is asked so often whether it is back. */
const PROBE_MS = 1_000;

export interface PostgresOptions {
  readonly lanes?: number | undefined;
  readonly patienceMs?: number | undefined;
  /** URL of a replica, for reads that may be a little behind. */
  readonly readUrl?: string | undefined;
  /** A replica that is further behind is not read. */
  readonly mostBehindMs?: number | undefined;
}

/**
 * Opens the store in a database, and lays it out when it is empty.
 *
 * @throws {Error} when the database cannot be reached, or this program or this Node is too old for it
 */
export async function openPostgresStore(
  url: string,
  { lanes = LANES, patienceMs = PATIENCE_MS, readUrl, mostBehindMs }: PostgresOptions = {},
): Promise<PostgresStore> {
  const database = await Database.open(url, lanes + OTHER_CONNECTIONS, patienceMs);
  try {
    await database.read({ everyone: "all" }, (transaction) => {
      return play(checkReadable("the database"), transaction);
    });
    const replica = readUrl && (await Replica.open(readUrl, database, mostBehindMs));
    return new PostgresStore({ database, replica: replica || undefined, lanes, patienceMs });
  } catch (failure) {
    await database.close();
    throw failure;
  }
}

interface StoreParts {
  readonly database: Database;
  readonly replica: Replica | undefined;
  readonly lanes: number;
  readonly patienceMs: number;
}

export class PostgresStore implements Store {
  readonly reader: StoreReader;
  readonly replica: StoreReader;
  readonly #database: Database;
  readonly #replica: Replica | undefined;
  readonly #lanes: Lanes;
  readonly #parts: GroupParts;
  readonly #patienceMs: number;
  readonly #jobs = new Set<Promise<unknown>>();
  #probe: NodeJS.Timeout | undefined;
  /** What cannot be confirmed is not begun: each commit that waits keeps its rows and a connection. */
  #isStandbyAway = false;
  #closing: Promise<void> | undefined;

  constructor({ database, replica, lanes, patienceMs }: StoreParts) {
    const eventIds = new EventIds({ clock: Date.now, fillRandom: randomFillSync });
    this.#database = database;
    this.#replica = replica;
    this.#patienceMs = patienceMs;
    this.#lanes = new Lanes(lanes, (tenant, waiting) => this.#commit(tenant, waiting));
    this.#parts = {
      database,
      hot: new HotSessions(),
      newKey: () => newRowKey(Date.now()),
      newEventId: () => eventIds.next(),
    };
    const read: Read = (scope, program) => this.#read(scope, program);
    this.reader = new ProgramReader(read);
    this.replica =
      replica === undefined
        ? this.reader
        : new ProgramReader(async (scope, program) => {
            const elsewhere = await replica.read(scope, program);
            return elsewhere === undefined ? read(scope, program) : elsewhere.found;
          });
  }

  submit(intake: Intake): Promise<Outcome> {
    if (this.#closing) return Promise.resolve({ kind: "refused", code: "UNAVAILABLE" });
    const sinceMs = performance.now();
    return new Promise((settle) => this.#lanes.submit({ intake, settle, sinceMs }));
  }

  administer(command: Command): Promise<CommandAnswer> {
    this.#replica?.noteChange(command);
    return this.#job(() => obey(command, this.#database));
  }

  claimDeliveries(claim: DeliveryClaim): Promise<ClaimedDeliveries | CommandRefusal> {
    return this.#job(() => claimDeliveries(claim, this.#database));
  }

  status(): StoreStatus {
    const isWritable = this.#probe === undefined && this.#closing === undefined;
    const waiting = this.#lanes.waiting + this.#jobs.size;
    return { isWritable, waiting, walBytes: 0, replica: this.#replica?.status };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** For `caum migrate`, which moves rows and no events. */
  get database(): Database {
    return this.#database;
  }

  async #close(): Promise<void> {
    await this.#lanes.drain();
    await Promise.allSettled(this.#jobs);
    clearInterval(this.#probe);
    await this.#replica?.close();
    await this.#database.close();
  }

  async #read<T>(scope: Scope, program: () => Program<T>): Promise<T> {
    const work = () => this.#database.read(scope, (transaction) => play(program(), transaction));
    try {
      return await this.#retried(work, { isIdempotent: true });
    } catch (failure) {
      throw troubleOf(failure) === "lost" ? new StoreUnreachable(failure) : failure;
    }
  }

  /** Settles every intake; whoever is answered well is on the disk. */
  async #commit(tenant: number, waiting: readonly Waiting[]): Promise<void> {
    const intakes = waiting.map(({ intake }) => intake);
    const open = new OpenAttempts();
    try {
      await this.#standbyBack(Math.min(...waiting.map(({ sinceMs }) => sinceMs)));
      const take = () => takeGroup({ tenant, intakes }, open, this.#parts);
      const outcomes = await this.#retried(take, { isIdempotent: true });
      for (const [at, { settle }] of waiting.entries()) {
        settle(outcomes[at] ?? { kind: "refused", code: "INTERNAL_ERROR" });
      }
    } catch (failure) {
      const code = codeOf(failure, open.isAny);
      // One intake that cannot be taken must not take the others with it.
      if (code === "INTERNAL_ERROR" && waiting.length > 1) {
        for (const one of waiting) await this.#commit(tenant, [one]);
        return;
      }
      for (const { settle } of waiting) settle({ kind: "refused", code });
    }
  }

  async #job<T>(work: () => Promise<T>): Promise<T | CommandRefusal> {
    if (this.#closing) return { kind: "refused", code: "UNAVAILABLE" };
    const doWork = async () => {
      await this.#standbyBack(performance.now());
      return this.#retried(work, { isIdempotent: false });
    };
    const job = doWork().catch((failure): CommandRefusal => {
      return { kind: "refused", code: codeOf(failure, failure instanceof CommitLost) };
    });
    this.#jobs.add(job);
    const answer = await job;
    this.#jobs.delete(job);
    return answer;
  }

  async #retried<T>(
    work: () => Promise<T>,
    { isIdempotent }: { readonly isIdempotent: boolean },
  ): Promise<T> {
    const onLost = (failure: unknown) => {
      this.#isStandbyAway ||= isOfStandby(failure);
      this.#watchServer();
    };
    try {
      return await withRetries(work, { patienceMs: this.#patienceMs, isIdempotent, onLost });
    } catch (failure) {
      // Rows stay locked that another node has changed and nobody confirms.
      const waits = () => this.#database.waitsForStandby().catch(() => false);
      if (!isOfLock(failure) || !(await waits())) throw failure;
      const cause = new StandbyAway();
      onLost(cause);
      throw cause;
    }
  }

  /**
   * Resolves when commits are confirmed, as far as is known.
   *
   * @throws {StandbyAway} when they are not by the end of the patience of whoever waits since then
   */
  async #standbyBack(sinceMs: number): Promise<void> {
    while (this.#isStandbyAway) {
      if (performance.now() - sinceMs > this.#patienceMs) throw new StandbyAway();
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** The server is gone, or its standby: until it is back, this node says that it takes nothing. */
  #watchServer(): void {
    const ask = async () => {
      await this.#database.read({ everyone: "directory" }, async () => {});
      this.#isStandbyAway = await this.#database.waitsForStandby();
      if (this.#isStandbyAway) return;
      clearInterval(this.#probe);
      this.#probe = undefined;
    };
    this.#probe ??= setInterval(() => void ask().catch(() => {}), PROBE_MS).unref();
  }
}

/** @param isOpen whether something may be stored all the same */
function codeOf(failure: unknown, isOpen: boolean): Exclude<Refusal["code"], "NOT_FOUND" | "GONE"> {
  if (isOfStandby(failure)) return isOpen ? "NOT_CONFIRMED_BY_STANDBY" : "STANDBY_AWAY";
  const trouble = troubleOf(failure);
  if (trouble === "other" || (trouble === "conflict" && !isOfLock(failure)))
    return "INTERNAL_ERROR";
  if (isOpen) return "NOT_CONFIRMED";
  return trouble === "full" ? "STORAGE_FULL" : "UNAVAILABLE";
}
