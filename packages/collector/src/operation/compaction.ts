/** Moves records that came one by one into chunks, beside the way of the events and never on it. */
import { setImmediate } from "node:timers/promises";
import { CHUNK_RECORDS } from "../store/chunks/chunk.ts";
import { MOVED_AT_ONCE } from "../store/program/records/compact.ts";
import type { LooseSession, Store } from "../store/store.ts";
import { TimedRounds } from "../timed-rounds.ts";

export interface CompactionParts {
  readonly store: Store;
  readonly clock: () => number;
  readonly onFailure: (failure: Error) => void;
}

const ROUND_MS = 30_000;
/** What came in a session that was idle for so long will not soon be joined by more. */
const IDLE_MS = 15 * 60_000;
/** Sessions that are looked at at once. */
const LOOKED_AT_ONCE = 200;
/** Records of one step, as far as they were counted: the events wait while a folder does it. */
const ENOUGH_RECORDS = 2 * CHUNK_RECORDS;
/** Steps of one round: what lay there before this program came waits for the next ones. */
const STEPS_A_ROUND = 400;

export class Compaction {
  readonly #parts: CompactionParts;
  readonly #rounds: TimedRounds;
  /** Where the next round goes on; undefined at the beginning. */
  #after: LooseSession | undefined;
  #isStopping = false;

  constructor(parts: CompactionParts) {
    this.#parts = parts;
    const { onFailure } = parts;
    const round = async () => void (await this.round());
    this.#rounds = new TimedRounds({ round, everyMs: ROUND_MS, onFailure });
  }

  start(): void {
    this.#rounds.start();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#rounds.stop();
  }

  /**
   * Moves what is to be moved.
   *
   * @param idleMs for how long nothing may have come in a session of which all is moved
   * @returns how many records
   */
  async round(idleMs = IDLE_MS): Promise<number> {
    const { store, clock } = this.#parts;
    const round = { moved: 0, steps: 0, failure: undefined as unknown };
    while (this.#goesOn(round)) {
      const found = await store.reader.looseSessions(this.#after, LOOKED_AT_ONCE);
      this.#after = found.length < LOOKED_AT_ONCE ? undefined : found.at(-1);
      const idleSinceMs = clock() - idleMs;
      const ready = found.filter(({ records, lastMs }) => {
        return records >= CHUNK_RECORDS || lastMs <= idleSinceMs;
      });
      for (const some of stepsOf(ready)) {
        try {
          await this.#moveAll(some, idleSinceMs, round);
        } catch (failure) {
          // A session that cannot be moved holds up no others.
          round.failure ??= failure;
        }
      }
      if (this.#after === undefined) break;
      await setImmediate();
    }
    if (round.failure !== undefined) throw round.failure;
    return round.moved;
  }

  #goesOn({ steps }: { readonly steps: number }): boolean {
    const { isWritable } = this.#parts.store.status();
    return steps < STEPS_A_ROUND && isWritable && !this.#isStopping;
  }

  /** Of a long session one step moves a part. */
  async #moveAll(
    sessions: readonly LooseSession[],
    idleSinceMs: number,
    round: { moved: number; steps: number },
  ): Promise<void> {
    for (let isMore = true; isMore && this.#goesOn(round); ) {
      round.steps += 1;
      const moved = await this.#move(sessions, idleSinceMs);
      round.moved += moved;
      isMore = moved >= MOVED_AT_ONCE;
    }
  }

  async #move(sessions: readonly LooseSession[], idleSinceMs: number): Promise<number> {
    const [{ tenant } = { tenant: 0 }] = sessions;
    const answer = await this.#parts.store.administer({
      kind: "compact",
      tenant,
      sessions: sessions.map(({ session, lastMs }) => {
        return { session, isIdle: lastMs <= idleSinceMs };
      }),
    });
    if (answer.kind === "done") return answer.value;
    throw new Error(`records could not be moved (${answer.code}): they are with a later round`);
  }
}

/** A few sessions of one tenant each. */
function* stepsOf(sessions: readonly LooseSession[]): Generator<readonly LooseSession[]> {
  let some: LooseSession[] = [];
  let records = 0;
  for (const session of sessions) {
    const isOther = some[0] !== undefined && some[0].tenant !== session.tenant;
    if (records >= ENOUGH_RECORDS || isOther) {
      yield some;
      some = [];
      records = 0;
    }
    some.push(session);
    records += session.records;
  }
  if (some.length > 0) yield some;
}
