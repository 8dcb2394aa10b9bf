import type { EventLog } from "./event-log.ts";
import type { Reporter } from "./reporter.ts";

/** One run on its way to a collector. */
export class UpstreamLog implements EventLog {
  readonly #reporter: Reporter;
  readonly #run: { readonly sessionId: string; readonly runId: string };
  #seq = 0;

  constructor(reporter: Reporter, run: { readonly sessionId: string; readonly runId: string }) {
    this.#reporter = reporter;
    this.#run = run;
  }

  get hasRoom(): boolean {
    return this.#reporter.hasRoom;
  }

  push(line: string): void {
    this.#reporter.push({ ...this.#run, seq: this.#seq, line, origin: "own" });
    this.#seq += 1;
  }

  /** Records go their way in the background; whoever wants to wait asks the reporter. */
  async flush(): Promise<void> {}
  async close(): Promise<void> {}
  closeNow(): void {}
}
