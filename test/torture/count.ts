/** What rounds of damage came to. The last four are the promises: each is 0, or something is broken. */
export interface Count {
  rounds: number;
  /** Told to be kept: a 2xx of the collector, or a flush of an agent. */
  acknowledged: number;
  /** Damage that was reported: a refused start, a failed request, a finding, a declared gap. */
  told: number;
  /** Acknowledged, and not there. */
  lost: number;
  /** There more than once. */
  doubled: number;
  /** Chains that do not verify although nobody damaged them. */
  broken: number;
  /** Damage that nobody was told of. */
  untold: number;
}

export type Outcome = Partial<Omit<Count, "rounds">>;

export const NOTHING: Count = {
  rounds: 0,
  acknowledged: 0,
  told: 0,
  lost: 0,
  doubled: 0,
  broken: 0,
  untold: 0,
};

export function added(count: Count, outcome: Outcome): Count {
  const sum = { ...count, rounds: count.rounds + 1 };
  for (const [name, value] of Object.entries(outcome)) sum[name as keyof Outcome] += value;
  return sum;
}

/** Whether every promise was kept. */
export function holds({ lost, doubled, broken, untold }: Count): boolean {
  return lost + doubled + broken + untold === 0;
}

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const between = (random: () => number, from: number, to: number) =>
  from + Math.floor(random() * (to - from));
