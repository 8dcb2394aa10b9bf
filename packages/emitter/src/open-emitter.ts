/**
 * The side of the host: a bounded queue before a thread. Encoding, sending, waiting for a receiver
 * and whatever can go wrong with it happen in the thread, which keeps no process alive.
 */
import type { Worker, WorkerOptions } from "node:worker_threads";
import type { Emission, Emitter } from "@caum/core";
import { activeTraceparent } from "./active-span.ts";
import { type Destination, destinationOf } from "./destination.ts";
import type { FromThread, SpanTally, ThreadFacts, ToThread } from "./messages.ts";

export interface EmitterOptions {
  /** A URL below which `/v1/traces` is; `true` for where the OTEL_* variables say; else nothing. */
  readonly to: string | boolean | undefined;
  /** What receivers call this program, unless OTEL_SERVICE_NAME says it. */
  readonly service: { readonly name: string; readonly version: string };
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** The program of the thread, where it is not the one beside this module. */
  readonly script?: string | undefined;
  /** Told once that nothing is emitted, or no longer. */
  readonly onProblem?: ((message: string) => void) | undefined;
}

/** What became of emissions: of records that were not taken, and of spans. */
export interface EmissionTally extends SpanTally {
  /** Records that the queue had no room for. */
  readonly overflowed: number;
}

export interface OpenEmitter extends Emitter {
  readonly destination: Destination;
  readonly tally: EmissionTally;
  /** Resolves when the receiver has what was emitted, or after `withinMs`; never rejects. */
  flush(withinMs?: number): Promise<void>;
  /** The same; sessions that are open end, and nothing is taken any more. */
  close(withinMs?: number): Promise<void>;
}

/** Emissions that wait for the thread; a busy session makes some ten a second. */
const MAX_WAITING = 4_096;
const BATCH = 256;
const POST_AFTER_MS = 50;
/** The first of them has to load the packages as well. */
const WITHIN_MS = 2_000;
const LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 128 } as const;

/** @returns undefined where nothing is to be emitted; nothing is loaded then */
export function openEmitter(options: EmitterOptions): OpenEmitter | undefined {
  const { to, env = process.env, onProblem = () => {} } = options;
  try {
    const destination = destinationOf(to, env);
    return destination && new ThreadEmitter(destination, options);
  } catch (failure) {
    onProblem(`OpenTelemetry is not emitted: ${failure instanceof Error ? failure.message : ""}`);
    return undefined;
  }
}

class ThreadEmitter implements OpenEmitter {
  readonly destination: Destination;
  readonly traceparent = activeTraceparent;
  readonly #options: EmitterOptions;
  #waiting: Emission[] = [];
  #worker: Worker | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isBusy = false;
  #isOver = false;
  /** The receiver failed, or did not answer in time: nobody waits for it until it answers again. */
  #isSlow = false;
  #overflowed = 0;
  #tally: SpanTally = { sent: 0, dropped: 0, failed: 0 };
  readonly #done: (() => void)[] = [];

  constructor(destination: Destination, options: EmitterOptions) {
    this.destination = destination;
    this.#options = options;
  }

  get tally(): EmissionTally {
    return { ...this.#tally, overflowed: this.#overflowed };
  }

  emit(emission: Emission): void {
    if (this.#isOver || this.#waiting.length >= MAX_WAITING) {
      this.#overflowed += 1;
      return;
    }
    this.#waiting.push(emission);
    if (this.#isBusy || this.#timer) return;
    this.#timer = setTimeout(() => this.#post(), POST_AFTER_MS);
    this.#timer.unref();
  }

  flush(withinMs = WITHIN_MS): Promise<void> {
    return this.#finish("flush", withinMs);
  }

  async close(withinMs = WITHIN_MS): Promise<void> {
    await this.#finish("close", withinMs);
    this.#end();
    await this.#worker?.terminate();
  }

  async #finish(then: "flush" | "close", withinMs: number): Promise<void> {
    if (this.#isOver || (this.#worker === undefined && this.#waiting.length === 0)) return;
    const done = new Promise<void>((resolve) => this.#done.push(resolve));
    this.#post(then);
    if (this.#isSlow) return;
    let giveUp: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      giveUp = setTimeout(() => {
        this.#isSlow = true;
        resolve();
      }, withinMs);
    });
    await Promise.race([done, late]);
    clearTimeout(giveUp);
  }

  #post(then?: "flush" | "close"): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#isOver) return;
    try {
      const emissions = this.#waiting.splice(0, then === undefined ? BATCH : MAX_WAITING);
      const message: ToThread = then === undefined ? { emissions } : { emissions, then };
      this.#worker ??= this.#start();
      this.#isBusy = true;
      this.#worker.postMessage(message);
    } catch {
      this.#failed();
    }
  }

  #start(): Worker {
    const { service, script } = this.#options;
    const workerData: ThreadFacts = { destination: this.destination, service };
    // Loaded where there is something to send.
    const { Worker } = process.getBuiltinModule("node:worker_threads");
    const worker = new Worker(script ?? ownScript(), { workerData, ...this.#threadOptions() });
    worker.on("message", (message: FromThread) => this.#hear(message));
    worker.on("error", () => this.#failed());
    worker.on("exit", () => this.#failed());
    worker.unref();
    return worker;
  }

  /** What the host preloads, for example its own exporter, is not loaded once more in the thread. */
  #threadOptions(): WorkerOptions {
    const { env = process.env, script } = this.#options;
    const { NODE_OPTIONS: _, ...rest } = env;
    const set = Object.entries(rest).filter(([, value]) => value !== undefined);
    const isSource = script === undefined && import.meta.url.endsWith(".ts");
    return {
      // Variables that are undefined were left out.
      env: Object.fromEntries(set) as NodeJS.ProcessEnv,
      execArgv: isSource ? ["--conditions=@caum/source"] : [],
      resourceLimits: LIMITS,
      // It would come out of the host; and to read it here would keep the process alive.
      stdout: true,
      stderr: true,
    };
  }

  #hear({ tally, taken, done }: FromThread): void {
    if (tally.failed > this.#tally.failed) this.#isSlow = true;
    if (tally.sent > this.#tally.sent) this.#isSlow = false;
    this.#tally = tally;
    // Answers come in the order of the questions.
    if (done !== undefined) this.#done.shift()?.();
    if (taken === undefined) return;
    this.#isBusy = false;
    if (this.#waiting.length > 0) this.#post();
  }

  #failed(): void {
    if (this.#isOver) return;
    this.#end();
    this.#options.onProblem?.("OpenTelemetry is no longer emitted: its thread has ended");
  }

  #end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#overflowed += this.#waiting.splice(0).length;
    for (const resolve of this.#done.splice(0)) resolve();
  }
}

/** The thread runs from the sources under a test and from the built files in a release. */
function ownScript(): URL {
  const isSource = import.meta.url.endsWith(".ts");
  return new URL(isSource ? "./thread/thread.ts" : "./thread.cjs", import.meta.url);
}
