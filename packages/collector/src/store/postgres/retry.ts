import { CommitLost } from "./database.ts";
import { troubleOf } from "./sql-state.ts";

/** A conflict is over at once; a server that restarts takes seconds. */
const CONFLICT_MS = 4;
const LOST_MS = 50;
const LONGEST_MS = 1_000;
/** Rows that keep colliding are no race. */
const MAX_CONFLICTS = 100;

export interface RetryOptions {
  /** How long a lost server is waited for, in milliseconds. */
  readonly patienceMs: number;
  /** Whether the work may be done again when nobody knows if it was done. */
  readonly isIdempotent: boolean;
  readonly onLost: () => void;
}

/** Does the whole work again, from fresh reads, for as long as that may help. */
export async function withRetries<T>(
  work: () => Promise<T>,
  { patienceMs, isIdempotent, onLost }: RetryOptions,
): Promise<T> {
  const started = performance.now();
  let conflicts = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (failure) {
      const isLost = failure instanceof CommitLost || troubleOf(failure) === "lost";
      const isConflict = troubleOf(failure) === "conflict";
      if (isLost) onLost();
      if (isConflict) conflicts += 1;
      const mayRepeat =
        (isConflict && conflicts <= MAX_CONFLICTS) ||
        (isLost && (isIdempotent || !(failure instanceof CommitLost)));
      if (!mayRepeat || performance.now() - started > patienceMs) throw failure;
      await pause((isConflict ? CONFLICT_MS : LOST_MS) * Math.min(2 ** attempt, 32));
    }
  }
}

/** With jitter, so that nodes that collided do not collide again. */
function pause(atMostMs: number): Promise<void> {
  const pauseMs = Math.random() * Math.min(atMostMs, LONGEST_MS);
  return new Promise((resolve) => setTimeout(resolve, pauseMs));
}
