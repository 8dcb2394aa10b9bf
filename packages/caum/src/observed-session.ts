import { withSession } from "@caum/core/adapter";
import type { Recorder } from "./recorder.ts";
import type { SessionReport } from "./session-report.ts";
import type { Step } from "./step.ts";
import type { StepVerdict } from "./verdict.ts";

/** One session at hand. With `using` it ends where its block does. */
export class ObservedSession {
  readonly id: string;
  readonly #recorder: Recorder;
  #ended: Promise<SessionReport> | undefined;

  constructor(id: string, recorder: Recorder) {
    this.id = id;
    this.#recorder = recorder;
  }

  observe(step: Step): StepVerdict {
    return this.#recorder.observe(this.id, step);
  }

  /** Everything that wrapped clients do inside, also after an await, belongs to this session. */
  run<T>(work: () => T): T {
    return withSession(this.id, work);
  }

  /** Ends the session; asked again, the same report. */
  end(outcome: { readonly resolved?: boolean | undefined } = {}): Promise<SessionReport> {
    this.#ended ??= this.#recorder.end(this.id, outcome.resolved);
    return this.#ended;
  }

  [Symbol.dispose](): void {
    void this.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}
