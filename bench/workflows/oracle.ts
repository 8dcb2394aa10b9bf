/**
 * What 40 sessions can tell at all: a test that knows how sessions were, how they become and which quantity
 * changes. It adds up how much likelier that quantity is after the change than before it (CUSUM, Page 1954),
 * and alarms as rarely as ours may: in one month of 20. No test of that quantity finds a change sooner at the
 * same rate (Moustakides 1986); ours knows neither the change nor the workflow, and tests all else as well.
 */
import { OPERATIONS, type SessionProfile } from "@caum/workflows";
import type { Change } from "./changes.ts";
import { MONTH, SOON } from "./periods.ts";
import { draw, randomFrom } from "./random.ts";
import { type Profiles, ShuffledHistory, type Workflow } from "./workflow.ts";

/** How often each session is changed to learn what it becomes. */
const DRAWS = 2_000;
/** Histories by which the threshold is chosen, and by which the rate is measured. */
const HISTORIES = 1_000;
/** Months with a false alarm. */
const FALSE = 0.05;
/** Sums that differ by less are the same. */
const NEAR = 1e-9;
/** Few, so that no session is known by its own value. */
const BINS = 8;

/** The quantity that a change is about, as a number of a few. */
export type Quantity = (profile: SessionProfile) => number;
/** Made of many sessions before and after the change. */
export type Measure = (
  before: readonly SessionProfile[],
  after: readonly SessionProfile[],
) => Quantity;

export const hasLoop: Measure = () => (profile) => (profile.loops > 0 ? 1 : 0);

/** How many retries it has. */
export const retriesOf: Measure = (before, after) =>
  binned(({ structure }) => structure.retries, before, after);

/** How much likelier its transitions are after the change, by chains that know both. */
export const transitionsOf: Measure = (before, after) => {
  const [old, changed] = [chainOf(before), chainOf(after)];
  const likelier = ({ structure }: SessionProfile) => {
    let sum = 0;
    for (const [place, count] of Object.entries(structure.transitions)) {
      sum += count * Math.log((changed[Number(place)] ?? 1) / (old[Number(place)] ?? 1));
    }
    return sum;
  };
  return binned(likelier, before, after);
};

function chainOf(profiles: readonly SessionProfile[]): readonly number[] {
  const kinds = OPERATIONS.length;
  const counts = new Array<number>(kinds * kinds).fill(0.5);
  for (const { structure } of profiles) {
    for (const [place, count] of Object.entries(structure.transitions)) {
      counts[Number(place)] = (counts[Number(place)] ?? 0) + count;
    }
  }
  return counts.map((count, place) => {
    const from = Math.floor(place / kinds) * kinds;
    return count / counts.slice(from, from + kinds).reduce((sum, one) => sum + one, 0);
  });
}

/** Bins with about as many sessions each, of both. */
function binned(
  of: (profile: SessionProfile) => number,
  before: readonly SessionProfile[],
  after: readonly SessionProfile[],
): Quantity {
  const all = [...before, ...after].map(of).sort((one, other) => one - other);
  const bounds = Array.from(
    { length: BINS - 1 },
    (_, at) => all[Math.floor(((at + 1) / BINS) * all.length)] ?? 0,
  );
  const distinct = [...new Set(bounds)];
  return (profile) => {
    const value = of(profile);
    return distinct.filter((bound) => value > bound).length;
  };
}

export interface OracleFigures {
  /** Share of changes that are found within `SOON` sessions. */
  readonly soon: number;
}

export function oracleFigures(
  { sessions }: Workflow,
  profiles: Profiles,
  change: Change,
  measure: Measure,
): OracleFigures {
  const history = new ShuffledHistory(sessions, profiles, 31);
  const before = sessions.map((session) => profiles.of(session));
  const after = Array.from({ length: DRAWS }, () => history.next(sessions, change));
  const quantity = measure(before, after);
  const [old, changed] = [before.map(quantity), after.map(quantity)];
  const gain = gainOf(old, changed);
  const random = randomFrom(7);
  const peak = (from: readonly number[], count: number): number => {
    let [sum, most] = [0, 0];
    for (let at = 0; at < count; at++) {
      sum = Math.max(0, sum + (gain.get(draw(random, from)) ?? 0));
      most = Math.max(most, sum);
    }
    return most;
  };
  const peaks = Array.from({ length: HISTORIES }, () => peak(old, MONTH)).sort(
    (one, other) => one - other,
  );
  const threshold = peaks[Math.floor((1 - FALSE) * HISTORIES)] ?? 0;
  // Sums of a few values are often the same: of those that are just at it, as many count as may.
  const isOver = (most: number) => most > threshold + NEAR;
  const isAt = (most: number) => !isOver(most) && most > threshold - NEAR;
  const shareOf = (all: readonly number[], is: (most: number) => boolean) =>
    all.filter(is).length / all.length;
  const counted = (FALSE - shareOf(peaks, isOver)) / shareOf(peaks, isAt);
  const soon = Array.from({ length: HISTORIES }, () => peak(changed, SOON));
  return { soon: shareOf(soon, isOver) + counted * shareOf(soon, isAt) };
}

/** Logarithms of how much likelier each value is after the change; what never was is as good as sure. */
function gainOf(old: readonly number[], changed: readonly number[]): ReadonlyMap<number, number> {
  const count = (all: readonly number[]) => {
    const counts = new Map<number, number>();
    for (const value of all) counts.set(value, (counts.get(value) ?? 0) + 1);
    return counts;
  };
  const [before, after] = [count(old), count(changed)];
  const values = new Set([...before.keys(), ...after.keys()]);
  const least = 1 / (2 * old.length);
  return new Map(
    [...values].map((value) => {
      const share = Math.max(least, (before.get(value) ?? 0) / old.length);
      const now = Math.max(least, (after.get(value) ?? 0) / changed.length);
      return [value, Math.log(now / share)];
    }),
  );
}
