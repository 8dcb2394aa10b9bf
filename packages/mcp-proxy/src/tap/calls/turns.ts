/**
 * Which calls were asked for together. A model asks for several calls in one turn, and the protocol
 * does not say so; but calls that were asked for before any of them was answered cannot be answers
 * to each other.
 */
import { randomBytes } from "node:crypto";
import { identityOf, type RecordedCall } from "./recorded-call.ts";

/** A client that runs few calls at once sends the next ones of a turn sooner than a model answers. */
const QUEUED_WITHIN_MS = 100;

/** No model asks for more at once: beside a call that is never answered there may be thousands. */
const MAX_CALLS = 1_000;

const NAME_BYTES = 6;
const MAX_AGENTS = 100;

export interface Turn {
  readonly id: string;
  size: number;
  open: number;
  answeredAt: number | undefined;
  /** What was answered in it (identityOf). */
  readonly answered: Set<string>;
}

export class Turns {
  /** Several processes may write one session, and each counts for itself. */
  readonly #name = randomBytes(NAME_BYTES).toString("hex");
  /** The latest turn of each agent, as far as the client tells them apart. */
  readonly #latest = new Map<string, Turn>();
  /** Whose turn is the last one of the map. */
  #lastAgent: string | undefined;
  #turns = 0;
  #calls = 0;

  /** An id for one more call of what is written together. */
  nextCallId(): string {
    return `${this.#name}-call-${this.#calls++}`;
  }

  /** The turn of a call that is asked for now. */
  begin(call: RecordedCall, time: number): Turn {
    const agent = call.told?.agent ?? "";
    const current = this.#latest.get(agent);
    const turn =
      current && belongs(call, current, time)
        ? current
        : {
            id: `${this.#name}-turn-${this.#turns++}`,
            size: 0,
            open: 0,
            answeredAt: undefined,
            answered: new Set<string>(),
          };
    turn.size++;
    turn.open++;
    if (agent !== this.#lastAgent) this.#latest.delete(agent);
    this.#latest.set(agent, turn);
    this.#lastAgent = agent;
    const [oldest] = this.#latest.size > MAX_AGENTS ? this.#latest.keys() : [];
    if (oldest !== undefined) this.#latest.delete(oldest);
    return turn;
  }

  end(turn: Turn, call: RecordedCall, time: number): void {
    turn.open--;
    turn.answeredAt = time;
    // Nobody joins a turn that is over.
    if (turn.open > 0 && turn.size < MAX_CALLS) turn.answered.add(identityOf(call));
  }
}

/** What names the turn in a record; a call that was alone has no siblings to be told of. */
export function parentOf(turn: Turn | undefined): string | undefined {
  return turn && turn.size > 1 ? turn.id : undefined;
}

/** A call that was answered and is asked for again is no part of the turn: that may be a loop. */
function belongs(call: RecordedCall, turn: Turn, time: number): boolean {
  if (turn.open === 0 || turn.size >= MAX_CALLS) return false;
  if (turn.answeredAt === undefined) return true;
  return time - turn.answeredAt < QUEUED_WITHIN_MS && !turn.answered.has(identityOf(call));
}
