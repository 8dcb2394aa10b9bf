import { OPERATIONS, type SessionProfile } from "../../src/index.ts";

/** Random numbers that are the same in every run (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What sessions of a made-up workflow are like. */
export interface Habits {
  /** Steps on average. */
  readonly length: number;
  /** Chance of a call to fail, and of a failed one to be asked again. */
  readonly failing: number;
  readonly retried: number;
  /** Chance of a session to loop. */
  readonly looping: number;
  /** Chance of a write to come after a read, and of a read to come after a write. */
  readonly alternating: number;
  readonly model: string;
  readonly tools: readonly string[];
  readonly tokensPerStep?: number;
}

export const USUAL: Habits = {
  length: 16,
  failing: 0.1,
  retried: 0.3,
  looping: 0,
  alternating: 0.8,
  model: "model-a",
  tools: ["bash", "edit"],
  tokensPerStep: 900,
};

const READ = OPERATIONS.indexOf("read");
const WRITE = OPERATIONS.indexOf("write");
export const BEGIN_MS = 1_750_000_000_000;
const HOUR_MS = 3_600_000;

/** Sessions one after the other, an hour apart. */
export class MadeUpSessions {
  readonly #random: () => number;
  #count = 0;

  constructor(seed: number) {
    this.#random = randomFrom(seed);
  }

  next(habits: Habits = USUAL, also: Partial<SessionProfile> = {}): SessionProfile {
    this.#count += 1;
    const random = this.#random;
    const steps = 2 + Math.floor(habits.length * (0.4 + 1.2 * random()));
    const counts = { failures: 0, retries: 0 };
    const ops = OPERATIONS.map(() => 0);
    const transitions: Record<number, number> = {};
    let [op, hasFailed] = [READ, false];
    for (let step = 0; step < steps; step++) {
      if (hasFailed && random() < habits.retried) counts.retries += 1;
      hasFailed = random() < habits.failing;
      if (hasFailed) counts.failures += 1;
      const next = random() < habits.alternating ? READ + WRITE - op : op;
      ops[op] = (ops[op] ?? 0) + 1;
      if (step + 1 < steps) {
        const place = op * OPERATIONS.length + next;
        transitions[place] = (transitions[place] ?? 0) + 1;
      }
      op = next;
    }
    const loops = random() < habits.looping ? 1 : 0;
    const startedMs = BEGIN_MS + this.#count * HOUR_MS;
    const first = Math.floor(steps * (0.3 + 0.4 * random()));
    return {
      sessionId: `session-${this.#count}`,
      workflow: "made-up",
      servers: [],
      startedMs,
      endedMs: startedMs + 60_000,
      ended: true,
      steps,
      loops,
      loopSteps: 8 * loops,
      loopCostNanoUsd: 0,
      reviewed: false,
      ...(habits.tokensPerStep !== undefined && {
        tokens: Math.round(steps * habits.tokensPerStep * (0.8 + 0.4 * random())),
      }),
      durationMs: Math.round(steps * 1_000 * (0.5 + random())),
      failureRisk: null,
      engine: "test",
      structure: {
        calls: steps,
        turns: 0,
        reviewSteps: 0,
        ...counts,
        denied: 0,
        pending: 0,
        ops,
        transitions,
        tools: habits.tools.map((tool, at) => ({
          tool,
          calls: at === 0 ? first : Math.floor((steps - first) / (habits.tools.length - 1)),
          toolErrors: 0,
          protocolErrors: 0,
          loopSteps: 0,
          durations: {},
        })),
        models: { [habits.model]: steps },
        loopKinds: [],
        inLoops: { tokens: 0, ms: 0 },
        afterAlert: { steps: 0, tokens: 0, costNanoUsd: 0, ms: 0 },
      },
      ...also,
    };
  }
}
