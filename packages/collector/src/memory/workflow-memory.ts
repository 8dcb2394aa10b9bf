/**
 * The memory of workflows: what sessions did, by workflow, agent, client and server and by the day on
 * which they began. It grows beside the way of the events, and never on it.
 */
import { setImmediate } from "node:timers/promises";
import type { CandidateFilter, MemoryState } from "../rows/memory-rows.ts";
import type { Store } from "../store/store.ts";
import { TimedRounds } from "../timed-rounds.ts";
import { Folding } from "./folded.ts";
import { KeptMemory, type KeptRows } from "./kept-memory.ts";
import { alertsOf } from "./workflow-alerts.ts";

export interface WorkflowMemoryParts {
  readonly store: Store;
  readonly clock: () => number;
  readonly onFailure: (failure: Error) => void;
}

/** From one look for sessions that are over to the next. */
const ROUND_MS = 2_000;
/** A session without an event for half an hour counts as over, until something happens. */
const IDLE_MS = 1_800_000;
/** From one look for those to the next. */
const IDLE_LOOK_MS = 60_000;
/** What arrived at one moment becomes visible within this time. */
const OVERLAP_MS = 10_000;
/** How far back the first look of all goes. */
const FIRST_LOOK_MS = 30 * 86_400_000;
/** From one look at all accounts to the next: a node may have died with what it knew. */
const SWEEP_MS = 600_000;
/** Sessions that are read at once: with fewer, less of them is still there when young objects are collected. */
const READ_AT_ONCE = 50;
/** Sessions that are saved at once: several of one workflow cost hardly more than one. */
const FOLDED_AT_ONCE = 160 * READ_AT_ONCE;
/** No more are when so many cards are to be written: all their states are in memory at once. */
const NAMES_AT_ONCE = 2_000;
/** Workflows that are learned anew at once. */
const LEARNED_AT_ONCE = 20;
/** Keys of rows count from 1. */
const BEFORE_ALL_KEYS = 0;

/** What was found could not be saved; the next round finds it again. */
class WorkflowMemoryError extends Error {
  override readonly name = "WorkflowMemoryError";
}

/** What is known of a tenant in this process. */
interface Watched {
  /** Something changed since it was looked at. */
  isChanged: boolean;
  /** Until when sessions may become idle that changed here. */
  untilMs: number;
  nextIdleLookMs: number;
  /** How far it was looked; undefined before the first time, and where another node was faster. */
  seen: Seen | undefined;
  /** There may be more workflows that are to be learned anew. */
  mayBeUnlearned: boolean;
}

/** Sessions that are over were looked at up to here, and all sessions up to there. */
type Seen = Pick<MemoryState, "overMs" | "idleMs">;

export class WorkflowMemory {
  readonly #parts: WorkflowMemoryParts;
  readonly #rounds: TimedRounds;
  readonly #watched = new Map<number, Watched>();
  readonly #kept = new KeptMemory();
  #nextSweepMs = 0;

  constructor(parts: WorkflowMemoryParts) {
    this.#parts = parts;
    const { onFailure } = parts;
    const round = () => this.round();
    this.#rounds = new TimedRounds({ round, everyMs: ROUND_MS, onFailure });
  }

  start(): void {
    this.#rounds.start();
  }

  /** Folds what is over, and ends. */
  async stop(): Promise<void> {
    await this.#rounds.stop();
    await this.round().catch(() => {});
  }

  /** A session has more records; costs no more than a note of its tenant. */
  changed(tenant: number): void {
    const watched = this.#watch(tenant);
    watched.isChanged = true;
    watched.untilMs = this.#parts.clock() + IDLE_MS + 2 * IDLE_LOOK_MS;
  }

