/** How coarse the index over the time of a session is, in milliseconds. */
const COARSE_MS = 10_000;

/**
 * The time that sessions are found by. An index over a time that moves with every group would cost
 * each update of a session a new entry in every index it has; within ten seconds this one stands
 * still, and an update stays on its page.
 */
export function listedMs(lastMs: number): number {
  return lastMs - (lastMs % COARSE_MS);
}

/** The same in SQL. @param ms an expression */
export function listedMsOf(ms: string): string {
  return `${ms}::bigint - ${ms}::bigint % ${COARSE_MS}`;
}
