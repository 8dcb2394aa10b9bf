import { attemptOf } from "../signals/attempt.ts";
import { countFact, distinct, FACT } from "../signals/history.ts";
import { backsOff } from "../signals/rhythm.ts";
import type { Run } from "../signals/run.ts";
import {
  calls,
  failingTools,
  failures,
  messages,
  nudges,
  repeats,
  returns,
  speeches,
} from "../signals/runs.ts";
import { blindWrites, errors, failingCalls, failingWrites, refusals } from "../signals/tries.ts";
import { has, TRAIT } from "../step/trait.ts";
import type { HardRule, RuleFinding } from "./finding.ts";
import { gradeOf, isDoubtful, times } from "./grade.ts";
import { findPeriods } from "./periodic-rules.ts";
import { findSameContent, findSameTool } from "./scant-rules.ts";

const REPEATS = 8;
/** A new word of the user lets so many more known steps pass, up to a limit. */
const REPEATS_A_WORD = 2;
const MOST_REPEATS = 30;
const ATTEMPTS = 3;
const LEAKY = { window: 16, repeats: 13, distinct: 5 } as const;
const ERRORS = 5;
const FAILING_CALLS = 5;
const FAILING_WRITES = 8;
/** Where what was to be changed was looked at again in between, and was the same. */
const RELOOKED_WRITES = 6;
const REFUSALS = 7;
/** Failing calls in a row, whatever they are, of so many tools at least. */
const FAILURES = { calls: 10, tools: 3 } as const;
const BLIND_WRITES = 5;
const MESSAGES = 4;
const NUDGES = 8;
const HANDOFFS = 8;

/** The step that was just remembered, as far as rules ask. */
export interface Moment {
  readonly step: number;
  /** Handoffs between agents in a row, nothing being done in between. */
  readonly handedOn: number;
  readonly isRepeat: boolean;
  /** Whether the agent has talked for so long that its calls are over. */
  readonly isTalking: boolean;
  /** Steps since the user last said something new. */
  readonly sinceReset: number;
  /** New words of the user among the known steps that came last. */
  readonly words: number;
  /** Cycles of a believed wait, 0 when there is none. */
  readonly waiting: number;
}

/** Every loop that stands at this step, the surest rule first. */
export function findLoops(memory: Float64Array, moment: Moment): readonly RuleFinding[] {
  const found = findPeriods(memory, moment.isTalking);
  const add = (finding: RuleFinding | undefined) => {
    if (finding !== undefined) found.push(finding);
  };
  add(findRecurrence(memory, moment));
  add(findLeaky(memory, moment));
  if (!moment.isTalking) {
    add(findErrorRun(memory, moment));
    add(findTries(memory, moment, "failing_call", failingCalls, FAILING_CALLS));
    add(findTries(memory, moment, "failing_write", failingWrites, writesNeeded(memory)));
    add(findTries(memory, moment, "refused", refusals, REFUSALS));
    add(findAllFailing(memory, moment));
    add(findTries(memory, moment, "blind_write", blindWrites, BLIND_WRITES));
  }
  if (!moment.isTalking) {
    add(findSameContent(memory, moment.waiting));
    add(findSameTool(memory, moment.waiting));
  }
  add(findRun(memory, "same_message", messages, MESSAGES));
  add(findIdleTalk(memory));
  add(findPingPong(moment));
  return found;
}

/**
 * Known steps in any order. What comes back after a new word of the user, such as the summary of a
 * compacted context, is a repeat as well, if more of it comes back than was asked for.
 */
