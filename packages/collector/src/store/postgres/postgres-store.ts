/** The store on PostgreSQL: any number of nodes, none of which knows of the others. */
import { randomFillSync } from "node:crypto";
import { EventIds } from "@caum/core/collector";
import type { Intake, Outcome, Refusal } from "../../ingest/intake.ts";
import type { ClaimedDeliveries, DeliveryClaim } from "../../rows/alert-rows.ts";
import type { Command, CommandAnswer, CommandRefusal } from "../command.ts";
import { ProgramReader } from "../program/reader.ts";
import { newRowKey } from "../program/row-key.ts";
import { type Store, type StoreReader, type StoreStatus, StoreUnreachable } from "../store.ts";
import { claimDeliveries, obey } from "./commands.ts";
import { Database } from "./database.ts";
import { HotSessions } from "./ingest/hot-sessions.ts";
import { Lanes, type Waiting } from "./ingest/lanes.ts";
import { type GroupParts, OpenAttempts, takeGroup } from "./ingest/take-group.ts";
import { play } from "./play-program.ts";
import { withRetries } from "./retry.ts";
import { troubleOf } from "./sql-state.ts";

/** Groups that are under way at once, of different tenants or a few of one. */
const LANES = 6;
/** Connections for reads and commands beside those of the lanes. */
const OTHER_CONNECTIONS = 6;
/** For so long a request waits for a server that is gone; then its sender is asked to come again. */
const PATIENCE_MS = 8_000;
/** While the server is gone it is asked so often whether it is back. */
const PROBE_MS = 1_000;

export interface PostgresOptions {
  readonly lanes?: number | undefined;
  readonly patienceMs?: number | undefined;
}

/**
 * Opens the store in a database, and lays it out when it is empty.
 *
 * @throws {Error} when the database cannot be reached or was written by a newer program
 */
export async function openPostgresStore(
  url: string,
  { lanes = LANES, patienceMs = PATIENCE_MS }: PostgresOptions = {},
): Promise<PostgresStore> {
  const database = await Database.open(url, lanes + OTHER_CONNECTIONS);
  return new PostgresStore(database, lanes, patienceMs);
}

export class PostgresStore implements Store {
  readonly reader: StoreReader;
  readonly #database: Database;
  readonly #lanes: Lanes;
  readonly #parts: GroupParts;
  readonly #patienceMs: number;
  readonly #jobs = new Set<Promise<unknown>>();
  #probe: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;

  constructor(database: Database, lanes: number, patienceMs: number) {
    const eventIds = new EventIds({ clock: Date.now, fillRandom: randomFillSync });
    this.#database = database;
    this.#patienceMs = patienceMs;
    this.#lanes = new Lanes(lanes, (tenant, waiting) => this.#commit(tenant, waiting));
    this.#parts = {
      database,
      hot: new HotSessions(),
      newKey: () => newRowKey(Date.now()),
      newEventId: () => eventIds.next(),
    };
    this.reader = new ProgramReader((scope, program) => {
      const read = () => database.read(scope, (transaction) => play(program(), transaction));
      return this.#retried(read, true).catch((failure) => {
        throw troubleOf(failure) === "lost" ? new StoreUnreachable(failure) : failure;
      });
    });
  }

  submit(intake: Intake): Promise<Outcome> {
    if (this.#closing) return Promise.resolve({ kind: "refused", code: "UNAVAILABLE" });
    return new Promise((settle) => this.#lanes.submit({ intake, settle }));
  }

  administer(command: Command): Promise<CommandAnswer> {
    return this.#job(() => this.#retried(() => obey(command, this.#database), false));
  }

  claimDeliveries(claim: DeliveryClaim): Promise<ClaimedDeliveries | CommandRefusal> {
    return this.#job(() => this.#retried(() => claimDeliveries(claim, this.#database), false));
  }

  status(): StoreStatus {
    const isWritable = this.#probe === undefined && this.#closing === undefined;
    return { isWritable, waiting: this.#lanes.waiting + this.#jobs.size, walBytes: 0 };
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
    await this.#database.close();
  }

  /** Settles every intake; whoever is answered well is on the disk. */
  async #commit(tenant: number, waiting: readonly Waiting[]): Promise<void> {
    const intakes = waiting.map(({ intake }) => intake);
    const open = new OpenAttempts();
    try {
      const take = () => takeGroup({ tenant, intakes }, open, this.#parts);
      const outcomes = await this.#retried(take, true);
      for (const [at, { settle }] of waiting.entries()) {
        settle(outcomes[at] ?? { kind: "refused", code: "INTERNAL_ERROR" });
      }
    } catch (failure) {
      const code = codeOf(failure);
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
    const job = work().catch((failure): CommandRefusal => {
      return { kind: "refused", code: codeOf(failure) };
    });
    this.#jobs.add(job);
    const answer = await job;
    this.#jobs.delete(job);
    return answer;
  }

  #retried<T>(work: () => Promise<T>, isIdempotent: boolean): Promise<T> {
    return withRetries(work, {
      patienceMs: this.#patienceMs,
      isIdempotent,
      onLost: () => this.#watchServer(),
    });
  }

  /** The server is gone: until it is back, this node says that it takes nothing. */
  #watchServer(): void {
    this.#probe ??= setInterval(() => {
      this.#database
        .read({ everyone: "directory" }, async () => {})
        .then(
          () => {
            clearInterval(this.#probe);
            this.#probe = undefined;
          },
          () => {},
        );
    }, PROBE_MS).unref();
  }
}

function codeOf(failure: unknown): Exclude<Refusal["code"], "NOT_FOUND" | "GONE"> {
  const trouble = troubleOf(failure);
  if (trouble === "full") return "STORAGE_FULL";
  return trouble === "lost" ? "UNAVAILABLE" : "INTERNAL_ERROR";
}
