import type { ServiceClockRow } from "../rows/billing-rows.ts";
import type { CommandAnswer } from "../store/command.ts";
import type { Store } from "../store/store.ts";

const SAVE_EVERY_MS = 60_000;
/** One step of the machine's clock counts as so much at most. */
const MAX_STEP_MS = 86_400_000;

export interface Clocks {
  /** The machine's clock, in milliseconds since 1970; anybody may set it. */
  readonly wall: () => number;
  /** Milliseconds since some moment, by a clock that nobody can set. */
  readonly uptime: () => number;
}

/**
 * The time that counts against trials; it never goes back.
 *
 * While the collector runs it goes on as the uptime does, or as the machine's clock does where that
 * is more: beyond the latest that the clock ever said, and by a day a step at most. So a clock that
 * is set back gives no time, and neither one that is set years ahead nor a time in which the
 * collector did not run takes more than a day.
 */
export class ServiceClock {
  readonly #store: Store;
  readonly #clocks: Clocks;
  /** Where it stood when the two counters below were 0. */
  #startMs: number;
  #highMs: number;
  #uptimeStartMs: number;
  #wallMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(store: Store, clocks: Clocks, saved: ServiceClockRow | undefined) {
    this.#store = store;
    this.#clocks = clocks;
    const wallMs = clocks.wall();
    const { serviceMs, highMs } = saved ?? { serviceMs: wallMs, highMs: wallMs };
    const offMs = Math.max(0, wallMs - highMs);
    this.#startMs = serviceMs + Math.min(offMs, MAX_STEP_MS);
    this.#highMs = highMs + offMs;
    this.#uptimeStartMs = clocks.uptime();
  }

  /** Goes on where the store says; does nothing by itself while nobody was ever on trial. */
  static async open(store: Store, clocks: Clocks, hasTrials: boolean): Promise<ServiceClock> {
    const saved = await store.reader.serviceClock();
    const clock = new ServiceClock(store, clocks, saved);
    if (saved !== undefined || hasTrials) clock.#keep();
    return clock;
  }

  /** Milliseconds since 1970 as the first start had it. */
  now(): number {
    const ahead = Math.max(0, this.#clocks.wall() - this.#highMs);
    this.#highMs += ahead;
    this.#wallMs += Math.min(ahead, MAX_STEP_MS);
    const uptimeMs = this.#clocks.uptime() - this.#uptimeStartMs;
    return Math.floor(this.#startMs + Math.max(uptimeMs, this.#wallMs));
  }

  /** Makes what has passed durable, and learns what has passed on other nodes. */
  async save(): Promise<CommandAnswer> {
    const clock: ServiceClockRow = { serviceMs: this.now(), highMs: this.#highMs };
    const saved = await this.#store.administer({ kind: "save_service_clock", clock });
    const stored = await this.#store.reader.serviceClock();
    if (stored !== undefined && stored.serviceMs > this.now()) this.#goOnFrom(stored);
    return saved;
  }

  /** Writes the last time down. */
  async stop(): Promise<void> {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    await this.save();
  }

  #goOnFrom({ serviceMs, highMs }: ServiceClockRow): void {
    this.#startMs = serviceMs;
    this.#highMs = Math.max(this.#highMs, highMs);
    this.#uptimeStartMs = this.#clocks.uptime();
    this.#wallMs = 0;
  }

  #keep(): void {
    // A store that cannot write now can the next time; until then the time is kept in memory.
    this.#timer = setInterval(() => void this.save().catch(() => {}), SAVE_EVERY_MS);
    this.#timer.unref();
  }
}
