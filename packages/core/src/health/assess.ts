import {
  type Assessment,
  coordinationOf,
  evidenceGradeOf,
  type Pattern,
  PUBLIC_CLASSES,
  type PublicClass,
} from "./assessment.ts";
import { failureRisk, featuresOf, unknownRisk } from "./failure-risk.ts";
import { SLOT, VARIETY } from "./memory/layout.ts";
import type { RecentTools } from "./memory/recent-tools.ts";
import { type RuleFinding, reasonOf } from "./rules/finding.ts";
import { findLoops } from "./rules/hard-rules.ts";
import { waitingCycles } from "./rules/rings.ts";
import { timeOfStep } from "./rules/since.ts";
import { classify } from "./scores/classify.ts";
import { healthOf, type Regime } from "./scores/regime.ts";
import { type Tier, tierOf } from "./scores/tier.ts";
import { type Signals, scoresOf, udsOf } from "./scores/uds.ts";
import { type Weak, weaknessesOfScore, weaknessOfRegime } from "./scores/weakness.ts";
import { averageSubstance, novelty } from "./signals/averages.ts";
import { stepBeat } from "./signals/beat.ts";
import { countFact, FACT } from "./signals/history.ts";
import { calls, failures, repeats, speeches } from "./signals/runs.ts";
import { varietyOf } from "./signals/variety.ts";
import { qualityOf } from "./trace-quality.ts";

const WINDOW = 16;
const STUCK_WINDOW = 12;
/** Messages or turns in a row after which the calls before them are over. */
const LONG_TALK = 4;

/** Tiers of which nobody asks what lowers the score. */
const GOOD: ReadonlySet<Tier> = new Set(["T1", "T2"]);

/** How one agent stands, before it is compared with the answer before. */
export type AgentStanding = Omit<Assessment, "step" | "eventType">;

/** Reads the memory of an agent; notes in it only what was found. */
export function assess(slots: Float64Array, tools: RecentTools): AgentStanding {
  const waiting = waitingCycles(slots);
  const found = loopsAt(slots, waiting);
  const hard = found.find((finding) => finding.grade === "hard");
  const signals = signalsOf(slots, hard !== undefined);
  const regime = classify(slots, {
    step: signals.step,
    variety: signals.variety,
    novelty: signals.novelty,
    substance: signals.substance,
    waiting,
    loop: hard === undefined ? "none" : hard.talk ? "talk" : "calls",
    suspected: found.length > 0,
  });
  const healthy = healthOf(regime);
  const publicClass = hard ? "hard_alert" : healthy === "yes" ? "none" : "review_only";
  notePublicClass(slots, publicClass);
  noteStuck(slots, regime, signals.step);
  const scored = { ...signals, stuckSteps: stuckSteps(slots) };
  const scores = scoresOf(scored);
  const uds = udsOf(scores, scored);
  const tier = tierOf(uds);
  noteTier(slots, tier);
  const weak = weaknessesAt(slots, { publicClass, found, regime, tier, signals: scored });
  const pattern = (publicClass === "none" ? undefined : (hard ?? found[0])) ?? weak[0];
  const failureRiskReason = unknownRisk(slots);
  // What there may be none of is undefined: to spread it in costs a seventh of an event.
  return {
    regime,
    healthy,
    uds,
    tier,
    failureRisk: failureRiskReason === undefined ? failureRisk(featuresOf(slots, signals)) : null,
    failureRiskReason,
    traceQuality: qualityOf(slots),
    publicClass,
    reasons: publicClass === "none" ? weak.map(reasonOf) : reasonsOf(found, regime, publicClass),
    pattern: pattern && patternOf(pattern, slots, tools),
    scores,
    coordination: coordinationOf(publicClass, tier),
    evidenceGrade: evidenceGradeOf(publicClass),
  };
}

/** Without a rule that stands, an unhealthy regime is its own reason. */
function reasonsOf(
  found: readonly RuleFinding[],
  regime: Regime,
  publicClass: PublicClass,
): readonly string[] {
  const graded = found.filter(
    (finding) => (publicClass === "hard_alert") === (finding.grade === "hard"),
  );
  return graded.length > 0 ? graded.map(reasonOf) : [regime.toLowerCase()];
}

