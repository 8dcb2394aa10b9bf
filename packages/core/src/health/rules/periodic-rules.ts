/** The same steps in the same order, again and again: equal, alike, or alike but for their numbers. */
import { LONGEST_PERIOD } from "../memory/layout.ts";
import type { PeriodRing } from "../signals/period-ring.ts";
import { has, isMereAct, TRAIT } from "../step/trait.ts";
import { PATIENCE_CYCLES, waitCycles } from "../wait/wait-hold.ts";
import type { HardRule, RuleFinding } from "./finding.ts";
import { gradeOf, times } from "./grade.ts";
import { everyCall, everyStep, numerics, templates } from "./rings.ts";

/** What a ring needs before it is a loop: occurrences for period 1, cycles for longer ones. */
interface Need {
  readonly rule: HardRule;
  readonly ring: PeriodRing;
  readonly occurrences: number;
  readonly cycles: number;
  /**
   * Where steps are merely alike: traits of which one step of the cycle must have one, and none may
   * be unnamed. Else it may still be work: a short answer says the same of many different things,
   * and a gauge is read again because its number moves.
   */
  readonly proves?: number;
}

const EVENTFUL = TRAIT.write | TRAIT.failing | TRAIT.bulky;

const PERIODIC: readonly Need[] = [
  { rule: "periodic", ring: everyStep, occurrences: 4, cycles: 3 },
  { rule: "periodic", ring: everyCall, occurrences: 4, cycles: 3 },
  { rule: "jitter", ring: templates, occurrences: 5, cycles: 4, proves: TRAIT.telling },
  { rule: "numeric", ring: numerics, occurrences: 8, cycles: 5, proves: EVENTFUL },
];

/** Cycles more of keys, clicks and moves alone, whose answers say only that they were made. */
const UNSEEN_ACTS = 2;

/** @param isTalking whether the agent has talked for so long that its calls are over */
export function findPeriods(memory: Float64Array, isTalking: boolean): RuleFinding[] {
  const found: RuleFinding[] = [];
  for (const need of PERIODIC) {
    // Where every step repeats, so do the calls among them: that is no second loop.
    const isKnown = found.some((finding) => finding.rule === need.rule);
    if (isKnown || (isTalking && need.ring !== everyStep)) continue;
    const finding = findPeriod(memory, need);
    if (finding !== undefined) found.push(finding);
  }
  return found;
}

function findPeriod(memory: Float64Array, need: Need): RuleFinding | undefined {
  const { ring } = need;
  for (let period = 1; period <= LONGEST_PERIOD; period++) {
    const cycles = ring.cycles(memory, period);
    if (cycles < fewestCycles(need, period) || ring.isMultiple(memory, period)) continue;
    const traits = ring.beat.traits(memory, period);
    const enough = cyclesNeeded(need, ring, memory, period);
    const waited = waitCycles(memory, ring, period);
    if (cycles < enough || (waited > 0 && waited < PATIENCE_CYCLES)) continue;
    return {
      rule: need.rule,
      period,
      cycles,
      fromStep: ring.firstStep(memory, period),
      grade: waited > 0 ? "review" : gradeFor(need, traits),
      talk: everyTrait(ring, memory, period, isTalk),
    };
  }
  return undefined;
}

/**
 * One call needs one more where turns that asked for nothing came between: they were steps too. Keys
 * and moves are made a few times before somebody looks what came of them.
 */
function cyclesNeeded(need: Need, ring: PeriodRing, memory: Float64Array, period: number): number {
  const traits = ring.beat.traits(memory, period);
  const unseen = everyTrait(ring, memory, period, isMereAct) ? UNSEEN_ACTS : 0;
  const interrupted = period === 1 && has(traits, TRAIT.interrupted) ? 1 : 0;
  return (fewestCycles(need, period) + unseen + interrupted) * times(traits);
}

/** Cycles that are needed at the least, whatever the steps are. */
function fewestCycles(need: Need, period: number): number {
  return period > 1 ? need.cycles : need.occurrences;
}

/** Whether every step of the last cycle is of a kind. */
function everyTrait(
  ring: PeriodRing,
  memory: Float64Array,
  period: number,
  is: (traits: number) => boolean,
): boolean {
  for (let ago = 0; ago < period; ago++) {
    if (!is(ring.beat.traitsAgo(memory, ago))) return false;
  }
  return true;
}

function isTalk(traits: number): boolean {
  return has(traits, TRAIT.talk);
}

function gradeFor({ proves }: Need, traits: number): RuleFinding["grade"] {
  if (proves === undefined) return gradeOf(traits);
  return has(traits, TRAIT.unnamed) || !has(traits, proves) ? "review" : gradeOf(traits);
}
