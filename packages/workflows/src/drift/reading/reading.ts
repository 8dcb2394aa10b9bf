/** A session as numbers and levels: what the tests see of it. */
import { bucketMiddle, bucketOf, bucketStart } from "../../profile/log-histogram.ts";
import type { SessionProfile } from "../../profile/session-profile.ts";
import { type Pairs, transitionPairs } from "../../profile/transition-pairs.ts";
import { COLUMNS, NUMBERS, SHARES } from "./channel.ts";
import { levelOf } from "./level.ts";
import { BIT, EVEN, nameOf, type Vocabulary } from "./vocabulary.ts";

/** Stands for what is not known of a session; no test counts it. */
export const UNKNOWN = 255;
/** Buckets between a number and twice that number, where numbers are compared with each other. */
export const COMPARED_BUCKETS = 4;
/** The same where they are shown: half a percent. */
export const SHOWN_BUCKETS = 64;
/** Numbers from 2^25 on are one bucket. */
export const BUCKETS = 96;
const SECOND_MS = 1_000;
export const UNKNOWN_NUMBER = 0xffff;
/** Shares count in units of this, and cost in units of 10,000 nano-dollars. */
export const SHARE_UNIT = 1 / 10_000;
export const COST_UNIT_NANO_USD = 10_000;

/** Surprises count from so many bits below none on, in units of a bit by this. */
const LEAST_BITS = -8;
const BIT_UNITS = 1_024;
/** They are compared in twelfths of a bit, four bits to both sides. */
const COMPARED_BITS = 12;
const LEAST_COMPARED_BITS = -4;
const ORDER = NUMBERS.indexOf("order");
const RETRIES = NUMBERS.indexOf("retries");
const FAILURES = NUMBERS.indexOf("failures");

/** What is kept of one session to test it; no content. */
export interface Reading {
  readonly sessionId: string;
  /** To the second. */
  readonly startedMs: number;
  readonly looped: boolean;
  /** Fine buckets of the numbers, in the order of `NUMBERS`. */
  readonly numbers: Uint16Array;
  /** What is compared: coarse buckets of numbers, then levels of shares. */
  readonly codes: Uint8Array;
}

const fineBucket = (value: number | undefined): number =>
  value === undefined
    ? UNKNOWN_NUMBER
    : Math.min(bucketOf(value, SHOWN_BUCKETS), UNKNOWN_NUMBER - 1);

/** @param vocabulary says which names have a column */
export function readingOf(profile: SessionProfile, vocabulary: Vocabulary): Reading {
  const numbers = numbersOf(profile, vocabulary);
  const codes = new Uint8Array(COLUMNS).fill(UNKNOWN);
  writeNumberCodes(numbers, codes);
  writeShares(profile, vocabulary, codes.subarray(NUMBERS.length));
  return {
    sessionId: profile.sessionId,
    startedMs: Math.floor(profile.startedMs / SECOND_MS) * SECOND_MS,
    looped: profile.loops > 0,
    numbers,
    codes,
  };
}

function numbersOf(
  { structure, steps, ...profile }: SessionProfile,
  { surprises }: Vocabulary,
): Uint16Array {
  const { calls, retries, failures } = structure;
  const ofCalls = (count: number) =>
    calls === 0 ? undefined : Math.min(count / calls, 1) / SHARE_UNIT;
  const cost = profile.costNanoUsd;
  return Uint16Array.from([
    fineBucket(steps),
    fineBucket(ofCalls(retries)),
    fineBucket(ofCalls(failures)),
    fineBucket(profile.tokens),
    fineBucket(cost === undefined ? undefined : cost / COST_UNIT_NANO_USD),
    fineBucket(profile.durationMs),
    surpriseOf(transitionPairs(structure), surprises),
  ]);
}

/** Of a transition, on average. */
function surpriseOf(transitions: Pairs, surprises: Uint8Array): number {
  let [sum, all] = [0, 0];
  for (let at = 0; at < transitions.length; at += 2) {
    const count = transitions[at + 1] ?? 0;
    sum += count * ((surprises[transitions[at] ?? 0] ?? EVEN) - EVEN);
    all += count;
  }
  if (all === 0) return UNKNOWN_NUMBER;
  return Math.floor((sum / all / BIT - LEAST_BITS) * BIT_UNITS);
}

