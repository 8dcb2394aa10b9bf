/** Follows one session from step to step and finds where loops begin and end. */
import type { EmittedStanding } from "@caum/core";
import type { Pattern } from "@caum/core/health";

/** What a step did to the loop of a session. */
export type LoopEdge =
  | { readonly kind: "entered"; readonly loop: Pattern }
  | { readonly kind: "ended"; readonly loop: Pattern; readonly steps: number };

export interface LoopMove {
  readonly edge?: LoopEdge | undefined;
  /** Steps that turned out to be part of a loop. */
  readonly steps: number;
}

const NOTHING: LoopMove = { steps: 0 };

export class LoopWatch {
  #step = 0;
  #loop: Pattern | undefined;
  #loopSteps = 0;

  get isLooping(): boolean {
    return this.#loop !== undefined;
  }

  get step(): number {
    return this.#step;
  }

  /** A record that is no step moves nothing. Fewer steps than before are those of a fuller layer. */
  move({ step, publicClass, pattern }: EmittedStanding): LoopMove {
    if (step === this.#step) return NOTHING;
    const before = step < this.#step ? 0 : this.#step;
    this.#step = step;
    const stands = publicClass === "hard_alert" && pattern !== undefined;
    if (stands && this.#loop === undefined) {
      this.#loop = pattern;
      this.#loopSteps = Math.max(1, step - pattern.fromStep + 1);
      return { edge: { kind: "entered", loop: pattern }, steps: this.#loopSteps };
    }
    if (stands) {
      const steps = Math.max(1, step - before);
      this.#loop = pattern;
      this.#loopSteps += steps;
      return { steps };
    }
    return { edge: this.end(), steps: 0 };
  }

  /** The loop that stood, which is over. */
  end(): LoopEdge | undefined {
    const loop = this.#loop;
    if (loop === undefined) return undefined;
    const steps = this.#loopSteps;
    this.#loop = undefined;
    this.#loopSteps = 0;
    return { kind: "ended", loop, steps };
  }
}
