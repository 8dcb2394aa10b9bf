import { LONGEST_PERIOD } from "../memory/layout.ts";
import { count, distinct } from "../signals/history.ts";
import type { Run } from "../signals/run.ts";
import { blindWrites, calls, errors, failingWrites, messages, repeats } from "../signals/runs.ts";
import { has, TRAIT } from "../signals/trait.ts";
import type { Finding, Rule } from "./finding.ts";
import type { PeriodRing } from "./period-ring.ts";
import { everyCall, everyStep, numerics, templates } from "./rings.ts";
import { isHeld } from "./wait-hold.ts";

/** What a ring needs before it is a loop: occurrences for period 1, cycles for longer ones. */
interface Need {
  readonly rule: Rule;
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
  { rule: "periodic", ring: everyCall, occurrences: 5, cycles: 3 },
  { rule: "jitter", ring: templates, occurrences: 5, cycles: 4, proves: TRAIT.telling },
  { rule: "numeric", ring: numerics, occurrences: 8, cycles: 5, proves: EVENTFUL },
];

const REPEATS = 8;
const LEAKY = { window: 16, repeats: 13, distinct: 5 } as const;
const ERRORS = 5;
const FAILING_WRITES = 6;
const BLIND_WRITES = 5;
const MESSAGES = 4;

/** The step that was just remembered, as far as rules ask. */
export interface Moment {
  readonly step: number;
  readonly isRepeat: boolean;
  /** Whether the agent has talked for so long that its calls are over. */
  readonly isTalking: boolean;
  /** Steps since the user last said something new. */
  readonly sinceReset: number;
  /** Cycles of a believed wait, 0 when there is none. */
  readonly waiting: number;
}

/** Every loop that stands at this step, the surest rule first. */
export function findLoops(memory: Float64Array, moment: Moment): readonly Finding[] {
  const found: Finding[] = [];
  const add = (finding: Finding | undefined) => {
    if (finding !== undefined) found.push(finding);
  };
  for (const need of PERIODIC) {
    // Where every step repeats, so do the calls among them: that is no second loop.
    const known = found.some((finding) => finding.rule === need.rule);
    if (!known && (!moment.isTalking || need.ring === everyStep)) add(findPeriod(memory, need));
  }
  add(findRecurrence(memory, moment));
  add(findLeaky(memory, moment));
  if (!moment.isTalking) {
    add(findErrorRun(memory, moment));
    add(findCallRun(memory, moment, "failing_write", failingWrites, FAILING_WRITES));
    add(findCallRun(memory, moment, "blind_write", blindWrites, BLIND_WRITES));
  }
  add(findRun(memory, "same_message", messages, MESSAGES));
  return found;
}

function findPeriod(memory: Float64Array, need: Need): Finding | undefined {
  const { ring } = need;
  for (let period = 1; period <= LONGEST_PERIOD; period++) {
    if (ring.matches(memory, period) === 0 || ring.isMultiple(memory, period)) continue;
    const traits = ring.beat.traits(memory, period);
    const cycles = ring.cycles(memory, period);
    const enough = (period === 1 ? need.occurrences : need.cycles) * times(traits);
    if (cycles < enough || isHeld(memory, ring, period)) continue;
    return {
      rule: need.rule,
      period,
      cycles,
      fromStep: ring.firstStep(memory, period),
      grade: gradeFor(need, traits),
      talk: onlyTalk(ring, memory, period),
    };
  }
  return undefined;
}

function onlyTalk(ring: PeriodRing, memory: Float64Array, period: number): boolean {
  for (let ago = 0; ago < period; ago++) {
    if (!has(ring.beat.traitsAgo(memory, ago), TRAIT.talk)) return false;
  }
  return true;
}

/** What is doubtful must happen twice as often. */
function times(traits: number): number {
  return has(traits, TRAIT.doubt) ? 2 : 1;
}

function gradeFor({ proves }: Need, traits: number): Finding["grade"] {
  if (proves === undefined) return gradeOf(traits);
  return has(traits, TRAIT.unnamed) || !has(traits, proves) ? "review" : gradeOf(traits);
}

function gradeOf(traits: number): Finding["grade"] {
  return has(traits, TRAIT.review) ? "review" : "hard";
}

/** Old errors in any order prove little when nobody knows what was asked. */
function findRecurrence(memory: Float64Array, moment: Moment): Finding | undefined {
  const length = repeats.length(memory);
  const traits = repeats.traits(memory);
  const enough = REPEATS * (has(traits, TRAIT.doubt | TRAIT.unasked) ? 2 : 1);
  if (!moment.isRepeat || moment.waiting > 0 || length < enough) return undefined;
  return {
    rule: "recurrence",
    period: 0,
    cycles: length,
    fromStep: repeats.firstStep(memory),
    grade: gradeOf(traits),
    talk: false,
  };
}

/** A loop with something new now and then: almost all is old, and there is little of it. */
function findLeaky(memory: Float64Array, moment: Moment): Finding | undefined {
  const doubtful = count(memory, "doubt", LEAKY.window) > 0 ? 2 : 1;
  const window = LEAKY.window * doubtful;
  if (!moment.isRepeat || moment.sinceReset < window) return undefined;
  const old = count(memory, "repeat", window);
  if (old < LEAKY.repeats * doubtful || count(memory, "held", window) > 0) return undefined;
  const limit = LEAKY.distinct * doubtful;
  if (distinct(memory, window, limit) > limit) return undefined;
  return {
    rule: "leaky",
    period: 0,
    cycles: old,
    fromStep: moment.step - window + 1,
    grade: count(memory, "review", window) > 0 ? "review" : "hard",
    talk: false,
  };
}

/** Looking for what is not there under other names is a search, not a loop. */
function findErrorRun(memory: Float64Array, moment: Moment): Finding | undefined {
  const finding = findCallRun(memory, moment, "error_run", errors, ERRORS);
  if (finding === undefined) return undefined;
  const varied = calls.length(memory) < errors.length(memory);
  const searching = varied && has(errors.traits(memory), TRAIT.notFound);
  return searching ? { ...finding, grade: "review" } : finding;
}

/** Who was told to come back later, and waits, makes no run of failures. */
function findCallRun(
  memory: Float64Array,
  moment: Moment,
  rule: Rule,
  run: Run,
  enough: number,
): Finding | undefined {
  const isPatient = moment.waiting > 0 && has(run.traits(memory), TRAIT.limited);
  return isPatient ? undefined : findRun(memory, rule, run, enough);
}

function findRun(memory: Float64Array, rule: Rule, run: Run, enough: number): Finding | undefined {
  const length = run.length(memory);
  const traits = run.traits(memory);
  if (length < enough * times(traits)) return undefined;
  return {
    rule,
    period: 1,
    cycles: length,
    fromStep: run.firstStep(memory),
    grade: gradeOf(traits),
    talk: rule === "same_message",
  };
}
