import { learnHandoff } from "./agents/handoff.ts";
import { AgentLanes } from "./agents/lanes.ts";
import { type AgentStanding, isLooping, signalsOf } from "./assess.ts";
import { type Assessment, type EventType, eventTypeOf, PUBLIC_CLASSES } from "./assessment.ts";
import { type Features, featuresOf } from "./failure-risk.ts";
import { learn } from "./learn.ts";
import { SLOT } from "./memory/layout.ts";
import type { Step } from "./step/step.ts";

/**
 * Tells a loop from work in one session, on structure alone.
 *
 * Each agent of the session is judged by its own steps, and the session as the worst of them.
 * Constant work per step, about 4 KB (at most 7) for each agent, no clock but that of the steps, and
 * exact arithmetic: the same steps give the same assessments, to the last bit, on every machine.
 *
 * @see docs/signals.md for what each signal measures and when it is wrong
 */
export class Health {
  #lanes = new AgentLanes();
  /** How the worst agent stands, until something is learned. */
  #worst: AgentStanding | undefined;

  /** Takes one step and says how the session stands. What is no step changes nothing. */
  observe(step: Step): Assessment {
    this.#worst = undefined;
    if (step.kind === "user") {
      for (const memory of this.#lanes.memories) learn(memory, step);
    } else {
      const memory = this.#lanes.turnTo(step.agentTag);
      const before = this.steps;
      learnHandoff(this.#lanes, memory, step);
      learn(memory, step);
      if (this.steps > before) this.#lanes.noteName(step);
    }
    return this.current();
  }

  /** How the session stands, nothing new having happened. */
  current(): Assessment {
    this.#worst ??= this.#lanes.worst();
    const worst = this.#worst;
    const { first, steps } = this.#lanes;
    const was = PUBLIC_CLASSES[first[SLOT.sessionClass] ?? 0] ?? "none";
    first[SLOT.sessionClass] = PUBLIC_CLASSES.indexOf(worst.publicClass);
    return assessmentOf(worst, steps, eventTypeOf(was, worst.publicClass));
  }

  /** Steps of the session so far. */
  get steps(): number {
    return this.#lanes.steps;
  }

  /** Average substance of all steps: 1 when each did something new, 0 when none did anything. */
  get workYield(): number {
    return this.steps === 0 ? 0 : this.#lanes.sum(SLOT.work) / this.steps;
  }

  /** What failure_risk is computed from, for fitting its weights. */
  features(): Features {
    const { first } = this.#lanes;
    return featuresOf(first, signalsOf(first, isLooping(first)));
  }

  /** The exact state, for `restore`. */
  save(): Uint8Array {
    return this.#lanes.save();
  }

  /**
   * A session that goes on exactly where `save` left it.
   *
   * @throws {RangeError} when the bytes are not a saved state of this version
   */
  static restore(bytes: Uint8Array): Health {
    const health = new Health();
    health.#lanes = AgentLanes.restore(bytes);
    return health;
  }

  /** Size of the packed state, without the names of the last tools. */
  get byteLength(): number {
    return this.#lanes.memories.reduce((sum, memory) => sum + memory.byteLength, 0);
  }
}

/** Every field is named: a spread takes ten times as long, at every step of every session. */
function assessmentOf(standing: AgentStanding, step: number, eventType: EventType): Assessment {
  return {
    regime: standing.regime,
    healthy: standing.healthy,
    uds: standing.uds,
    tier: standing.tier,
    failureRisk: standing.failureRisk,
    failureRiskReason: standing.failureRiskReason,
    traceQuality: standing.traceQuality,
    publicClass: standing.publicClass,
    reasons: standing.reasons,
    pattern: standing.pattern,
    scores: standing.scores,
    coordination: standing.coordination,
    evidenceGrade: standing.evidenceGrade,
    step,
    eventType,
  } satisfies { [Field in keyof Assessment]-?: Assessment[Field] };
}
