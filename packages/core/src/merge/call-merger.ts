import type {
  Observation,
  ReasoningObservation,
  ToolObservation,
} from "../capture/observation/observation.ts";
import { costOf, type PriceTable } from "../capture/price-table.ts";
import type { Layer, Status } from "../capture/record.ts";
import { atExit } from "../report/at-exit.ts";
import type { Session, Verdict } from "../session.ts";
import type { CallFacts, CallKey, CallOutcome } from "./calls/call-facts.ts";
import type { CallState } from "./calls/merge-table.ts";
import { ToolCalls } from "./calls/tool-calls.ts";
import { type TurnFacts, type TurnKey, type TurnOutcome, Turns } from "./turns.ts";

/** Where merged events go; an `Observer` is one. */
export interface CallSink {
  session(id: string): Pick<Session, "observe" | "digestCall" | "digestTurn">;
}

export interface CallMergerOptions {
  readonly sink: CallSink;
  /** Where the adapter stands: the fullest layer that sees a call reports it. */
  readonly layer: Layer;
  readonly clock?: (() => number) | undefined;
  /** Prices that come before the built-in ones. */
  readonly prices?: PriceTable | undefined;
  /** Told after every event; a failure in it is ours. */
  readonly onVerdict?: ((verdict: Verdict, sessionId: string) => void) | undefined;
  readonly onFailure?: ((failure: unknown) => void) | undefined;
}

/** How often idle calls are looked for, while there are any. */
const SWEEP_MS = 60_000;
/** The same while events wait for a fuller layer. */
const UNPARK_MS = 500;

/**
 * Merges what an adapter hears of model calls and tool calls into one event each.
 *
 * Every method is synchronous and total, holds no content, and may be called in any order: a call
 * can be requested (by a model), started and ended (by its execution), and answered (in a later
 * request), and each of them can be missing.
 */
export class CallMerger {
  readonly #options: CallMergerOptions;
  readonly #clock: () => number;
  readonly #calls: ToolCalls;
  readonly #turns: Turns;
  readonly #cancelAtExit: () => void;
  #timer: NodeJS.Timeout | undefined;
  /** The timer is the short one. */
  #parks = false;
  #closed = false;

  constructor(options: CallMergerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? Date.now;
    const { layer, sink } = options;
    const clock = this.#clock;
    const emit = (session: string, observation: Observation) => this.#emit(session, observation);
    const digestCall = (id: string, call: ToolObservation) => sink.session(id).digestCall(call);
    const digestTurn = (id: string, turn: ReasoningObservation) =>
      sink.session(id).digestTurn(withCost(turn, options.prices));
    this.#calls = new ToolCalls({ layer, clock, emit, digest: digestCall });
    this.#turns = new Turns({ layer, clock, emit, digest: digestTurn });
    this.#cancelAtExit = atExit("open calls", () => this.#fenced(() => this.#closeAll()));
  }

  /** Calls and turns without an end so far. */
  get openCount(): number {
    return this.#calls.openCount + this.#turns.openCount + this.#turns.parkedCount;
  }

  /** Calls that an outcome was seen for, and those that were given up without one. */
  get seen(): { readonly outcomes: number; readonly givenUp: number } {
    return this.#calls.seen;
  }

  turnStarted(key: TurnKey, facts?: TurnFacts): void {
    this.#do(() => this.#turns.started(key, facts));
  }

  turnEnded(key: TurnKey, outcome: TurnOutcome): void {
    this.#do(() => this.#turns.ended(key, outcome));
  }

  /** The model calls of `owner` that are under way failed; its tool calls are not touched. */
  turnFailed(owner: string, status: Status = "error"): void {
    this.#do(() => this.#turns.abandoned(owner, status));
  }

  requested(key: CallKey, facts: CallFacts): void {
    this.#do(() => this.#calls.requested(key, facts));
  }

  started(key: CallKey, facts: CallFacts): void {
    this.#do(() => this.#calls.started(key, facts));
  }

  ended(key: CallKey, outcome: CallOutcome, facts?: CallFacts): void {
    this.#do(() => this.#calls.ended(key, outcome, facts));
  }

  answered(key: CallKey, outcome?: Partial<CallOutcome>, facts?: CallFacts): void {
    this.#do(() => this.#calls.answered(key, outcome, facts));
  }

  pending(key: CallKey, facts?: CallFacts): void {
    this.#do(() => this.#calls.pending(key, facts));
  }

  /** The calls of one operation that were not started wait for somebody outside of it. */
  allPending(owner: string): void {
    this.#do(() => this.#calls.allPending(owner));
  }

  /** What is known of a call that has no outcome yet. */
  stateOf(key: CallKey): CallState | undefined {
    return this.#calls.stateOf(key);
  }

  /** Closes the turns and calls of one operation that have no outcome, as told by its host. */
  abandoned(owner: string, status?: "unresolved" | "cancelled"): void {
    this.#do(() => {
      this.#turns.abandoned(owner, status);
      this.#calls.abandoned(owner, status);
    });
  }

  /** Anything that needs no merging: a message, a change of the environment. */
  observe(session: string, observation: Observation): void {
    this.#do(() => this.#emit(session, observation));
  }

  /** Closes what was idle for too long; called by a timer that keeps no process alive. */
  sweep(now: number = this.#clock()): void {
    this.#do(() => {
      this.#turns.sweep(now);
      this.#calls.sweep(now);
    });
  }

  /** Closes everything that is open as `unresolved`. */
  close(): void {
    this.#cancelAtExit();
    this.#fenced(() => this.#closeAll());
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #closeAll(): void {
    this.#turns.close();
    this.#calls.close();
  }

  #emit(session: string, observation: Observation): void {
    const { sink, onVerdict } = this.#options;
    const verdict = sink.session(session).observe(observation);
    onVerdict?.(verdict, session);
  }

  #do(work: () => void): void {
    if (this.#closed) return;
    this.#fenced(work);
    this.#arm();
  }

  /** One timer, for what waits the shortest; it keeps no process alive. */
  #arm(): void {
    const parks = this.#turns.parkedCount > 0;
    if (this.openCount === 0 || (this.#timer && (this.#parks || !parks))) return;
    clearTimeout(this.#timer);
    this.#parks = parks;
    const sweep = () => {
      this.#timer = undefined;
      this.sweep();
    };
    this.#timer = setTimeout(sweep, parks ? UNPARK_MS : SWEEP_MS);
    this.#timer.unref();
  }

  #fenced(work: () => void): void {
    try {
      work();
    } catch (failure) {
      try {
        this.#options.onFailure?.(failure);
      } catch {
        // The host's own handler failed; the host must not notice us.
      }
    }
  }
}

const USD_PER_NANO_USD = 1e-9;

/** A turn whose host gives no cost has the one of its tokens, where model and tokens are known. */
function withCost(turn: ReasoningObservation, prices: PriceTable | undefined) {
  const cost = turn.costUsd === undefined ? costOf(turn.model, turn, prices) : undefined;
  return cost === undefined ? turn : { ...turn, costUsd: cost * USD_PER_NANO_USD };
}
