/**
 * The log of session heads: one tree over the heads of all sessions of a tenant, which grows beside the
 * way of the events and never on it.
 */
import type { Signer } from "@caum/core/collector";
import { hashLeaf, sessionTag } from "@caum/core/verify";
import type { HeadRow } from "../rows/log-rows.ts";
import type { TenantRow } from "../rows/tenant-rows.ts";
import type { CommandAnswer } from "../store/command.ts";
import type { SessionView, Store } from "../store/store.ts";
import { BLOCK_LEAVES } from "../store/subtrees.ts";
import { TimedRounds } from "../timed-rounds.ts";
import { grownLog, openBlockStart } from "./grown-log.ts";
import { StoredLog } from "./stored-log.ts";
import type { WitnessedLog, WitnessedLogs } from "./witnessed-log.ts";

export interface HeadLogParts {
  readonly store: Store;
  readonly signer: Signer;
  readonly clock: () => number;
  /** How long after the head of a session the next one of it is logged; ten seconds when absent. */
  readonly restMs?: number | undefined;
  readonly onFailure: (failure: Error) => void;
}

/** From one look for heads of sessions that changed to the next. */
const ROUND_MS = 1_000;
/** Heads of one session are so far apart: a session that never rests is one leaf in ten seconds. */
const REST_MS = 10_000;
/** Heads of one tenant and round; what is left waits for the next one. */
const HEADS_AT_ONCE = 500;
/** From one search of all sessions to the next, a page in each round: a node may have died with its notes. */
const SWEEP_MS = 3_600_000;
/** Nodes that append to one log at the same time: who is too late reads it again. */
const ATTEMPTS = 5;

/** Heads could not be logged; they will be with the next round. */
class HeadLogError extends Error {
  override readonly name = "HeadLogError";
}

/** Logs the heads of sessions, in rounds; what cannot be logged now is logged later. */
export class HeadLog implements WitnessedLogs {
  readonly #parts: HeadLogParts;
  readonly #rounds: TimedRounds;
  /** Ids of sessions that changed, by tenant. */
  readonly #changed = new Map<number, Set<string>>();
  /** Until when the sessions that were logged rest, by tenant and id. */
  readonly #resting = new Map<string, number>();
  /** Where the search goes on for heads that nobody reported; undefined while none is under way. */
  #sweep: { readonly tenants: readonly number[]; readonly key: number } | undefined;
  #nextSweepMs = 0;
  #working: Promise<void> = Promise.resolve();

  constructor(parts: HeadLogParts) {
    this.#parts = parts;
    const { onFailure } = parts;
    const round = () => this.round();
    this.#rounds = new TimedRounds({ round, everyMs: ROUND_MS, onFailure });
  }

  /** From now on heads are logged by themselves. */
  start(): void {
    this.#rounds.start();
  }

  /** Logs what is due, and ends. */
  async stop(): Promise<void> {
    await this.#rounds.stop();
    this.#resting.clear();
    await this.round().catch(() => {});
  }

  /** A session has more records; costs no more than a note of it. */
  changed(tenant: number, sessionId: string): void {
    const known = this.#changed.get(tenant);
    if (known === undefined) this.#changed.set(tenant, new Set([sessionId]));
    else known.add(sessionId);
  }

  /**
   * One look at everything that changed; what cannot be logged of one tenant keeps no other from it.
   *
   * @throws what was wrong, once all were tried
   */
  async round(): Promise<void> {
    if (!this.#parts.store.status().isWritable) return;
    const failures: unknown[] = [];
    const nowMs = this.#parts.clock();
    for (const [place, untilMs] of this.#resting) {
      if (untilMs <= nowMs) this.#resting.delete(place);
    }
    for (const [tenant, sessions] of this.#changed) {
      const due = [...sessions].filter((id) => !this.#resting.has(`${tenant}/${id}`));
      const logged = this.#logChanged(tenant, due.slice(0, HEADS_AT_ONCE), sessions);
      await logged.catch((failure: unknown) => failures.push(failure));
      if (sessions.size === 0) this.#changed.delete(tenant);
    }
    if (failures.length > 0) throw failures[0];
    await this.#sweepOn();
  }

  /**
   * Logs the head of exactly this view, unless a larger one of the session is there. A head that cannot
   * be logged is still true: the next round tries it.
   */
  async include({ tenant }: TenantRow, view: SessionView): Promise<void> {
    const tag = sessionTag(view.id);
    try {
      await this.#append(tenant, async () => {
        const [head] = await this.#log.heads(tenant, [tag]);
        return head === undefined ? [] : [{ ...head, tree: view.tree }];
      });
    } catch (failure) {
      if (!(failure instanceof HeadLogError)) throw failure;
      this.changed(tenant, view.id);
    }
  }

