import { CommitLost, troubleOf } from "./sql-state.ts";

/** A conflict is over at once; a server that restarts takes seconds. */
const CONFLICT_MS = 4;
const LOST_MS = 50;
const LONGEST_MS = 1_000;
/** After so many attempts, rows that still collide are no race. */
const MAX_CONFLICTS = 100;

export interface RetryOptions {
  /** How long a lost server is waited for, in milliseconds. */
  readonly patienceMs: number;
  /** Whether the work may be done again when nobody knows if it was done. */
  readonly isIdempotent: boolean;
  readonly onLost: (failure: unknown) => void;
}

/** Does the whole work again, from fresh reads, for as long as that may help. */
export async function withRetries<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const started = performance.now();
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (failure) {
      const trouble = troubleOf(failure);
      if (trouble === "lost") options.onLost(failure);
      const isLate = performance.now() - started > options.patienceMs;
      if (isLate || !mayRepeat(failure, attempt, options)) throw failure;
      await pause((trouble === "conflict" ? CONFLICT_MS : LOST_MS) * Math.min(2 ** attempt, 32));
    }
  }
}

function mayRepeat(failure: unknown, attempt: number, { isIdempotent }: RetryOptions): boolean {
  const trouble = troubleOf(failure);
  if (trouble === "conflict") return attempt <= MAX_CONFLICTS;
  return trouble === "lost" && (isIdempotent || !(failure instanceof CommitLost));
}

/** With jitter, so that nodes that collided do not collide again. */
function pause(atMostMs: number): Promise<void> {
  const pauseMs = Math.random() * Math.min(atMostMs, LONGEST_MS);
  return new Promise((resolve) => setTimeout(resolve, pauseMs));
}
