/**
 * Where each signal keeps its numbers in the memory of an agent, which is one array of doubles.
 *
 *     | who: format size agent number steps | what stands: class, handoffs, tier |
 *     +------------------------------------+------------------------------------+
 *     | attempt: parent, end, 8 keys       | pace: last time, 8 gaps            |
 *     | beats: of steps and of calls, each 8 traits, 8 times, 8 numbers, count  |
 *     | rings: steps, calls, templates, numerics, each 8 keys, 8 matches,       |
 *     |        8 first steps, 4 holds                                           |
 *     | facts: one word of 32 bits each    | variety: the last 20 kinds of work |
 *     | averages, work, quality, risk      |                                    |
 *     | runs: key, length, traits, first step, latest attempt of each           |
 *     | rhythm of a failing call: time, 3 gaps, bytes                           |
 *     | seen calls: count, 64 keys         | seen answers: count, 64 keys       |
 *     | seen steps: count, then 27 keys, and more as they come, 429 at most     |
 *
 * The order is part of the format of a saved state: a change needs a new `FORMAT`.
 */
export const FORMAT = 7;

/** How far back a period may reach. */
export const LONGEST_PERIOD = 8;
/** Longest cycle that can be a wait: three looks and a sleep. */
export const LONGEST_WAIT = 4;
/** Steps over which the variety of operations is measured. */
export const VARIETY = 20;
/** Calls of one attempt that are told apart. */
export const SIBLINGS = 8;
/** Gaps that tell how fast the session works. */
export const GAPS = 8;
/** Calls and answers whose newness is told; one that is older is new again. */
export const SEEN_PARTS = 64;
/** Steps whose full keys are remembered: at first, and at most. */
export const FIRST_STEPS = 27;
export const MOST_STEPS = 429;

/** Traits, times and numbers of the last steps, and how many there were; see signals/beat.ts. */
const BEAT = 3 * LONGEST_PERIOD + 1;
/** Keys, counters and first steps by period, and the holds; see rules/period-ring.ts. */
const RING = 3 * LONGEST_PERIOD + LONGEST_WAIT;
/** Key, length, traits, first step and latest attempt; see signals/run.ts. */
const RUN = 5;

const SIZES = {
  format: 1,
  /** Doubles of this memory, the agent it is of, and the number of its latest step in the session. */
  size: 1,
  agent: 1,
  number: 1,
  steps: 1,
  sinceReset: 1,
  attempt: 3 + SIBLINGS,
  pace: 2 + GAPS,
  quality: 5,
  stepBeat: BEAT,
  callBeat: BEAT,
  everyStep: RING,
  everyCall: RING,
  templates: RING,
  numerics: RING,
  facts: 9,
  variety: 1 + VARIETY,
  averages: 2,
  work: 1,
  repeats: RUN,
  returns: RUN,
  words: 1,
  idleTurn: 1,
  failingTools: 1,
  nudges: RUN,
  errors: RUN,
  failingCalls: RUN,
  failingWrites: RUN,
  refusals: RUN,
  rhythm: 5,
  blindWrites: RUN,
  /** The change that is on trial, and what was read before it; see signals/tries.ts. */
  vain: 2,
  messages: RUN,
  speeches: RUN,
  answers: RUN,
  calls: RUN,
  failures: RUN,
  sameContents: RUN,
  sameNames: RUN,
  probe: 1,
  risk: 9,
  publicClass: 1,
  /** Moment since which the tier is worse than T2; 0 while it is not. */
  lowered: 1,
  /** Step since which the regime is one that gets nowhere; 0 while it is not. */
  stuck: 1,
  sessionClass: 1,
  newSteps: 1,
  /** What a handoff carries on, and how many there were in a row; see agents/handoff.ts. */
  carried: 1,
  handedOn: 1,
  handoffs: 1,
  handoffWork: 1,
  handoffAgent: 1,
  looped: 1,
  seenCalls: 1 + SEEN_PARTS,
  seenAnswers: 1 + SEEN_PARTS,
  /** Last, because it grows: how many keys there ever were, then the latest. */
  seenSteps: 1,
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
/** Slots before the keys of the steps. */
export const FIXED_SLOTS = total;