  /** The log of one tenant. */
  of({ tenant, ulid }: Pick<TenantRow, "tenant" | "ulid">): StoredLog {
    return new StoredLog(this.#parts.store, this.#parts, { tenant, ulid });
  }

  async changedSince(sinceMs: number): Promise<readonly WitnessedLog[]> {
    return (await this.#log.changedSince(sinceMs)).map((log) => this.of(log));
  }

  get #log() {
    return this.#parts.store.reader.log;
  }

  async #logChanged(tenant: number, due: readonly string[], sessions: Set<string>): Promise<void> {
    if (due.length === 0) return;
    // Taken out first: what changes meanwhile is put in again.
    for (const id of due) sessions.delete(id);
    const tags = due.map(sessionTag);
    try {
      await this.#append(tenant, () => this.#log.heads(tenant, tags));
    } catch (failure) {
      for (const id of due) sessions.add(id);
      throw failure;
    }
    const untilMs = this.#parts.clock() + (this.#parts.restMs ?? REST_MS);
    for (const id of due) this.#resting.set(`${tenant}/${id}`, untilMs);
  }

  /** A page of all sessions in each round, until all were seen; then not for a while. */
  async #sweepOn(): Promise<void> {
    const nowMs = this.#parts.clock();
    if (this.#sweep === undefined && nowMs < this.#nextSweepMs) return;
    this.#sweep ??= { tenants: await this.#log.accounts(), key: -1 };
    const { tenants, key } = this.#sweep;
    const [tenant, ...rest] = tenants;
    if (tenant === undefined) {
      this.#sweep = undefined;
      this.#nextSweepMs = nowMs + SWEEP_MS;
      return;
    }
    let page: readonly HeadRow[] = [];
    await this.#append(tenant, async () => {
      page = await this.#log.headsAfter(tenant, key, HEADS_AT_ONCE);
      return page;
    });
    const last = page.at(-1);
    this.#sweep = last === undefined ? { tenants: rest, key: -1 } : { tenants, key: last.key };
  }

  /** One after the other in this process; between nodes the size of the log decides. */
  #append(tenant: number, read: () => Promise<readonly HeadRow[]>): Promise<void> {
    const turn = this.#working.then(() => this.#tryToAppend(tenant, read));
    this.#working = turn.catch(() => {});
    return turn;
  }

  async #tryToAppend(tenant: number, read: () => Promise<readonly HeadRow[]>): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      // The log is read first: heads that come between are then seen as logged, or it has grown.
      const state = await this.#log.state(tenant);
      if (state === undefined || !state.isAccount) return;
      const heads = (await read()).filter(({ tree, logged }) => tree.size > logged);
      if (heads.length === 0) return;
      const { store, signer, clock } = this.#parts;
      const openLeaves = await this.#openLeaves(tenant, state.tree.size, heads.length);
      const parts = { signer, nowMs: clock(), openLeaves };
      const answer = await store.administer(grownLog(tenant, state, heads, parts));
      if (answer.kind === "done") return;
      if (answer.code !== "CONFLICT") throw notLogged(answer);
    }
    throw new HeadLogError("other nodes append to the log all the time: it is tried again");
  }

  async #openLeaves(tenant: number, size: number, more: number): Promise<readonly string[]> {
    const start = openBlockStart(size);
    if (size + more < start + BLOCK_LEAVES || start === size) return [];
    return (await this.#log.entries(tenant, start, size - start)).map(({ text }) => hashLeaf(text));
  }
}

function notLogged(answer: Exclude<CommandAnswer, { kind: "done" }>): HeadLogError {
  return new HeadLogError(`heads of sessions could not be logged (${answer.code}): later again`);
}
