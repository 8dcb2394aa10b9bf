import {
  type Assessment,
  alertSentence,
  dominantRegime,
  Health,
  isWorthSaying,
  NOTHING_YET,
  type Pattern,
  type SessionSummary,
  type Step,
  storyOf,
  summarize,
} from "@caum/core/health";
import { StepStrip } from "./step-strip.ts";

/** How far back a loop may begin and still be named by its step in the trace. */
const REMEMBERED_STEPS = 512;

type Loop = SessionSummary["loops"][number];

/** A loop, and what it is to a person. */
export interface CheckedLoop extends Loop {
  readonly sentence: string;
}

/** What `caum check` says about one session. */
export interface CheckReport {
  readonly session: string;
  readonly steps: number;
  readonly regime: Assessment["regime"];
  readonly dominantRegime: Assessment["regime"];
  readonly uds: number;
  readonly tier: Assessment["tier"];
  readonly failureRisk: Assessment["failureRisk"];
  /** Why it is null. */
  readonly failureRiskReason?: NonNullable<Assessment["failureRiskReason"]>;
  readonly traceQuality: Assessment["traceQuality"];
  readonly loopCount: number;
  readonly loops: readonly CheckedLoop[];
  /** What is wrong at the end although no loop stands, as a sentence; null when nothing is. */
  readonly weakness: string | null;
  /** Share of the steps that belong to a loop of equal steps, and to any loop. */
  readonly exactCoverage: number;
  readonly patternCoverage: number;
  readonly workYield: number;
  readonly strip: string;
}

/** One session of a trace. Its steps are named by their numbers in the trace. */
export class CheckedSession {
  readonly #health = new Health();
  readonly #strip = new StepStrip();
  readonly #numbers = new Float64Array(REMEMBERED_STEPS);
  #summary = NOTHING_YET;
  #last = this.#health.current();
  #lastNumber = -1;

  /** The number of an event that says none. */
  get nextNumber(): number {
    return Math.max(1, this.#lastNumber + 1);
  }

  /** Whether an event with this number may come next. */
  follows(number: number): boolean {
    return number > this.#lastNumber;
  }

  observe(step: Step, number: number): Assessment {
    const assessment = this.#health.observe(step);
    this.#lastNumber = number;
    if (assessment.step > this.#last.step) {
      this.#numbers[assessment.step % REMEMBERED_STEPS] = number;
      this.#strip.add(assessment);
      this.#summary = summarize(this.#summary, this.#named(assessment, number));
    }
    this.#last = assessment;
    return assessment;
  }

  report(session: string): CheckReport {
    const { regime, uds, tier, failureRisk, failureRiskReason, traceQuality, step } = this.#last;
    const summary = this.#summary;
    return {
      session,
      steps: step,
      regime,
      dominantRegime: dominantRegime(summary),
      uds,
      tier,
      failureRisk,
      ...(failureRiskReason !== undefined && { failureRiskReason }),
      traceQuality,
      loopCount: summary.loopCount,
      loops: summary.loops.map((loop) => ({ ...loop, sentence: this.#sentenceOf(loop) })),
      weakness: this.#weakness(),
      exactCoverage: share(summary.exactSteps, step),
      patternCoverage: share(summary.patternSteps, step),
      workYield: this.#health.workYield,
      strip: this.#strip.toString(),
    };
  }

  #weakness(): string | null {
    const { pattern, publicClass } = this.#last;
    const isQuiet = pattern === undefined || publicClass === "hard_alert";
    return isQuiet || !isWorthSaying(this.#last) ? null : this.#sentenceOf(pattern);
  }

  #sentenceOf(pattern: Pattern): string {
    return alertSentence(storyOf("The agent", { ...this.#last, pattern }));
  }

  /** The same assessment, its steps named as the trace names them. */
  #named(assessment: Assessment, number: number): Assessment {
    const { pattern, step } = assessment;
    if (pattern === undefined) return { ...assessment, step: number };
    const oldest = Math.max(pattern.fromStep, step - REMEMBERED_STEPS + 1);
    const fromStep = this.#numbers[oldest % REMEMBERED_STEPS] ?? number;
    return { ...assessment, step: number, pattern: { ...pattern, fromStep } };
  }
}

function share(steps: number, of: number): number {
  return of === 0 ? 0 : Math.min(1, steps / of);
}
