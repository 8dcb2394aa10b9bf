/** What a cohort's sessions say, one value a session; what is not known is left out, never 0. */
import { usdOf } from "../http/told-figures.ts";
import type { SessionView } from "../store/store.ts";

export interface Sample {
  /** Sessions that are compared. */
  readonly sessions: readonly SessionView[];
  readonly leftOut: LeftOut;
  /** Of the compared ones: the label came when the outcome was known. */
  readonly markedAtEnd: number;
}

/** Why sessions of a cohort are not compared. */
export interface LeftOut {
  readonly notEnded: number;
  /** The sender started over under the same id: totals and findings are of different parts. */
  readonly restarted: number;
  readonly withoutSteps: number;
}

export function sampleOf(cohort: readonly SessionView[]): Sample {
  const [restarted, once] = parted(cohort, ({ segment }) => segment > 1);
  const [ended, notEnded] = parted(once, (session) => session.ended);
  const [sessions, withoutSteps] = parted(ended, ({ standing }) => standing.step > 0);
  return {
    sessions,
    leftOut: {
      notEnded: notEnded.length,
      restarted: restarted.length,
      withoutSteps: withoutSteps.length,
    },
    markedAtEnd: sessions.filter(({ facts }) => facts.isMarkedAtEnd).length,
  };
}

/** Yes or no of one session; undefined where it was not told. */
export const SHARES = {
  looping_sessions: ({ figures }: SessionView) => figures.loops > 0,
  resolved: ({ resolved }: SessionView) => resolved,
} as const;

/** A number of one session; undefined where it is not known. */
export const AMOUNTS = {
  steps: ({ standing }: SessionView) => standing.step,
  loop_step_share: ({ figures, standing }: SessionView) => figures.patternSteps / standing.step,
  work_yield: ({ figures }: SessionView) => figures.workYield,
  total_tokens: ({ totals }: SessionView) => known(totals.totalTokens),
  cost_usd: ({ totals }: SessionView) => known(usdOf(totals.costNanoUsd)),
} as const;

/** Tokens and cost that nobody told add up to 0; a session that really used none is as good as that. */
function known(value: number): number | undefined {
  return value === 0 ? undefined : value;
}

function parted<T>(all: readonly T[], isFirst: (one: T) => boolean): readonly [T[], T[]] {
  const first: T[] = [];
  const second: T[] = [];
  for (const one of all) (isFirst(one) ? first : second).push(one);
  return [first, second];
}
