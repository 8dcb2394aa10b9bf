/**
 * Which calls were asked for together. A model asks for several calls in one turn, and the protocol
 * does not say so; but calls that were asked for before any of them was answered cannot be answers
 * to each other.
 */
import { isSameCall, type RecordedCall } from "./recorded-call.ts";

/** A client that runs few calls at once sends the next ones of a turn sooner than a model answers. */
const QUEUED_WITHIN_MS = 100;

export interface Turn {
  readonly number: number;
  size: number;
  open: number;
  answeredAt: number | undefined;
  readonly answered: RecordedCall[];
}

export class Turns {
  #current: Turn | undefined;
  #turns = 0;
  #calls = 0;

  /** Numbers every call of what is written together. */
  nextNumber(): number {
    return this.#calls++;
  }

  /** The turn of a call that is asked for now. */
  begin(call: RecordedCall, time: number): Turn {
    const current = this.#current;
    const turn =
      current && belongs(call, current, time)
        ? current
        : { number: this.#turns++, size: 0, open: 0, answeredAt: undefined, answered: [] };
    turn.size++;
    turn.open++;
    this.#current = turn;
    return turn;
  }

  end(turn: Turn, call: RecordedCall, time: number): void {
    turn.open--;
    turn.answeredAt = time;
    // Nobody joins a turn that is over.
    if (turn.open > 0) turn.answered.push(call);
  }
}

/** What names the turn in a record; a call that was alone has no siblings to be told of. */
export function parentOf(turn: Turn | undefined): string | undefined {
  return turn && turn.size > 1 ? `turn-${turn.number}` : undefined;
}

/** A call that was answered and is asked for again is no part of the turn: that may be a loop. */
function belongs(call: RecordedCall, turn: Turn, time: number): boolean {
  if (turn.open === 0) return false;
  if (turn.answeredAt === undefined) return true;
  return (
    time - turn.answeredAt < QUEUED_WITHIN_MS &&
    !turn.answered.some((answered) => isSameCall(answered, call))
  );
}
