import { assess, isLooping, signalsOf } from "./assess.ts";
import type { Assessment } from "./assessment.ts";
import { type Features, featuresOf } from "./failure-risk.ts";
import { learn } from "./learn.ts";
import { SLOT } from "./memory/layout.ts";
import { fromBytes, newMemory, toBytes } from "./memory/saved-memory.ts";
import { withRoom } from "./memory/seen-keys.ts";
import { beginAverages } from "./signals/averages.ts";
import type { Step } from "./step.ts";

/**
 * Tells a loop from work in one session, on structure alone.
 *
 * Constant work per step, about 4 KB (at most 7), no clock but that of the steps, and exact
 * arithmetic: the same steps give the same assessments, to the last bit, on every machine.
 *
 * @see docs/signals.md for what each signal measures and when it is wrong
 */
export class Health {
  #memory = newMemory();

  constructor() {
    beginAverages(this.#memory);
  }

  /** Takes one step and says how the session stands. What is no step changes nothing. */
  observe(step: Step): Assessment {
    this.#memory = withRoom(this.#memory);
    learn(this.#memory, step);
    return assess(this.#memory);
  }

  /** How the session stands, nothing new having happened. */
  current(): Assessment {
    return assess(this.#memory);
  }

  /** Steps of the session so far. */
  get steps(): number {
    return this.#memory[SLOT.steps] ?? 0;
  }

  /** Average substance of all steps: 1 when each did something new, 0 when none did anything. */
  get workYield(): number {
    return this.steps === 0 ? 0 : (this.#memory[SLOT.work] ?? 0) / this.steps;
  }

  /** What failure_risk is computed from, for fitting its weights. */
  features(): Features {
    const slots = this.#memory;
    return featuresOf(slots, signalsOf(slots, isLooping(slots)));
  }

  /** The exact state, for `restore`. */
  save(): Uint8Array {
    return toBytes(this.#memory);
  }

  /**
   * A session that goes on exactly where `save` left it.
   *
   * @throws {RangeError} when the bytes are not a saved state of this version
   */
  static restore(bytes: Uint8Array): Health {
    const health = new Health();
    health.#memory = fromBytes(bytes);
    return health;
  }

  /** Size of the packed state. */
  get byteLength(): number {
    return this.#memory.byteLength;
  }
}
