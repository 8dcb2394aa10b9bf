import { assess, isLooping, signalsOf } from "./assess.ts";
import type { Assessment } from "./assessment.ts";
import { type Features, featuresOf } from "./failure-risk.ts";
import { learn } from "./learn.ts";
import { SLOT } from "./memory/layout.ts";
import { RecentTools } from "./memory/recent-tools.ts";
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
  #tools = new RecentTools();

  constructor() {
    beginAverages(this.#memory);
  }

  /** Takes one step and says how the session stands. What is no step changes nothing. */
  observe(step: Step): Assessment {
    this.#memory = withRoom(this.#memory);
    const before = this.steps;
    learn(this.#memory, step);
    if (this.steps > before) this.#noteName(step);
    return this.current();
  }

  /** How the session stands, nothing new having happened. */
  current(): Assessment {
    return assess(this.#memory, this.#tools);
  }

  #noteName({ kind, tool }: Step): void {
    if (kind === "call") this.#tools.noteCall(tool);
    else this.#tools.noteSpeaker(tool);
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
    return toBytes(this.#memory, this.#tools.save());
  }

  /**
   * A session that goes on exactly where `save` left it.
   *
   * @throws {RangeError} when the bytes are not a saved state of this version
   */
  static restore(bytes: Uint8Array): Health {
    const health = new Health();
    const { memory, names } = fromBytes(bytes);
    health.#memory = memory;
    health.#tools = RecentTools.restore(names);
    return health;
  }

  /** Size of the packed state, without the names of the last tools. */
  get byteLength(): number {
    return this.#memory.byteLength;
  }
}
