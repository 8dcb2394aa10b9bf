/** Row keys that nodes make by themselves, so that no sequence is a place where all of them meet. */
import { randomInt } from "node:crypto";

const EPOCH_S = Date.parse("2024-01-01T00:00:00Z") / 1_000;
const RANDOM_BITS = 2 ** 22;

/**
 * A key that grows with the seconds and is random within one: 31 + 22 bits, a safe integer until
 * 2092. Two rows of one tenant that get the same key collide on the primary key, and the later one
 * is tried again with another.
 */
export function newRowKey(nowMs: number): number {
  return Math.floor(nowMs / 1_000 - EPOCH_S) * RANDOM_BITS + randomInt(RANDOM_BITS);
}
