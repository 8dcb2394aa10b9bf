/** Where the bytes of a stdio relay are seen: references are queued, and read later. */

import { LateReader, type Loading, loadBuiltins } from "../backlog/late-reader.ts";
import type { Line } from "../backlog/line-framer.ts";
import { TapQueue } from "../backlog/tap-queue.ts";
import { noteBlind } from "../command/blind-note.ts";
import type { ProxyOptions } from "../command/command-line.ts";
import { version } from "../command/help.ts";
import { say } from "../command/say.ts";
import type { RecorderOptions } from "../tap/recorder.ts";
import { loadBundle } from "./kept-code.ts";

/** By then a signal has been passed on. */
const LOAD_AFTER_MS = 5;

export class StdioTap {
  readonly #queue = new TapQueue();
  readonly #reader: LateReader<Line>;
  readonly #isOn: boolean;

  /** @param server what tells this server from others of the same client */
  constructor(options: ProxyOptions, server: string) {
    const facts = { ...options, server, version, parentPid: process.ppid, say };
    this.#isOn = options.record;
    this.#reader = new LateReader(
      this.#queue,
      () => loadRecorder(facts),
      () => noteBlind("recorder", options.home),
    );
    if (this.#isOn) this.#reader.survive();
  }

  readonly toServer = (chunk: Buffer): void => this.#tap(true, chunk);
  readonly toClient = (chunk: Buffer): void => this.#tap(false, chunk);

  /** A signal came, and some clients kill soon after it. It does not wait for code to be loaded. */
  readonly signalled = (): void => {
    if (this.#reader.isLoaded) this.interrupt();
    else setTimeout(() => this.interrupt(), LOAD_AFTER_MS);
  };

  /** Closes the run as it stands, now; what comes later is another run. */
  interrupt(): void {
    this.#reader.interrupt();
  }

  /** Reads the rest and ends the run, or gives up after `limitMs`. */
  close(limitMs: number): Promise<void> {
    return this.#reader.close(limitMs);
  }

  #tap(toServer: boolean, chunk: Buffer): void {
    if (!this.#isOn || this.#reader.isOff) return;
    const now = Date.now();
    this.#queue.push(toServer, chunk, now);
    this.#reader.passed(now, !toServer);
  }
}

function* loadRecorder(options: RecorderOptions): Loading<Line> {
  yield* loadBuiltins();
  // True because bundle.mjs makes this file from that module.
  const bundle = loadBundle<typeof import("../tap/recorder.ts")>("recorder.cjs", options.home);
  yield 0;
  return bundle.keeping(bundle.exports.startRecorder(options));
}
