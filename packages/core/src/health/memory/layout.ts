/**
 * Where each signal keeps its numbers in the packed memory of a session.
 *
 * The order is part of the format of a saved state: a change needs a new `FORMAT`.
 */
export const FORMAT = 1;

/** How far back a period may reach. */
export const LONGEST_PERIOD = 8;
/** Steps that the step history remembers. */
export const HISTORY = 32;
/** Steps over which the variety of operations is measured. */
export const VARIETY = 20;
/** Calls of one parent that are told apart. */
export const SIBLINGS = 4;

/** Keys, traits, times, steps, counters, first steps, place and holds; see rules/period-ring.ts. */
const RING = 6 * LONGEST_PERIOD + 3;
/** Key, length, traits and first step of one run; see signals/run.ts. */
const RUN = 4;

const SIZES = {
  steps: 1,
  sinceReset: 1,
  siblings: 1 + SIBLINGS,
  quality: 5,
  everyStep: RING,
  everyCall: RING,
  templates: RING,
  numerics: RING,
  history: 1 + HISTORY,
  historyBits: 8,
  variety: 1 + VARIETY,
  averages: 2,
  work: 1,
  repeats: RUN,
  errors: RUN,
  failingWrites: RUN,
  blindWrites: RUN,
  messages: RUN,
  speeches: RUN,
  answers: RUN,
  calls: RUN,
  failures: RUN,
  probe: 1,
  risk: 5,
  publicClass: 1,
  looped: 1,
} as const;

type Part = keyof typeof SIZES;

function place(): { readonly slots: Readonly<Record<Part, number>>; readonly total: number } {
  let total = 0;
  const entries = Object.entries(SIZES).map(([part, size]) => {
    const at = total;
    total += size;
    return [part, at] as const;
  });
  // Object.entries forgets which names it came from.
  return { slots: Object.fromEntries(entries) as Record<Part, number>, total };
}

const { slots, total } = place();

/** First slot of each part. */
export const SLOT = slots;
/** How many slots a session has. */
export const SLOT_COUNT = total;
