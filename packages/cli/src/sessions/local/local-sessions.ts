import type { LiveStep, StepFeed } from "../source/live-step.ts";
import { LocalSession, type LocalSessionOptions } from "./local-session.ts";
import { RunFiles } from "./run-files.ts";

export interface LocalSessionsOptions {
  /** The one session that is of interest. */
  readonly only?: string | undefined;
  /** Keep every step for a report. */
  readonly keepsSteps?: boolean;
}

/** Follows the sessions of a CAUM_HOME. */
export class LocalSessions implements StepFeed {
  readonly #options: LocalSessionOptions;
  readonly #files: RunFiles;
  readonly #only: string | undefined;
  readonly #sessions = new Map<string, LocalSession>();

  constructor(home: string, { only, keepsSteps = false }: LocalSessionsOptions = {}) {
    this.#files = new RunFiles(home);
    this.#only = only;
    this.#options = { keepsSteps, home };
  }

  get sessions(): readonly LocalSession[] {
    return [...this.#sessions.values()];
  }

  async read(): Promise<readonly LiveStep[]> {
    const steps: LiveStep[] = [];
    for (const { record, line, folder } of this.#files.newRecords(this.#only)) {
      const { sessionId } = record;
      const known = this.#sessions.get(sessionId);
      const session = known ?? new LocalSession(record, this.#options);
      if (known === undefined) this.#sessions.set(sessionId, session);
      const step = session.observe(record, line, folder);
      if (step !== undefined) steps.push(step);
    }
    return steps;
  }
}