function findRecurrence(memory: Float64Array, moment: Moment): RuleFinding | undefined {
  const { words } = moment;
  const length = returns.length(memory);
  const traits = returns.traits(memory);
  // Old errors in any order prove little when nobody knows what was asked.
  const doubtful = isDoubtful(traits) || has(traits, TRAIT.unasked) ? 2 : 1;
  const enough = Math.min(MOST_REPEATS, REPEATS + REPEATS_A_WORD * words) * doubtful;
  if (!moment.isRepeat || moment.waiting > 0 || length < enough) return undefined;
  // Many known calls of one turn are one look back.
  if (words === 0 && repeats.length(memory) < ATTEMPTS) return undefined;
  return {
    rule: "recurrence",
    period: 0,
    cycles: length,
    fromStep: returns.firstStep(memory),
    grade: gradeOf(traits),
    talk: false,
  };
}

/** A loop with something new now and then: almost all is old, and there is little of it. */
function findLeaky(memory: Float64Array, moment: Moment): RuleFinding | undefined {
  const doubtful = countFact(memory, FACT.doubt, LEAKY.window) > 0 ? 2 : 1;
  const window = LEAKY.window * doubtful;
  if (!moment.isRepeat || moment.sinceReset < window) return undefined;
  const old = countFact(memory, FACT.repeat, window);
  if (old < LEAKY.repeats * doubtful || countFact(memory, FACT.held, window) > 0) return undefined;
  const limit = LEAKY.distinct * doubtful;
  if (distinct(memory, window, limit) > limit) return undefined;
  return {
    rule: "leaky",
    period: 0,
    cycles: old,
    fromStep: moment.step - window + 1,
    grade: countFact(memory, FACT.review, window) > 0 ? "review" : "hard",
    talk: false,
  };
}

/** Looking for what is not there under other names is a search, not a loop. */
function findErrorRun(memory: Float64Array, moment: Moment): RuleFinding | undefined {
  const finding = findTries(memory, moment, "error_run", errors, ERRORS);
  if (finding === undefined) return undefined;
  const varied = calls.length(memory) < errors.length(memory);
  const searching = varied && has(errors.traits(memory), TRAIT.notFound);
  return searching ? { ...finding, grade: "review" } : finding;
}

/** Where no tool works, it is not what is asked for that fails. */
function findAllFailing(memory: Float64Array, moment: Moment): RuleFinding | undefined {
  if (failingTools(memory) < FAILURES.tools) return undefined;
  return findTries(memory, moment, "all_failing", failures, FAILURES.calls);
}

function writesNeeded(memory: Float64Array): number {
  const relooked = has(failingWrites.traits(memory), TRAIT.relooked);
  return relooked ? RELOOKED_WRITES : FAILING_WRITES;
}

/** Who tries again later, and later each time, makes no run of failures. */
function findTries(
  memory: Float64Array,
  moment: Moment,
  rule: HardRule,
  run: Run,
  enough: number,
): RuleFinding | undefined {
  const finding = findRun(memory, rule, run, enough);
  if (finding === undefined) return undefined;
  const stands = run.isLatest(memory, attemptOf(memory)) || moment.isRepeat;
  const isPatient =
    has(run.traits(memory), TRAIT.passing) && (moment.waiting > 0 || backsOff(memory));
  return isPatient || !stands ? undefined : finding;
}

/** Agents that do nothing but hand on to each other. */
function findPingPong({ handedOn, step }: Moment): RuleFinding | undefined {
  if (handedOn < HANDOFFS) return undefined;
  const cycles = Math.floor(handedOn / 2);
  const fromStep = step - handedOn + 1;
  return { rule: "ping_pong", period: 2, cycles, fromStep, grade: "hard", talk: false };
}

/** Told the same again and again, and nothing but words each time. */
function findIdleTalk(memory: Float64Array): RuleFinding | undefined {
  const length = Math.min(nudges.length(memory), speeches.length(memory));
  if (length < NUDGES) return undefined;
  const fromStep = speeches.firstStep(memory);
  return { rule: "idle_talk", period: 1, cycles: length, fromStep, grade: "hard", talk: true };
}

function findRun(
  memory: Float64Array,
  rule: HardRule,
  run: Run,
  enough: number,
): RuleFinding | undefined {
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
