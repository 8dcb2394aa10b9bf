/** Brings the checkpoints of all logs to the witnesses, beside everything else and in nobody's way. */
import type { Agent } from "undici";
import type { WitnessedLogs } from "../head-log/witnessed-log.ts";
import {
  type LaneTiming,
  type SubmissionEvent,
  WitnessLane,
  type WitnessStatus,
} from "./witness-lane.ts";
import type { WitnessPlace } from "./witness-settings.ts";

export interface SubmissionParts {
  readonly logs: WitnessedLogs;
  readonly witnesses: readonly WitnessPlace[];
  /**
   * Takes or keeps the right to ask a witness, which one node has at a time.
   *
   * @returns whether this node has it until then
   */
  readonly lease: (witness: string, untilMs: number) => Promise<boolean>;
  readonly clock: () => number;
  readonly uptime: () => number;
  readonly random?: (() => number) | undefined;
  readonly onEvent: (event: SubmissionEvent) => void;
  readonly onFailure: (failure: Error) => void;
  readonly timing?: Partial<SubmissionTiming> | undefined;
}

export interface SubmissionTiming extends LaneTiming {
  /** How often to look for what grew. */
  readonly pollMs: number;
  /** Longer than a request can take. */
  readonly leaseMs: number;
}

const TIMING: SubmissionTiming = {
  pollMs: 250,
  paceMs: 1_000,
  timeoutMs: 10_000,
  firstWaitMs: 2_000,
  mostWaitMs: 600_000,
  leaseMs: 30_000,
};
/** Clocks of nodes may differ, and what grew is written a moment after its time was taken. */
const OVERLAP_MS = 10_000;
const KEEP_ALIVE_MS = 30_000;

/** A lane, and what this node knows of its right to ask. */
interface Held {
  readonly lane: WitnessLane;
  readonly url: string;
  /** 0 while another node has it. */
  untilMs: number;
  /** By the uptime. */
  askAgain: number;
  working: Promise<void> | undefined;
}

export class Submissions {
  readonly #parts: SubmissionParts;
  readonly #timing: SubmissionTiming;
  readonly #stopping = new AbortController();
  readonly #held: readonly Held[];
  #timer: NodeJS.Timeout | undefined;
  #lookedMs = 0;
  #looking: Promise<void> | undefined;
  #agent: Promise<Agent> | undefined;

  constructor(parts: SubmissionParts) {
    this.#parts = parts;
    this.#timing = { ...TIMING, ...parts.timing };
    const { clock, uptime, onEvent, random = Math.random } = parts;
    const timing = this.#timing;
    const dispatcher = () => (this.#agent ??= newAgent(this.#timing.timeoutMs));
    this.#held = parts.witnesses.map((place) => ({
      lane: new WitnessLane({ place, dispatcher, clock, uptime, random, timing, onEvent }),
      url: place.url,
      untilMs: 0,
      askAgain: 0,
      working: undefined,
    }));
  }

  /** All that are configured, by the name of their first key. */
  get witnesses(): readonly { readonly name: string; readonly url: string }[] {
    return this.#held.map(({ lane, url }) => ({ name: lane.name, url }));
  }

  /** Of the witnesses that this node asks. */
  get status(): readonly WitnessStatus[] {
    return this.#held.filter(({ untilMs }) => untilMs > 0).map(({ lane }) => lane.status);
  }

  start(): void {
    if (this.#held.length === 0) return;
    this.#timer = setInterval(() => this.#tick(), this.#timing.pollMs).unref();
  }

  /** Resolves when nothing is under way: what is, is given up, and sent again after the next start. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopping.abort();
    await this.#looking;
    await Promise.all(this.#held.map(({ working }) => working));
    await (await this.#agent)?.destroy();
    for (const { url, untilMs } of this.#held) {
      if (untilMs > 0) await this.#parts.lease(url, 0).catch(() => false);
    }
  }

  #tick(): void {
    this.#looking ??= this.#look()
      .catch((failure: unknown) => this.#tell(failure))
      .finally(() => {
        this.#looking = undefined;
      });
    for (const held of this.#held) {
      if (held.working !== undefined || !held.lane.isDue) continue;
      held.working = this.#work(held)
        .catch((failure: unknown) => this.#tell(failure))
        .finally(() => {
          held.working = undefined;
        });
    }
  }

  async #look(): Promise<void> {
    const nowMs = this.#parts.clock();
    if (Math.abs(nowMs - this.#lookedMs) < this.#timing.paceMs) return;
    const sinceMs = Math.min(nowMs, this.#lookedMs) - OVERLAP_MS;
    const logs = await this.#parts.logs.changedSince(Math.max(0, sinceMs));
    this.#lookedMs = nowMs;
    for (const { lane } of this.#held) for (const log of logs) lane.grew(log);
  }

  async #work(held: Held): Promise<void> {
    if (await this.#mayAsk(held)) await held.lane.turn(this.#stopping.signal);
  }

  /** Whether this node may ask the witness now. */
  async #mayAsk(held: Held): Promise<boolean> {
    const nowMs = this.#parts.clock();
    const uptime = this.#parts.uptime();
    if (uptime < held.askAgain) return false;
    const { leaseMs } = this.#timing;
    const leftMs = held.untilMs - nowMs;
    // The clock may have been set: a lease that is too long is none.
    if (leftMs > leaseMs / 2 && leftMs <= leaseMs) return true;
    const wasMine = leftMs > 0 && leftMs <= leaseMs;
    const isMine = await this.#parts.lease(held.url, nowMs + leaseMs);
    held.untilMs = isMine ? nowMs + leaseMs : 0;
    held.askAgain = isMine ? 0 : uptime + leaseMs / 2;
    if (isMine && !wasMine) held.lane.begin();
    return isMine && wasMine;
  }

  #tell(failure: unknown): void {
    if (this.#stopping.signal.aborted) return;
    this.#parts.onFailure(failure instanceof Error ? failure : new Error("submission failed"));
  }
}

/** Connections are kept while a log grows. Loaded late: a start must not wait for it. */
async function newAgent(timeoutMs: number): Promise<Agent> {
  const { Agent: UndiciAgent } = await import("undici");
  return new UndiciAgent({ connect: { timeout: timeoutMs }, keepAliveTimeout: KEEP_ALIVE_MS });
}
