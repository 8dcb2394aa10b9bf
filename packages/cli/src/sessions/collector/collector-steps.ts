import type { CollectorPlace } from "@caum/collector/validation";
import { isStepRecord } from "@caum/core/health";
import { SessionGone } from "../source/ask-collector.ts";
import { type LiveStep, type StepFeed, shownCallOf } from "../source/live-step.ts";
import type { StepOfSession } from "../source/session-source.ts";
import { CollectorSource } from "./collector-source.ts";

/** How many of the newest sessions are looked at when none is named. */
const NEWEST = 20;

/** Asks a collector for the steps that it has taken since. */
export class CollectorSteps implements StepFeed {
  readonly #source: CollectorSource;
  readonly #only: string | undefined;
  /** Records that were read, by session. */
  readonly #read = new Map<string, number>();

  constructor(place: CollectorPlace, only?: string) {
    this.#source = new CollectorSource(place);
    this.#only = only;
  }

  /** @throws {CollectorError} */
  async read(): Promise<readonly LiveStep[]> {
    if (this.#only !== undefined) return this.#stepsOf(this.#only);
    const steps: LiveStep[] = [];
    const sessions = await this.#source.list({ limit: NEWEST });
    for (const { session_id: id, events } of [...sessions].reverse()) {
      if (events <= (this.#read.get(id) ?? 0)) continue;
      try {
        steps.push(...(await this.#stepsOf(id)));
      } catch (problem) {
        // One that was deleted meanwhile has no more steps.
        if (problem instanceof SessionGone) continue;
        // What was read already is given; whatever is in the way is still there the next time.
        if (steps.length > 0) break;
        throw problem;
      }
    }
    return steps;
  }

  async #stepsOf(id: string): Promise<readonly LiveStep[]> {
    const from = this.#read.get(id) ?? 0;
    const found = await this.#source.stepsFrom(id, from);
    this.#read.set(id, from + found.length);
    return found.flatMap((step) => liveStepOf(id, step));
  }
}

function liveStepOf(session: string, { record, assessment }: StepOfSession): readonly LiveStep[] {
  if (record === null || !isStepRecord(record) || !record.payload || !assessment) return [];
  const { step, regime, uds, tier, public_class: publicClass, reasons } = assessment;
  const alert = publicClass === "hard_alert";
  const message = assessment.message ?? null;
  return [
    { session, step, ...shownCallOf(record.payload), regime, uds, tier, alert, reasons, message },
  ];
}
