import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Worker } from "node:worker_threads";
import type { Intake, Outcome } from "../../ingest/intake.ts";
import type { ClaimedDeliveries, DeliveryClaim } from "../../rows/alert-rows.ts";
import type { Command, CommandAnswer, CommandRefusal } from "../command.ts";
import { ProgramReader } from "../program/reader.ts";
import { checkReadable } from "../program/records/stored-records.ts";
import type { Store, StoreReader, StoreStatus } from "../store.ts";
import { type FolderLock, lockFolder } from "./folder-lock.ts";
import type { Job, JobAnswer } from "./group-writer.ts";
import { closeToOthers } from "./private-files.ts";
import { ProgramPlayer } from "./program-player.ts";
import type { ToWorker } from "./worker.ts";

const DATABASE = "caum.db";
/**
 * Megabytes: enough for all hot sessions. What a group needs dies young where there is room for it
 * (measured: with 8 the thread works a fifth longer, and the process is larger, because what is moved
 * to the old generation stays for long).
 */
const WRITER_MEMORY = { maxYoungGenerationSizeMb: 48, maxOldGenerationSizeMb: 384 } as const;

type FromWorker = { readonly ready: true } | { readonly done: readonly JobAnswer[] };

/**
 * Opens the store in a data folder, and makes it when it is empty.
 *
 * @throws {FolderInUseError} when another process has it
 * @throws {FolderOpenError} when everybody may write to it
 * @throws {Error} when this program, or this Node, is too old for it
 */
export async function openSqliteStore(folder: string): Promise<Store> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  closeToOthers(folder);
  const lock = lockFolder(folder);
  let store: SqliteStore | undefined;
  try {
    const path = join(folder, DATABASE);
    const worker = await startWorker(path);
    const connection = new DatabaseSync(path, { readOnly: true });
    store = new SqliteStore(worker, connection, lock, path);
    new ProgramPlayer(connection).play(checkReadable("the data folder"));
    return store;
  } catch (failure) {
    if (store === undefined) lock.release();
    else await store.close();
    throw failure;
  }
}

/** The thread runs from the sources under a test and from the built files in a release. */
function startWorker(path: string): Promise<Worker> {
  const isSource = import.meta.url.endsWith(".ts");
  const worker = new Worker(new URL(isSource ? "./worker.ts" : "./worker.js", import.meta.url), {
    workerData: path,
    resourceLimits: WRITER_MEMORY,
    ...(isSource && { execArgv: ["--conditions=@caum/source"] }),
  });
  return new Promise((resolve, reject) => {
    worker.once("error", reject);
    worker.once("message", () => {
      worker.off("error", reject);
      resolve(worker);
    });
  });
}

type Settle = (answer: JobAnswer["answer"]) => void;

class SqliteStore implements Store {
  readonly reader: StoreReader;
  readonly replica: StoreReader;
  /** For reads; no transaction outlives a call. */
  readonly #connection: DatabaseSync;
  readonly #worker: Worker;
  readonly #lock: FolderLock;
  readonly #path: string;
  readonly #waiting = new Map<number, Settle>();
  #queued: Job[] = [];
  #nextId = 0;
  #closing: Promise<void> | undefined;
  readonly #exited: Promise<void>;
  #isDead = false;

  constructor(worker: Worker, connection: DatabaseSync, lock: FolderLock, path: string) {
    const player = new ProgramPlayer(connection);
    this.reader = new ProgramReader(async (_scope, program) => player.play(program()));
    this.replica = this.reader;
    this.#connection = connection;
    this.#worker = worker;
    this.#lock = lock;
    this.#path = path;
    worker.on("message", (message: FromWorker) => this.#hear(message));
    worker.on("error", () => this.#refuseAll());
    this.#exited = new Promise((resolve) => {
      worker.on("exit", () => {
        this.#refuseAll();
        resolve();
      });
    });
  }

  submit(intake: Intake): Promise<Outcome> {
    return this.#send({ intake }) as Promise<Outcome>; // The worker answers an intake with one.
  }

  administer(command: Command): Promise<CommandAnswer> {
    return this.#send({ command }) as Promise<CommandAnswer>; // As above, for a command.
  }

  claimDeliveries(claim: DeliveryClaim): Promise<ClaimedDeliveries | CommandRefusal> {
    return this.#send({ claim }) as Promise<ClaimedDeliveries | CommandRefusal>; // As above, for a claim.
  }

  status(): StoreStatus {
    const wal = statSync(`${this.#path}-wal`, { throwIfNoEntry: false });
    return { isWritable: !this.#isDead, waiting: this.#waiting.size, walBytes: wal?.size ?? 0 };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#flush();
    this.#connection.close();
    // The thread ends by itself: to cut it off while it does so can take the whole process along.
    this.#post({ close: true });
    await this.#exited;
    this.#lock.release();
  }

  #send(job: Omit<Job, "id">): Promise<JobAnswer["answer"]> {
    if (this.#closing || this.#isDead)
      return Promise.resolve({ kind: "refused", code: "UNAVAILABLE" });
    const id = this.#nextId++;
    // What arrives in one turn of the event loop crosses the threads as one message.
    if (this.#queued.length === 0) setImmediate(() => this.#flush());
    this.#queued.push({ id, ...job });
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
    });
  }

  #flush(): void {
    if (this.#queued.length === 0) return;
    this.#post({ jobs: this.#queued });
    this.#queued = [];
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #hear(message: FromWorker): void {
    if (!("done" in message)) return;
    for (const { id, answer } of message.done) {
      this.#waiting.get(id)?.(answer);
      this.#waiting.delete(id);
    }
  }

  /** The writer is gone: nothing can be promised any more. */
  #refuseAll(): void {
    this.#isDead = true;
    for (const settle of this.#waiting.values()) settle({ kind: "refused", code: "UNAVAILABLE" });
    this.#waiting.clear();
  }
}
