import type { ClaimedDelivery, DeliveryOutcome } from "../rows/alert-rows.ts";
import type { Store } from "../store/store.ts";
import { waitAfter } from "./backoff.ts";
import type { Attempt } from "./send/attempt.ts";
import { TargetLanes } from "./target-lanes.ts";

export interface DelivererParts {
  readonly store: Pick<Store, "claimDeliveries" | "administer">;
  /** One attempt; it settles soon after the signal is aborted. */
  readonly send: (
    delivery: ClaimedDelivery,
    attempt: { readonly signal: AbortSignal; readonly nowMs: number },
  ) => Promise<Attempt>;
  readonly clock: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly onFailure: (failure: Error) => void;
  readonly timing?: Partial<DeliveryTiming> | undefined;
}

export interface DeliveryTiming {
  /** How often to look for what is due. */
  readonly pollMs: number;
  readonly timeoutMs: number;
  /** Longer than an attempt can take. */
  readonly leaseMs: number;
  /** What is under way when the collector stops may take so long to end. */
  readonly drainMs: number;
}

export type Attempts = Readonly<Record<DeliveryOutcome["kind"], number>>;

const TIMING: DeliveryTiming = { pollMs: 250, timeoutMs: 10_000, leaseMs: 20_000, drainMs: 200 };

/** Of all targets; each may hold its place until the timeout. */
const MAX_ATTEMPTS_AT_ONCE = 512;

/**
 * Brings alerts out, at least once each. Every rule has a lane of its own: a target that hangs holds its
 * own lane and nobody else's.
 */
export class Deliverer {
  readonly #parts: DelivererParts;
  readonly #timing: DeliveryTiming;
  readonly #lanes = new TargetLanes();
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #claiming: Promise<void> | undefined;
  #claimAgain = false;
  #isStopping = false;
  readonly #attempts: Record<DeliveryOutcome["kind"], number> = { delivered: 0, retry: 0, dead: 0 };

  #begun = 0;

  constructor(parts: DelivererParts) {
    this.#parts = parts;
    this.#timing = { ...TIMING, ...parts.timing };
  }

  /** How attempts of this process went. */
  get attempts(): Attempts {
    return this.#attempts;
  }

  /** Alerts whose first attempt this process made. */
  get begun(): number {
    return this.#begun;
  }

  start(): void {
    this.#timer = setInterval(() => this.wake(), this.#timing.pollMs);
    this.#timer.unref();
    this.wake();
  }

  /** Something may be due. */
  wake(): void {
    if (this.#isStopping) return;
    if (this.#claiming) {
      this.#claimAgain = true;
      return;
    }
    this.#claiming = this.#claim()
      .catch((failure: unknown) => this.#tell(failure))
      .finally(() => {
        this.#claiming = undefined;
        if (!this.#claimAgain) return;
        this.#claimAgain = false;
        this.wake();
      });
  }

  /** Resolves when nothing is under way any more; what was given up is due again. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#timer);
    const drain = setTimeout(() => this.#stopping.abort(), this.#timing.drainMs);
    await this.#claiming;
    await this.#lanes.drained();
    clearTimeout(drain);
  }

  async #claim(): Promise<void> {
    const limit = MAX_ATTEMPTS_AT_ONCE - this.#lanes.size;
    if (limit <= 0) return;
    const claimed = await this.#parts.store.claimDeliveries({
      kind: "claim_deliveries",
      nowMs: this.#parts.clock(),
      leaseMs: this.#timing.leaseMs,
      limit,
      busyRules: this.#lanes.full,
    });
    // A store that cannot write now is asked again later.
    if (claimed.kind !== "claimed") return;
    for (const delivery of claimed.deliveries) this.#open(delivery);
    // There may be more of the same rules.
    if (claimed.deliveries.length > 0) this.#claimAgain = true;
  }

  #open(delivery: ClaimedDelivery): void {
    const { rule, attempts } = delivery;
    if (attempts === 1) this.#begun += 1;
    const attempt = this.#deliver(delivery)
      .catch((failure: unknown) => this.#tell(failure))
      .finally(() => {
        this.#lanes.remove(rule, attempt);
        this.wake();
      });
    this.#lanes.add(rule, attempt);
  }

  async #deliver(delivery: ClaimedDelivery): Promise<void> {
    const { store, send, clock } = this.#parts;
    const { signal: stopping } = this.#stopping;
    const signal = AbortSignal.any([AbortSignal.timeout(this.#timing.timeoutMs), stopping]);
    const attempt = await send(delivery, { signal, nowMs: clock() });
    const nowMs = clock();
    const outcome = this.#outcomeOf(attempt, delivery, nowMs);
    this.#attempts[outcome.kind] += 1;
    this.#lanes.note(delivery.rule, outcome.kind === "delivered");
    await store.administer({
      kind: "settle_delivery",
      tenant: delivery.tenant,
      id: delivery.id,
      attempt: delivery.attempts,
      nowMs,
      outcome,
    });
  }

  #outcomeOf(attempt: Attempt, delivery: ClaimedDelivery, nowMs: number): DeliveryOutcome {
    if (attempt.kind === "delivered") return attempt;
    const { problem, retryAfterMs = 0, isFinal = false } = attempt;
    if (this.#stopping.signal.aborted) return { kind: "retry", dueMs: nowMs, problem: "stopped" };
    const waitMs = waitAfter(delivery.attempts, this.#parts.random());
    if (isFinal || waitMs === undefined) return { kind: "dead", problem };
    return { kind: "retry", dueMs: nowMs + Math.max(waitMs, retryAfterMs), problem };
  }

  #tell(failure: unknown): void {
    this.#parts.onFailure(failure instanceof Error ? failure : new Error("delivery failed"));
  }
}
