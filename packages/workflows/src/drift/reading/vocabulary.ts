/** Which names have a column of their own: the commonest of the sessions that a state begins with. */
import { OPERATIONS, type SessionProfile } from "../../profile/session-profile.ts";
import { transitionPairs } from "../../profile/transition-pairs.ts";
import { binaryDigits } from "../statistics/binary-digits.ts";
import { MODELS, TOOLS, TRANSITIONS } from "./channel.ts";

/** The names that have a column, in the order of their columns. */
export interface Vocabulary {
  readonly transitions: readonly number[];
  readonly tools: readonly string[];
  readonly models: readonly string[];
  /** How little an operation is to be expected after another, by place of the transition. */
  readonly surprises: Uint8Array;
}

/** A surprise of one bit; whoever comes half as often surprises by one bit more. */
export const BIT = 16;

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

export function learnWords(words: Words, { structure }: SessionProfile): void {
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

/** What was never seen is taken for seen half a time. */
const UNSEEN = 0.5;

function surprisesOf(transitions: ReadonlyMap<number, number>): Uint8Array {
  const ops = OPERATIONS.length;
  const surprises = new Uint8Array(ops * ops);
  for (let from = 0; from < ops; from++) {
    const counts = OPERATIONS.map((_, to) => UNSEEN + (transitions.get(from * ops + to) ?? 0));
    const all = counts.reduce((sum, count) => sum + count, 0);
    for (const [to, count] of counts.entries()) {
      surprises[from * ops + to] = Math.min(255, Math.round(BIT * binaryDigits(count / all)));
    }
  }
  return surprises;
}

/** Of equally common ones, those that came first. */
function commonest<W>(words: ReadonlyMap<W, number>, most: number): readonly W[] {
  return [...words]
    .sort(([, one], [, other]) => other - one)
    .slice(0, most)
    .map(([word]) => word);
}
