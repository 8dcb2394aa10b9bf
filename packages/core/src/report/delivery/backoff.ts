/** When a collector that failed is asked again. */

const FIRST_MS = 500;
const CAP_MS = 60_000;
const BREAKER_AT = 5;

export interface BackoffParts {
  /** Milliseconds, any origin. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
}

/**
 * Exponential with full jitter, so that clients of a collector that comes back do not come at once;
 * what the collector asks for in Retry-After wins.
 */
export class Backoff {
  readonly #parts: BackoffParts;
  #failures = 0;
  #until = 0;

  constructor(parts: BackoffParts) {
    this.#parts = parts;
  }

  /** After several failures in a row the next attempt is a single small request. */
  get isProbing(): boolean {
    return this.#failures > 0;
  }

  /** After this many failures in a row only one attempt a minute, at most, is made. */
  get isOpen(): boolean {
    return this.#failures >= BREAKER_AT;
  }

  /** 0 when an attempt may be made now. */
  get waitMs(): number {
    return Math.max(0, this.#until - this.#parts.now());
  }

  failed(retryAfterMs?: number): void {
    this.#failures += 1;
    const cap = this.isOpen ? CAP_MS : Math.min(CAP_MS, FIRST_MS * 2 ** (this.#failures - 1));
    this.#until = this.#parts.now() + (retryAfterMs ?? this.#parts.random() * cap);
  }

  succeeded(): void {
    this.#failures = 0;
    this.#until = 0;
  }

  /** Somebody waits for an answer: the next attempt may be made at once. */
  allowNow(): void {
    this.#until = 0;
  }
}
