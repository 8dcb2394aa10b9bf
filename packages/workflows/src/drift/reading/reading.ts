/** A session as numbers and levels: what the tests see of it. */
import { bucketMiddle, bucketOf, bucketStart } from "../../profile/log-histogram.ts";
import type { RememberedSession } from "../../profile/session-profile.ts";
import { type Pairs, transitionPairs } from "../../profile/transition-pairs.ts";
import { COLUMNS, NUMBERS, SHARES } from "./channel.ts";
import { levelOf } from "./level.ts";
import { BIT, EVEN, placeOf, type Vocabulary } from "./vocabulary.ts";

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
export function readingOf(profile: RememberedSession, vocabulary: Vocabulary): Reading {
  const numbers = numbersOf(profile, vocabulary);
  const codes = new Uint8Array(COLUMNS).fill(UNKNOWN);
  writeNumberCodes(numbers, codes);
  writeShares(profile, vocabulary, codes);
  return {
    sessionId: profile.sessionId,
    startedMs: Math.floor(profile.startedMs / SECOND_MS) * SECOND_MS,
    looped: profile.loops > 0,
    numbers,
    codes,
  };
}

/** In the order of `NUMBERS`. */
function numbersOf(profile: RememberedSession, { surprises }: Vocabulary): Uint16Array {
  const { structure, costNanoUsd: cost } = profile;
  const { calls, retries, failures } = structure;
  const numbers = new Uint16Array(NUMBERS.length);
  numbers[0] = fineBucket(profile.steps);
  numbers[1] = fineBucket(shareOfCalls(retries, calls));
  numbers[2] = fineBucket(shareOfCalls(failures, calls));
  numbers[3] = fineBucket(profile.tokens);
  numbers[4] = fineBucket(cost === undefined ? undefined : cost / COST_UNIT_NANO_USD);
  numbers[5] = fineBucket(profile.durationMs);
  numbers[6] = surpriseOf(transitionPairs(structure), surprises);
  return numbers;
}

function shareOfCalls(count: number, calls: number): number | undefined {
  return calls === 0 ? undefined : Math.min(count / calls, 1) / SHARE_UNIT;
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
  { structure }: RememberedSession,
  vocabulary: Vocabulary,
  codes: Uint8Array,
): void {
  const { ops, calls, tools, models } = structure;
  write(codes, SHARES.operations, ops, calls);
  writeTransitions(codes, vocabulary.transitions, transitionPairs(structure));
  const ofTools = sumsOf(SHARES.tools);
  let ofOthers = calls;
  for (const one of tools) ofOthers -= addTo(ofTools, vocabulary.tools, one.tool, one.calls);
  writeCounted(codes, SHARES.tools, ofOthers, calls);
  const ofModels = sumsOf(SHARES.models);
  let [turns, others] = [0, 0];
  for (const model of Object.keys(models)) {
    const count = models[model] ?? 0;
    turns += count;
    others += count - addTo(ofModels, vocabulary.models, model, count);
  }
  writeCounted(codes, SHARES.models, others, turns);
}

interface Columns {
  readonly from: number;
  readonly columns: number;
}

/** Of one channel after the other. */
const SUMS = new Array<number>(Math.max(SHARES.transitions.columns, SHARES.tools.columns)).fill(0);

function sumsOf({ columns }: Columns): number[] {
  for (let at = 0; at < columns; at++) SUMS[at] = 0;
  return SUMS;
}

/** @returns how many of them have a column */
function addTo(sums: number[], words: readonly string[], word: string, count: number): number {
  const at = placeOf(word, words);
  if (at < 0) return 0;
  sums[at] = (sums[at] ?? 0) + count;
  return count;
}

/** Those of all words without a column are the last one's. */
function writeCounted(codes: Uint8Array, of: Columns, others: number, total: number): void {
  SUMS[of.columns - 1] = Math.max(0, others);
  write(codes, of, SUMS, total);
}

function writeTransitions(codes: Uint8Array, places: readonly number[], pairs: Pairs): void {
  const sums = sumsOf(SHARES.transitions);
  let [total, others] = [0, 0];
  for (let pair = 0; pair < pairs.length; pair += 2) {
    const count = pairs[pair + 1] ?? 0;
    const at = places.indexOf(pairs[pair] ?? 0);
    total += count;
    if (at < 0) others += count;
    else sums[at] = count;
  }
  writeCounted(codes, SHARES.transitions, others, total);
}

function write(
  codes: Uint8Array,
  { from, columns }: Columns,
  counts: readonly number[],
  total: number,
): void {
  if (total === 0) return;
  for (let at = 0; at < columns; at++) {
    codes[NUMBERS.length + from + at] = levelOf((counts[at] ?? 0) / total);
  }
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
