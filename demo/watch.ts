/** Follows the runs that the proxies write and judges them from the records alone. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Assessment,
  Health,
  type RecordOf,
  type StructuralRecord,
  stepOf,
  type View,
} from "@caum/core";
import { hashLeaf } from "@caum/core/verify";

/** One run as its records tell it. */
export interface WatchedRun {
  readonly folder: string;
  readonly records: readonly StructuralRecord[];
  readonly assessments: readonly Assessment[];
  /** Leaf of the last record. */
  readonly head: string;
}

export type OnStep = (record: RecordOf<"tool_api">, assessment: Assessment, line: string) => void;

/** Reads what is new in every run below a CAUM_HOME each time it is asked. */
export class RunWatcher {
  readonly #runs: string;
  readonly #onStep: OnStep;
  readonly #readers = new Map<string, RunReader>();

  constructor(home: string, onStep: OnStep) {
    this.#runs = join(home, "runs");
    this.#onStep = onStep;
  }

  read(): void {
    if (!existsSync(this.#runs)) return;
    for (const run of readdirSync(this.#runs)) {
      const reader = this.#readers.get(run) ?? new RunReader(join(this.#runs, run));
      this.#readers.set(run, reader);
      reader.read(this.#onStep);
    }
  }

  get runs(): readonly WatchedRun[] {
    return [...this.#readers.values()];
  }
}

class RunReader implements WatchedRun {
  readonly folder: string;
  readonly records: StructuralRecord[] = [];
  readonly assessments: Assessment[] = [];
  head = "";
  readonly #health = new Health();
  #view: View = "full";

  constructor(folder: string) {
    this.folder = folder;
  }

  read(onStep: OnStep): void {
    const file = join(this.folder, "records.ndjson");
    if (!existsSync(file)) return;
    const lines = readFileSync(file, "utf8").split("\n").slice(this.records.length, -1);
    for (const line of lines) {
      // True of every line of a run: our own writer made it, and `caum verify` checks it below.
      const record = JSON.parse(line) as StructuralRecord;
      this.records.push(record);
      this.head = hashLeaf(line);
      const payload = record.category === "lifecycle" ? record.payload : undefined;
      if (payload?.type === "open") this.#view = payload.view;
      const step = stepOf(record, { view: this.#view });
      if (!step) continue;
      const assessment = this.#health.observe(step);
      this.assessments.push(assessment);
      if (record.category === "tool_api") onStep(record, assessment, line);
    }
  }
}
