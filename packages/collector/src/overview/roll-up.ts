/**
 * Rolls sessions up into the sums of the overview. Like the memory of workflows it works beside the way
 * of the events, and never on it; unlike it, it also takes sessions that go on, as they are now.
 */
import { DOCTOR_SESSION } from "@caum/core/settings";
import type { RollUpCandidate, RollUpState } from "../rows/overview-rows.ts";
import { changesOf } from "../store/columns/overview-changes.ts";
import {
  encodeGroupDays,
  encodeGroups,
  encodeRolledUp,
  encodeSums,
} from "../store/columns/overview-columns.ts";
import type { Store } from "../store/store.ts";
import { TimedRounds } from "../timed-rounds.ts";

export interface RollUpParts {
  readonly store: Store;
  readonly clock: () => number;
  readonly onFailure: (failure: Error) => void;
  /** Is given the sessions whose sums were saved, with what was in the sums before. */
  readonly counts?: { rolledUp(candidates: readonly RollUpCandidate[]): void } | undefined;
}

/** From one look for sessions that are over to the next. */
const ROUND_MS = 2_000;
/** From one look for all that changed to the next. */
const ALL_MS = 10_000;
/** After a look it rests so many times as long as that took: 2 % of one processor at most. */
const REST = 50;
/** What arrived at one moment becomes visible within this time. */
const OVERLAP_MS = 10_000;
/** From one look at all accounts to the next: a node may have died with what it knew. */
const SWEEP_MS = 600_000;
/** Sessions that are rolled up at once. */
const ROLLED_AT_ONCE = 200;
/** After so many others have their turn: what lay there before this program came waits longer. */
const BATCHES_AT_ONCE = 5;

/** What was found could not be saved; the next round finds it again. */
class RollUpError extends Error {
  override readonly name = "RollUpError";
}

/** What is known of a tenant in this process. */
interface Watched {
  /** Something changed since it was looked at for sessions that are over, and for all. */
  isChanged: boolean;
  hasNews: boolean;
  nextAllMs: number;
  /** How far it was looked; undefined before the first time, and where another node was faster. */
  seen: Pick<RollUpState, "overMs" | "allMs"> | undefined;
}

export class RollUp {
  readonly #parts: RollUpParts;
  readonly #rounds: TimedRounds;
  readonly #watched = new Map<number, Watched>();
  #nextSweepMs = 0;

  constructor(parts: RollUpParts) {
    this.#parts = parts;
    const { onFailure } = parts;
    const round = () => this.round();
    this.#rounds = new TimedRounds({ round, everyMs: ROUND_MS, onFailure });
  }

  start(): void {
    this.#rounds.start();
  }

  /** Rolls up what is there, and ends. */
  async stop(): Promise<void> {
    await this.#rounds.stop();
    await this.round().catch(() => {});
  }

  /** A session has more records; costs no more than a note of its tenant. */
  changed(tenant: number): void {
    const watched = this.#watch(tenant);
    watched.isChanged = true;
    watched.hasNews = true;
  }

  /** One look at everything that changed; what fails of one tenant keeps no other from it. */
  async round(): Promise<void> {
    if (!this.#parts.store.status().isWritable) return;
    await this.#sweep();
    const failures: unknown[] = [];
    for (const [tenant, watched] of this.#watched) {
      await this.#look(tenant, watched).catch((failure: unknown) => failures.push(failure));
    }
    if (failures.length > 0) throw failures[0];
  }

  async #sweep(): Promise<void> {
    const nowMs = this.#parts.clock();
    if (nowMs < this.#nextSweepMs) return;
    for (const tenant of await this.#parts.store.reader.log.accounts()) this.changed(tenant);
    this.#nextSweepMs = nowMs + SWEEP_MS;
  }

  #watch(tenant: number): Watched {
    const known = this.#watched.get(tenant);
    if (known !== undefined) return known;
    const watched = { isChanged: false, hasNews: false, nextAllMs: 0, seen: undefined };
    this.#watched.set(tenant, watched);
    return watched;
  }

  async #look(tenant: number, watched: Watched): Promise<void> {
    if (watched.isChanged) {
      watched.isChanged = false;
      // Until all is well, it is to be looked at again.
      let isDone = false;
      try {
        isDone = await this.#rollAll(tenant, watched, true);
      } finally {
        watched.isChanged ||= !isDone;
      }
    }
    const nowMs = this.#parts.clock();
    if (!watched.hasNews || nowMs < watched.nextAllMs) return;
    watched.hasNews = false;
    let isDone = false;
    try {
      isDone = await this.#rollAll(tenant, watched, false);
    } finally {
      watched.hasNews ||= !isDone;
    }
    const tookMs = this.#parts.clock() - nowMs;
    if (isDone) watched.nextAllMs = nowMs + Math.max(ALL_MS, REST * tookMs);
  }

  /** @returns false where there is more, with which the next round goes on */
  async #rollAll(tenant: number, watched: Watched, isOver: boolean): Promise<boolean> {
    for (let batch = 0; batch < BATCHES_AT_ONCE; batch++) {
      const rolled = await this.#rollBatch(tenant, watched, isOver);
      if (rolled === "all") return true;
      if (rolled === "conflict") return false;
    }
    return false;
  }

  async #rollBatch(
    tenant: number,
    watched: Watched,
    isOver: boolean,
  ): Promise<"all" | "more" | "conflict"> {
    const { store, clock } = this.#parts;
    const { overview } = store.reader;
    const state = await overview.state(tenant);
    if (state === undefined || !state.isAccount) return "all";
    const before = watched.seen ?? state;
    const fromMs = isOver ? before.overMs : before.allMs;
    const toMs = clock();
    const limit = ROLLED_AT_ONCE;
    const found = await overview.candidates(tenant, { isOver, fromMs, toMs, limit });
    const isFull = found.length === limit;
    const upToMs = Math.max(fromMs, (isFull && found.at(-1)?.lastMs) || toMs - OVERLAP_MS);
    const { overMs, allMs } = before;
    const seen = isOver ? { overMs: upToMs, allMs } : { overMs, allMs: upToMs };
    if (found.length > 0 && !(await this.#save(tenant, { ...state, ...seen }, found))) {
      watched.seen = undefined;
      return "conflict";
    }
    watched.seen = seen;
    return isFull ? "more" : "all";
  }

  /** @returns false where another node was faster */
  async #save(
    tenant: number,
    { round, overMs, allMs }: RollUpState,
    found: Awaited<ReturnType<Store["reader"]["overview"]["candidates"]>>,
  ): Promise<boolean> {
    const counted = found.filter(({ id }) => id !== DOCTOR_SESSION);
    const { days, groups, groupDays } = changesOf(counted);
    const answer = await this.#parts.store.administer({
      kind: "save_overview",
      tenant,
      round,
      overMs,
      allMs,
      days: encodeSums(days),
      groups: encodeGroups(groups),
      groupDays: encodeGroupDays(groupDays),
      sessions: encodeRolledUp(found),
    });
    if (answer.kind === "done") {
      this.#parts.counts?.rolledUp(counted);
      return true;
    }
    if (answer.code === "CONFLICT") return false;
    throw new RollUpError(
      `sessions could not be rolled up (${answer.code}): they are with a later round`,
    );
  }
}
