import { assess, isLooping, signalsOf } from "./assess.ts";
import type { Assessment } from "./assessment.ts";
import { type Features, featuresOf } from "./failure-risk.ts";
import { learn } from "./learn.ts";
import { SLOT } from "./memory/layout.ts";
import { SessionMemory } from "./memory/session-memory.ts";
import { beginAverages } from "./signals/averages.ts";
import type { Step } from "./step.ts";

/**
 * Tells a loop from work in one session, on structure alone.
 *
 * Constant work per step, about 4 KB, no clock but that of the steps, and exact arithmetic: the
 * same steps give the same assessments, to the last bit, on every machine.
 *
 * @see docs/signals.md for what each signal measures and when it is wrong
 */
export class Health {
  #memory: SessionMemory;

  constructor() {
    this.#memory = new SessionMemory();
    beginAverages(this.#memory.slots);
  }

  /** Takes one step and says how the session stands. What is no step changes nothing. */
  observe(step: Step): Assessment {
    learn(this.#memory, step);
    return assess(this.#memory.slots);
  }

  /** How the session stands, nothing new having happened. */
  current(): Assessment {
    return assess(this.#memory.slots);
  }

  /** Steps of the session so far. */
  get steps(): number {
    return this.#memory.slots[SLOT.steps] ?? 0;
  }

  /** Average substance of all steps: 1 when each did something new, 0 when none did anything. */
  get workYield(): number {
    return this.steps === 0 ? 0 : (this.#memory.slots[SLOT.work] ?? 0) / this.steps;
  }

  /** What failure_risk is computed from, for fitting its weights. */
  features(): Features {
    const { slots } = this.#memory;
    return featuresOf(slots, signalsOf(slots, isLooping(slots)));
  }

  /** The exact state, for `restore`. */
  save(): Uint8Array {
    return this.#memory.save();
  }

  /**
   * A session that goes on exactly where `save` left it.
   *
   * @throws {RangeError} when the bytes are not a saved state of this version
   */
  static restore(bytes: Uint8Array): Health {
    const health = new Health();
    health.#memory = SessionMemory.restore(bytes);
    return health;
  }

  /** Size of the packed state. */
  get byteLength(): number {
    return this.#memory.byteLength;
  }
}
