/** One thing to time; `run` answers something, so that the work cannot be optimised away. */
export interface Case {
  readonly name: string;
  readonly run: () => unknown;
}

export interface Timing {
  readonly name: string;
  readonly bestNs: number;
  readonly medianNs: number;
}

const ROUNDS = 15;
const ROUND_MS = 12;

/**
 * Times cases against each other in one process.
 *
 * Rounds alternate between the cases, so that a busy moment of the machine hits all of them, and the
 * best round counts.
 */
export function measure(cases: readonly Case[]): readonly Timing[] {
  const repeats = cases.map(repeatsPerRound);
  const rounds: number[][] = cases.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, one] of cases.entries()) {
      rounds[index]?.push(timeOf(one, repeats[index] ?? 1));
    }
  }
  return cases.map((one, index) => summary(one.name, rounds[index] ?? []));
}

/** As many repeats as fill one round, found while the case warms up. */
function repeatsPerRound(one: Case): number {
  let repeats = 1;
  while (repeats < 1_000_000 && timeOf(one, repeats) * repeats < ROUND_MS * 1e6) repeats *= 2;
  return repeats;
}

/** Nanoseconds per run. */
function timeOf(one: Case, repeats: number): number {
  let kept: unknown;
  const start = process.hrtime.bigint();
  for (let repeat = 0; repeat < repeats; repeat++) kept = one.run();
  const elapsed = Number(process.hrtime.bigint() - start);
  if (kept === measure) throw new Error("unreachable: keeps the result alive");
  return elapsed / repeats;
}

function summary(name: string, rounds: readonly number[]): Timing {
  const sorted = rounds.toSorted((left, right) => left - right);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
  return { name, bestNs: at(0), medianNs: at(0.5) };
}
