/** Adds up what accounts use, beside the way of the events, so that asking does not read all sessions. */
import type { Store } from "../store/store.ts";
import { TimedRounds } from "../timed-rounds.ts";

export interface UsageSumsParts {
  readonly store: Store;
  readonly clock: () => number;
  readonly onFailure: (failure: Error) => void;
}

const ROUND_MS = 60_000;
/** From one look at all accounts to the next: a node may have died with what it knew. */
const SWEEP_MS = 3_600_000;
/** After so many transactions others have their turn: what lay there before takes many. */
const STEPS_AT_ONCE = 200;

/** What changed could not be counted; until it is, it is read with each question. */
class UsageSumsError extends Error {
  override readonly name = "UsageSumsError";
}

export class UsageSums {
  readonly #parts: UsageSumsParts;
  readonly #rounds: TimedRounds;
  readonly #changed = new Set<number>();
  #nextSweepMs = 0;

  constructor(parts: UsageSumsParts) {
    this.#parts = parts;
    const { onFailure } = parts;
    this.#rounds = new TimedRounds({ round: () => this.round(), everyMs: ROUND_MS, onFailure });
  }

  start(): void {
    this.#rounds.start();
  }

  async stop(): Promise<void> {
    await this.#rounds.stop();
  }

  /** A session has more records; costs no more than a note of its tenant. */
  changed(tenant: number): void {
    this.#changed.add(tenant);
  }

  /** What fails of one account keeps no other from it. */
  async round(): Promise<void> {
    const { store, clock } = this.#parts;
    if (!store.status().isWritable) return;
    const nowMs = clock();
    if (nowMs >= this.#nextSweepMs) {
      for (const tenant of await store.reader.log.accounts()) this.#changed.add(tenant);
      this.#nextSweepMs = nowMs + SWEEP_MS;
    }
    let problem: string | undefined;
    for (const tenant of [...this.#changed]) {
      this.#changed.delete(tenant);
      const counted = await this.#count(tenant, nowMs);
      if (counted !== "all") this.#changed.add(tenant);
      if (counted !== "all" && counted !== "more") problem = counted;
    }
    if (problem !== undefined) {
      throw new UsageSumsError(`usage could not be added up (${problem}): the next round does it`);
    }
  }

  /** @returns the code of a refusal where it could not be saved */
  async #count(tenant: number, nowMs: number): Promise<"all" | "more" | string> {
    for (let step = 0; step < STEPS_AT_ONCE; step++) {
      const answer = await this.#parts.store.administer({ kind: "count_usage", tenant, nowMs });
      if (answer.kind === "refused") return answer.code;
      if (answer.value === 0) return "all";
    }
    return "more";
  }
}
