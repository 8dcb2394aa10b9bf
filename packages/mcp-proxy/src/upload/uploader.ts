/** Starts the uploading thread when there is something to upload, and lets go of it in time. */
import type { Worker } from "node:worker_threads";
import type { SpoolFollower } from "@caum/core/machine";
import type { FromUploader, ToUploader, UploaderFacts } from "./worker.ts";

/** The thread holds a few batches of records, and many relays run at once. */
const LIMITS = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 };

export interface UploaderOptions extends UploaderFacts {
  /** The bundled worker. */
  readonly script: string;
  /** One line for the person who reads the log. */
  readonly say: (text: string) => void;
  /** Nothing is uploaded any more by this process. */
  readonly onDeath: () => void;
}

export class Uploader implements SpoolFollower {
  readonly #options: UploaderOptions;
  #worker: Worker | undefined;
  #isDead = false;
  #isTold = false;
  #finished: (() => void) | undefined;

  constructor(options: UploaderOptions) {
    this.#options = options;
  }

  appended(folder: string): void {
    if (this.#isDead) return;
    this.#worker ??= this.#start();
    this.#send({ appended: folder });
  }

  /** Resolves when everything has arrived, or after `withinMs`; the next process sends the rest. */
  async finish(withinMs: number): Promise<void> {
    if (!this.#worker || this.#isDead) return;
    const finished = new Promise<void>((resolve) => {
      this.#finished = resolve;
    });
    this.#worker.ref();
    this.#send({ finishWithinMs: withinMs });
    let giveUp: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      giveUp = setTimeout(resolve, withinMs);
    });
    await Promise.race([finished, limit]);
    clearTimeout(giveUp);
    this.#worker.unref();
  }

  #start(): Worker {
    const { script, home, version } = this.#options;
    // Loaded where there is something to upload.
    const { Worker } = process.getBuiltinModule("node:worker_threads");
    const workerData: UploaderFacts = { home, version };
    const worker = new Worker(script, { workerData, stdin: false, resourceLimits: LIMITS });
    worker.on("message", (message: FromUploader) => {
      if ("problem" in message) this.#tell(message.problem);
      else this.#finished?.();
    });
    worker.on("error", () => this.#failed());
    worker.on("exit", (code) => (code === 0 ? this.#ended() : this.#failed()));
    worker.unref();
    return worker;
  }

  #send(message: ToUploader): void {
    this.#worker?.postMessage(message);
  }

  #failed(): void {
    if (!this.#isDead) this.#options.onDeath();
    this.#ended();
  }

  #ended(): void {
    this.#isDead = true;
    this.#finished?.();
    this.#tell("uploading has stopped: records wait in the spool");
  }

  #tell(problem: string): void {
    if (this.#isTold || this.#finished) return;
    this.#isTold = true;
    this.#options.say(`${problem}; traffic and recording go on`);
  }
}