/** The bits that a surprise in units stands for. */
export const bitsOf = (units: number): number => units / BIT_UNITS + LEAST_BITS;

function writeShares(
  { structure }: SessionProfile,
  vocabulary: Vocabulary,
  levels: Uint8Array,
): void {
  const { operations, transitions, tools, models } = SHARES;
  const { ops, calls } = structure;
  write(levels, operations.from, ops, calls);
  writeTransitions(levels, transitions, vocabulary.transitions, transitionPairs(structure));
  const ofTools = structure.tools.map((one) => [nameOf(one.tool), one.calls] as const);
  writeCounted(levels, tools, vocabulary.tools, ofTools, calls);
  const turns = Object.entries(structure.models).map(([model, n]) => [nameOf(model), n] as const);
  writeCounted(levels, models, vocabulary.models, turns);
}

interface Columns {
  readonly from: number;
  readonly columns: number;
}

/** Counts by the words that have a column; those of all other words are the last one's. */
function writeCounted(
  levels: Uint8Array,
  { from, columns }: Columns,
  words: readonly string[],
  counts: readonly (readonly [string, number])[],
  total = counts.reduce((sum, [, count]) => sum + count, 0),
): void {
  const sums = new Array<number>(columns).fill(0);
  let rest = total;
  for (const [word, count] of counts) {
    const at = words.indexOf(word);
    if (at < 0) continue;
    sums[at] = (sums[at] ?? 0) + count;
    rest -= count;
  }
  sums[columns - 1] = Math.max(0, rest);
  write(levels, from, sums, total);
}

function writeTransitions(
  levels: Uint8Array,
  { from, columns }: Columns,
  places: readonly number[],
  pairs: Pairs,
): void {
  const sums = new Array<number>(columns).fill(0);
  let [total, rest] = [0, 0];
  for (let pair = 0; pair < pairs.length; pair += 2) {
    const count = pairs[pair + 1] ?? 0;
    const at = places.indexOf(pairs[pair] ?? 0);
    total += count;
    if (at < 0) rest += count;
    else sums[at] = count;
  }
  sums[columns - 1] = rest;
  write(levels, from, sums, total);
}

function write(levels: Uint8Array, from: number, counts: readonly number[], total: number): void {
  if (total === 0) return;
  for (let at = 0; at < counts.length; at++) levels[from + at] = levelOf((counts[at] ?? 0) / total);
}

/** What numbers are compared by. */
export function writeNumberCodes(numbers: Uint16Array, codes: Uint8Array): void {
  for (let at = 0; at < numbers.length; at++) {
    const fine = numbers[at] ?? UNKNOWN_NUMBER;
    codes[at] = fine === UNKNOWN_NUMBER ? UNKNOWN : codeOf(at, fine);
  }
}

function codeOf(number: number, fine: number): number {
  if (number === ORDER) return bitsCode(fine);
  return (number === RETRIES || number === FAILURES ? SHARE_CODES : COARSE)[fine] ?? BUCKETS - 1;
}

function bitsCode(units: number): number {
  const code = Math.floor((bitsOf(units) - LEAST_COMPARED_BITS) * COMPARED_BITS);
  return Math.min(Math.max(0, code), BUCKETS - 1);
}

/** What stands for all surprises that are compared as one. */
export const bitsOfCode = (code: number): number =>
  (code + 0.5) / COMPARED_BITS + LEAST_COMPARED_BITS;

const FINE_BUCKETS = bucketOf(Number.MAX_SAFE_INTEGER, SHOWN_BUCKETS);

/** Sixteen fine buckets make a coarse one, but small numbers have a bucket each. */
const COARSE = Uint8Array.from({ length: FINE_BUCKETS }, (_, fine) =>
  Math.min(bucketOf(bucketStart(fine, SHOWN_BUCKETS), COMPARED_BUCKETS), BUCKETS - 1),
);

/** Of shares the square root is compared: as fine where they are large as where they are small. */
const SHARE_CODES = Uint8Array.from({ length: FINE_BUCKETS }, (_, fine) => {
  const share = Math.min(1, bucketMiddle(fine, SHOWN_BUCKETS) * SHARE_UNIT);
  return Math.ceil((BUCKETS - 1) * Math.sqrt(share));
});

/** The share that a code stands for. */
export function shareOfCode(code: number): number {
  const root = code / (BUCKETS - 1);
  return root * root;
}
