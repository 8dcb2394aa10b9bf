/** What doors brought: how much, how long it took to be durable, and how old it was when it came. */
import type { Intake, Outcome } from "../../ingest/intake.ts";
import type { Store } from "../../store/store.ts";
import { withSubmit } from "../../store/with-submit.ts";
import { family, Histogram } from "./exposition.ts";

const COMMIT_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];
/** From what is sent at once to what waited on a disk for a week. */
const LAG_SECONDS = [0.1, 0.5, 1, 5, 30, 60, 300, 3_600, 86_400, 604_800];
/** In a canonical line no quote of a value stands before a colon without a backslash. */
const LINE_TIME = /"sourceTimestamp":"([^"]+)"/;

export class IntakeCounts {
  readonly #commit = new Histogram(COMMIT_SECONDS);
  readonly #lag = new Histogram(LAG_SECONDS);
  #stored = 0;
  #repeated = 0;
  #refused = 0;

  /** @param seconds until it was durable, or refused */
  /** @param lagMs how old it was when it came; NaN where that is not known */
  took(lagMs: number, outcome: Outcome, seconds: number): void {
    if (outcome.kind === "refused") {
      this.#refused += 1;
      return;
    }
    this.#commit.observe(seconds);
    const [stored, repeated] = countsOf(outcome);
    this.#stored += stored;
    this.#repeated += repeated;
    // Clocks differ: what comes from the future has no lag.
    if (stored > 0 && !Number.isNaN(lagMs)) this.#lag.observe(Math.max(0, lagMs) / 1_000);
  }

  format(): readonly string[] {
    return [
      ...family("caum_records_total", "counter", "Records that doors brought.", [
        [this.#stored, { outcome: "stored" }],
        [this.#repeated, { outcome: "repeated" }],
      ]),
      ...family("caum_intakes_refused_total", "counter", "Requests that the store refused.", [
        [this.#refused],
      ]),
      ...this.#commit.format("caum_commit_seconds", "Time until a request's records are durable."),
      ...this.#lag.format(
        "caum_ingest_lag_seconds",
        "Age of a request's newest record when it came, by its sender's clock.",
      ),
    ];
  }
}

function countsOf(outcome: Outcome): readonly [stored: number, repeated: number] {
  if (outcome.kind === "event") return outcome.how === "repeated" ? [0, 1] : [1, 0];
  if (outcome.kind !== "records") return [0, 0];
  const repeated = outcome.results.filter(({ status }) => status === "duplicate").length;
  return [outcome.accepted, repeated];
}

function sentAt(intake: Intake): string | undefined {
  if (intake.kind === "event") return intake.draft.sourceTimestamp;
  return intake.kind === "records" ? LINE_TIME.exec(intake.lines.at(-1) ?? "")?.[1] : undefined;
}

/** The store as doors see it: what it takes is counted. */
export function countedStore(store: Store, counts: IntakeCounts): Store {
  return withSubmit(store, (intake) => {
    const from = performance.now();
    // Not the intake itself: its lines are of no more use once the store has them.
    const lagMs = intake.receivedMs - Date.parse(sentAt(intake) ?? "");
    return store.submit(intake).then((outcome) => {
      counts.took(lagMs, outcome, (performance.now() - from) / 1_000);
      return outcome;
    });
  });
}