  /** One look at everything that changed; what cannot be folded of one tenant keeps no other from it. */
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
    for (const tenant of await this.#parts.store.reader.log.accounts()) {
      const watched = this.#watch(tenant);
      watched.isChanged = true;
      watched.untilMs = Math.max(watched.untilMs, nowMs + 2 * IDLE_LOOK_MS);
    }
    this.#nextSweepMs = nowMs + SWEEP_MS;
  }

  #watch(tenant: number): Watched {
    const known = this.#watched.get(tenant);
    if (known !== undefined) return known;
    const watched = {
      isChanged: false,
      untilMs: 0,
      nextIdleLookMs: 0,
      seen: undefined,
      mayBeUnlearned: false,
    };
    this.#watched.set(tenant, watched);
    return watched;
  }

  async #look(tenant: number, watched: Watched): Promise<void> {
    const nowMs = this.#parts.clock();
    if (watched.untilMs <= nowMs) this.#watched.delete(tenant);
    if (watched.isChanged) {
      watched.isChanged = false;
      // Until all is well, it is to be looked at again.
      let isDone = false;
      try {
        isDone = await this.#foldBatch(tenant, watched, true);
      } finally {
        watched.isChanged ||= !isDone;
      }
    }
    if (nowMs < watched.nextIdleLookMs) return;
    const isDone = await this.#foldBatch(tenant, watched, false);
    if (isDone) watched.nextIdleLookMs = nowMs + IDLE_LOOK_MS;
  }

  /**
   * One batch: then the next account has its turn.
   *
   * @returns false where there is more, with which the next round goes on
   */
  async #foldBatch(tenant: number, watched: Watched, isOver: boolean): Promise<boolean> {
    const { store, clock } = this.#parts;
    const state = await store.reader.memory.state(tenant);
    if (state === undefined || !state.isAccount) {
      this.#kept.forget(tenant);
      return true;
    }
    const before = watched.seen ?? this.#seenBefore(state);
    const fromMs = isOver ? before.overMs : before.idleMs;
    const toMs = isOver ? clock() : clock() - IDLE_MS;
    const kept = this.#kept.open(tenant, state.round);
    const folding = new Folding(store.reader.memory, tenant, kept);
    if (watched.mayBeUnlearned || kept.isNew) await this.#learnAnew(tenant, watched, folding);
    const { sessions, fullToMs } = await this.#takePages(tenant, folding, { isOver, fromMs, toMs });
    const upToMs = Math.max(fromMs, fullToMs ?? toMs - OVERLAP_MS);
    const seen = isOver ? { ...before, overMs: upToMs } : { ...before, idleMs: upToMs };
    if (sessions === 0 && folding.names === 0) this.#kept.saved(kept, state.round);
    else if (!(await this.#save(tenant, state, { ...seen, folding, kept }))) {
      watched.seen = undefined;
      return false;
    }
    watched.seen = seen;
    return fullToMs === undefined;
  }

  /** Where a session was deleted, which is a round as well. */
  async #learnAnew(tenant: number, watched: Watched, folding: Folding): Promise<void> {
    const names = await this.#parts.store.reader.memory.unlearned(tenant, LEARNED_AT_ONCE);
    watched.mayBeUnlearned = names.length === LEARNED_AT_ONCE;
    await folding.learnAnew(names);
  }

  /**
   * Page by page, so that others have their turn.
   *
   * @returns how many sessions, and up to when where there are more
   */
  async #takePages(
    tenant: number,
    folding: Folding,
    range: Pick<CandidateFilter, "isOver" | "fromMs" | "toMs">,
  ): Promise<{ readonly sessions: number; readonly fullToMs: number | undefined }> {
    const { memory } = this.#parts.store.reader;
    let from = { fromMs: range.fromMs, afterKey: BEFORE_ALL_KEYS };
    for (let sessions = 0; ; ) {
      const page = { ...range, ...from, limit: READ_AT_ONCE };
      const read = await memory.candidates(tenant, page);
      await folding.take(read);
      sessions += read.length;
      const last = read.at(-1);
      if (last === undefined || read.length < READ_AT_ONCE)
        return { sessions, fullToMs: undefined };
      from = { fromMs: last.lastMs, afterKey: last.key };
      if (sessions >= FOLDED_AT_ONCE || folding.names >= NAMES_AT_ONCE) {
        return { sessions, fullToMs: last.lastMs };
      }
      await setImmediate();
    }
  }

  #seenBefore({ overMs, idleMs }: MemoryState): Seen {
    const firstMs = this.#parts.clock() - FIRST_LOOK_MS;
    return { overMs: Math.max(overMs, firstMs), idleMs: Math.max(idleMs, firstMs) };
  }

  /** @returns false where another node was faster */
  async #save(
    tenant: number,
    { round }: MemoryState,
    to: Seen & { readonly folding: Folding; readonly kept: KeptRows },
  ): Promise<boolean> {
    const { store, clock } = this.#parts;
    const { overMs, idleMs, folding, kept } = to;
    const answer = await store.administer({
      kind: "save_memory",
      tenant,
      round,
      overMs,
      idleMs,
      days: await folding.days(),
      cards: await folding.cards(),
      folded: folding.folded,
      empty: folding.empty,
      alerts: await alertsOf(store.reader, tenant, folding.moments, clock()),
    });
    if (answer.kind === "done") {
      this.#kept.saved(kept, round + 1);
      return true;
    }
    if (answer.code === "CONFLICT") return false;
    throw new WorkflowMemoryError(
      `sessions could not be remembered (${answer.code}): they are with a later round`,
    );
  }
}
