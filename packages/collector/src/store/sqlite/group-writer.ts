import { DatabaseSync } from "node:sqlite";
import type { Intake, Outcome } from "../../ingest/intake.ts";
import { take } from "../../ingest/take.ts";
import type { ClaimedDeliveries, DeliveryClaim } from "../../rows/alert-rows.ts";
import type { Command, CommandAnswer } from "../command.ts";
import { leaseAll } from "../program/deliveries.ts";
import { obey } from "./commands.ts";
import { EventSweep } from "./event-sweep.ts";
import { firstDue } from "./first-due.ts";
import { SqliteLedger } from "./ingest/sqlite-ledger.ts";
import { migrate } from "./migrations.ts";
import { ProgramPlayer } from "./program-player.ts";

/** One thing to do in a group; exactly one of the three. */
export interface Job {
  readonly id: number;
  readonly intake?: Intake;
  readonly command?: Command;
  readonly claim?: DeliveryClaim;
}

export interface JobAnswer {
  readonly id: number;
  readonly answer: Outcome | CommandAnswer | ClaimedDeliveries;
}

/** Primary result codes of SQLite (sqlite.org/rescode.html). */
const SQLITE_FULL = 13;
const DISK_FAULTS: ReadonlySet<number> = new Set([8, 10, 14]);

/** Commands after which nothing may be left of what they took away. */
const DELETING: ReadonlySet<string> = new Set<Command["kind"]>([
  "delete_session",
  "expire",
  "expire_memory",
  "purge",
  "delete_rule",
  "seal_rule",
]);

/** Pages in the write-ahead log before it is copied back (measured: 4,000 costs nothing). */
const CHECKPOINT_PAGES = 4_000;
const WAL_LIMIT_BYTES = 64 * 1024 * 1024;

/** The one writer of a data folder: a group of jobs is one transaction and one flush to the disk. */
export class GroupWriter {
  readonly #database: DatabaseSync;
  readonly #player: ProgramPlayer;
  readonly #ledger: SqliteLedger;
  readonly #parts: Parameters<typeof obey>[1];

  /** @throws {Error} when the folder was written by a newer program, or cannot be written */
  constructor(path: string) {
    this.#database = new DatabaseSync(path);
    this.#database.exec(`
      pragma journal_mode = wal;
      pragma synchronous = full;
      pragma wal_autocheckpoint = ${CHECKPOINT_PAGES};
      pragma journal_size_limit = ${WAL_LIMIT_BYTES};
      pragma secure_delete = on;
      pragma temp_store = memory;
      pragma cache_size = -16000;
    `);
    migrate(this.#database);
    this.#player = new ProgramPlayer(this.#database);
    this.#ledger = new SqliteLedger(this.#database);
    const sweep = new EventSweep(this.#database);
    this.#parts = { player: this.#player, ledger: this.#ledger, sweep };
  }

  /** Resolves every job; what is answered well is on the disk. */
  commit(jobs: readonly Job[]): readonly JobAnswer[] {
    try {
      return this.#attempt(jobs);
    } catch (failure) {
      this.#undo();
      const code = codeOf(failure);
      // One job that cannot be done must not take the others with it.
      if (code === "INTERNAL_ERROR" && jobs.length > 1) {
        return jobs.flatMap((job) => this.commit([job]));
      }
      return jobs.map(({ id }) => ({ id, answer: { kind: "refused", code } }));
    }
  }

  close(): void {
    this.#settle();
    this.#database.exec("pragma wal_checkpoint(truncate)");
    this.#database.close();
  }

  #attempt(jobs: readonly Job[]): readonly JobAnswer[] {
    this.#database.exec("begin immediate");
    const answers = jobs.map((job) => ({ id: job.id, answer: this.#do(job) }));
    this.#ledger.finish();
    this.#database.exec("commit");
    if (jobs.some(({ command }) => command && DELETING.has(command.kind))) this.#emptyLog();
    return answers;
  }

  /** A disk that takes nothing more keeps what the next start reads. */
  #settle(): void {
    try {
      this.#database.exec("begin immediate");
      this.#ledger.settle();
      this.#database.exec("commit");
    } catch {
      this.#undo();
    }
  }

  /** What was deleted stands in the log of the database as it was before, until the log is empty. */
  #emptyLog(): void {
    try {
      this.#database.exec("pragma wal_checkpoint(truncate)");
    } catch {
      // What was deleted is deleted; a full disk keeps the log until the next time.
    }
  }

  #do({ intake, command, claim }: Job): JobAnswer["answer"] {
    if (intake) return take(intake, this.#ledger);
    if (command && DELETING.has(command.kind)) this.#ledger.settle();
    if (command) return obey(command, this.#parts);
    if (claim) return this.#player.playAll(leaseAll(claim, this.#player.play(firstDue(claim))));
    throw new TypeError("a job without work");
  }

  /** A full disk has rolled the transaction back already. */
  #undo(): void {
    this.#ledger.forget();
    this.#parts.sweep.begin();
    try {
      this.#database.exec("rollback");
    } catch {
      // No transaction was open any more.
    }
  }
}

function codeOf(failure: unknown): "STORAGE_FULL" | "UNAVAILABLE" | "INTERNAL_ERROR" {
  const errcode =
    failure instanceof Error && "errcode" in failure ? Number(failure.errcode) & 0xff : 0;
  if (errcode === SQLITE_FULL) return "STORAGE_FULL";
  return DISK_FAULTS.has(errcode) ? "UNAVAILABLE" : "INTERNAL_ERROR";
}