function loopsAt(slots: Float64Array, waiting: number): readonly RuleFinding[] {
  return findLoops(slots, {
    step: slots[SLOT.number] ?? 0,
    handedOn: slots[SLOT.handedOn] ?? 0,
    isRepeat: countFact(slots, FACT.repeat, 1) > 0,
    words: slots[SLOT.words] ?? 0,
    isTalking: speeches.length(slots) >= LONG_TALK,
    sinceReset: slots[SLOT.sinceReset] ?? 0,
    waiting,
  });
}

/** What the scores are made of. */
export function signalsOf(slots: Float64Array, looping: boolean): Signals {
  const step = slots[SLOT.steps] ?? 0;
  const sameCalls = Math.max(0, calls.length(slots) - 1);
  const sameFailures = Math.max(0, failures.length(slots) - 1);
  return {
    step,
    number: slots[SLOT.number] ?? 0,
    variety: varietyOf(slots, VARIETY),
    novelty: novelty(slots),
    substance: averageSubstance(slots),
    repeatShare: step === 0 ? 0 : countFact(slots, FACT.stale, WINDOW) / Math.min(step, WINDOW),
    longestRun: Math.max(sameCalls, sameFailures, repeats.length(slots)),
    looping,
    stuckSteps: stuckSteps(slots),
    writes: countFact(slots, FACT.write, STUCK_WINDOW),
  };
}

function notePublicClass(slots: Float64Array, publicClass: PublicClass): void {
  slots[SLOT.publicClass] = PUBLIC_CLASSES.indexOf(publicClass);
  if (publicClass === "hard_alert") slots[SLOT.looped] = 1;
}

/** Whether a hard rule stood at the answer before. */
export function isLooping(slots: Float64Array): boolean {
  return PUBLIC_CLASSES[slots[SLOT.publicClass] ?? 0] === "hard_alert";
}

/** Regimes in which every step is new and none gets anywhere: a score alone does not show it. */
const STUCK: ReadonlySet<Regime> = new Set(["STAGNATION", "FUNNEL_TRAP"]);

/** Remembers since which step the session has got nowhere. */
function noteStuck(slots: Float64Array, regime: Regime, step: number): void {
  if (!STUCK.has(regime)) slots[SLOT.stuck] = 0;
  else if (slots[SLOT.stuck] === 0) slots[SLOT.stuck] = step;
}

function stuckSteps(slots: Float64Array): number {
  const since = slots[SLOT.stuck] ?? 0;
  return since === 0 ? 0 : (slots[SLOT.steps] ?? 0) - since + 1;
}

/** Remembers since when the score has been low. */
function noteTier(slots: Float64Array, tier: Tier): void {
  if (GOOD.has(tier)) slots[SLOT.lowered] = 0;
  else if (slots[SLOT.lowered] === 0) slots[SLOT.lowered] = stepBeat.momentAgo(slots, 0);
}

interface Answer {
  readonly publicClass: PublicClass;
  readonly found: readonly RuleFinding[];
  readonly regime: Regime;
  readonly tier: Tier;
  readonly signals: Signals;
}

/** What is wrong although no rule stands, what matters most first. */
function weaknessesAt(slots: Float64Array, answer: Answer): readonly Weak[] {
  const { publicClass, found, regime, tier, signals } = answer;
  if (found.length > 0 && publicClass !== "none") return [];
  const ofRegime = publicClass === "none" ? undefined : weaknessOfRegime(slots, regime, signals);
  if (ofRegime !== undefined) return [ofRegime];
  return GOOD.has(tier) ? [] : weaknessesOfScore(slots, signals);
}

function patternOf(finding: RuleFinding | Weak, slots: Float64Array, tools: RecentTools): Pattern {
  const { rule, period, cycles, fromStep } = finding;
  const isTalk = rule === "talk" || ("talk" in finding && finding.talk);
  const sinceMs = timeOfStep(slots, fromStep);
  return {
    rule,
    period,
    cycles,
    fromStep,
    tools: isTalk ? [tools.speaker] : tools.ofCalls(period),
    ...(sinceMs !== undefined && { sinceMs }),
  };
}
