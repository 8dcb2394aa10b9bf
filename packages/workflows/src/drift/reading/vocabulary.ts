/** Which names have a column of their own: the commonest of the sessions that a state begins with. */
import { OPERATIONS, type RememberedSession } from "../../profile/session-profile.ts";
import { transitionPairs } from "../../profile/transition-pairs.ts";
import { binaryDigits } from "../statistics/binary-digits.ts";
import { MODELS, TOOLS, TRANSITIONS } from "./channel.ts";

/** The names that have a column, in the order of their columns. */
export interface Vocabulary {
  readonly transitions: readonly number[];
  readonly tools: readonly string[];
  readonly models: readonly string[];
  /** How unusual it is for an operation to come after another, by place of the transition; from `EVEN` on. */
  readonly surprises: Uint8Array;
}

/** A surprise of one bit. */
export const BIT = 16;
/** No surprise; what is less is usual. */
export const EVEN = 128;

/** How often each was seen: transitions altogether, names in how many sessions. */
export interface Words {
  /** Sessions that were read for them. */
  sessions: number;
  readonly transitions: Map<number, number>;
  readonly tools: Map<string, number>;
  readonly models: Map<string, number>;
}

/** More names than this are not counted, so that a state has an end. */
const MAX_WORDS = 24;
const LONGEST = 32;

export const noWords = (): Words => ({
  sessions: 0,
  transitions: new Map(),
  tools: new Map(),
  models: new Map(),
});

/** A name as a state keeps it: in ASCII, and cut where it is long. */
export function nameOf(name: string): string {
  const start = name.length > LONGEST ? name.slice(0, LONGEST) : name;
  return NO_ASCII.test(start) ? start.replaceAll(/[^\x20-\x7e]/g, "?") : start;
}

const NO_ASCII = /[^\x20-\x7e]/;

/** Of a name among those of columns; below 0 where it is none of them. */
export function placeOf(name: string, words: readonly string[]): number {
  const place = words.indexOf(name);
  return place < 0 ? words.indexOf(nameOf(name)) : place;
}

export function learnWords(words: Words, { structure }: RememberedSession): void {
  const pairs = transitionPairs(structure);
  for (let at = 0; at < pairs.length; at += 2) {
    const [place = 0, count = 0] = [pairs[at], pairs[at + 1]];
    words.transitions.set(place, (words.transitions.get(place) ?? 0) + count);
  }
  for (const tool of new Set(structure.tools.map((figures) => nameOf(figures.tool)))) {
    count(words.tools, tool);
  }
  for (const model of Object.keys(structure.models)) count(words.models, nameOf(model));
}

function count(words: Map<string, number>, word: string): void {
  if (words.has(word) || words.size < MAX_WORDS) words.set(word, (words.get(word) ?? 0) + 1);
}

export function vocabularyOf(words: Words): Vocabulary {
  return {
    transitions: commonest(words.transitions, TRANSITIONS),
    tools: commonest(words.tools, TOOLS),
    models: commonest(words.models, MODELS),
    surprises: surprisesOf(words.transitions),
  };
}

/** Each operation is taken for seen half a time more than it was, and each transition once. */
const UNSEEN = 0.5;
const UNSEEN_TRANSITION = 1;
/** So many times each operation is taken for followed by any, as often as these come anyway. */
const FOLLOWED_BY_ANY = 2;
/** What a transition's reverse says of the order tells more than what its beginning says of its end. */
const PART_OF_EXPECTED = 0.5;

/**
 * How much rarer each transition is than its reverse, and half of how much rarer its end is after its
 * beginning than after any. What comes how often anyway cancels out: what is left is order.
 */
function surprisesOf(transitions: ReadonlyMap<number, number>): Uint8Array {
  const ops = OPERATIONS.length;
  const count = (from: number, to: number) => transitions.get(from * ops + to) ?? 0;
  const sumOf = (counts: readonly number[]) => counts.reduce((sum, one) => sum + one, 0);
  const seen = OPERATIONS.map(
    (_, to) => UNSEEN + sumOf(OPERATIONS.map((__, from) => count(from, to))),
  );
  const all = sumOf(seen);
  const surprises = new Uint8Array(ops * ops);
  for (let from = 0; from < ops; from++) {
    const row = sumOf(OPERATIONS.map((_, to) => count(from, to)));
    for (let to = 0; to < ops; to++) {
      const anywhere = (seen[to] ?? 0) / all;
      const here = (count(from, to) + FOLLOWED_BY_ANY * anywhere) / (row + FOLLOWED_BY_ANY);
      const there = UNSEEN_TRANSITION + count(from, to);
      const back = UNSEEN_TRANSITION + count(to, from);
      const bits = rarity(there, back) + PART_OF_EXPECTED * rarity(here, anywhere);
      const surprise = Math.round(EVEN + BIT * bits);
      surprises[from * ops + to] = Math.min(255, Math.max(0, surprise));
    }
  }
  return surprises;
}

/** How much rarer one is than the other, in bits; below 0 where it is more common. */
const rarity = (one: number, other: number): number =>
  one < other ? binaryDigits(one / other) : -binaryDigits(other / one);

/** Of equally common ones, those that came first. */
function commonest<W>(words: ReadonlyMap<W, number>, most: number): readonly W[] {
  return [...words]
    .sort(([, one], [, other]) => other - one)
    .slice(0, most)
    .map(([word]) => word);
}
