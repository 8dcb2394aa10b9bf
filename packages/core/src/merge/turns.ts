import type { ReasoningObservation } from "../capture/observation/observation.ts";
import type { Layer, Status } from "../capture/record.ts";
import {
  countOpenTurns,
  fullerAround,
  fullerIsBusy,
  isFirst,
  isOwnedByFuller,
  own,
  responseKey,
} from "./process/process-registry.ts";
import { LatestMap, RecentMap } from "./process/recent-map.ts";

/** One logical model call: its retries are attempts of it. */
export interface TurnKey {
  readonly session: string;
  /** Unique in the process: a run id, a request id. */
  readonly id: string;
}

export interface TurnFacts {
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly agent?: string | undefined;
  /** What its calls are filed under; its own id when absent. */
  readonly parent?: string | undefined;
  /** What the model call belongs to and ends with, for `abandoned`. */
  readonly owner?: string | undefined;
}

/** What came back: usage, finish, and `content` where it may be digested. */
export type TurnOutcome = Omit<ReasoningObservation, "kind">;

export interface TurnsParts {
  readonly layer: Layer;
  readonly clock: () => number;
  readonly digest: (session: string, turn: ReasoningObservation) => ReasoningObservation;
  readonly emit: (session: string, turn: ReasoningObservation) => void;
}

interface OpenTurn {
  readonly key: TurnKey;
  readonly facts: TurnFacts;
  readonly startedAt: number;
}

interface ParkedTurn {
  readonly session: string;
  readonly turn: ReasoningObservation;
  readonly parkedAt: number;
}

const MAX_OPEN_TURNS = 10_000;
const MAX_PARKED_TURNS = 1_000;
const TURN_IDLE_MS = 10 * 60_000;
/** How long a fuller layer may take to say that a response is its own. */
const PARK_MS = 2_000;

/** Merges the start and end of model calls, and leaves a call to the fullest layer that sees it. */
export class Turns {
  readonly #parts: TurnsParts;
  readonly #open = new RecentMap<string, OpenTurn>(MAX_OPEN_TURNS, (turn) => this.#giveUp(turn));
  /** Turns that began inside of a model call that a fuller layer reports, to that layer. */
  readonly #foreign = new LatestMap<string, Layer>(MAX_OPEN_TURNS);
  #parked: ParkedTurn[] = [];

  constructor(parts: TurnsParts) {
    this.#parts = parts;
  }

  get openCount(): number {
    return this.#open.size;
  }

  get parkedCount(): number {
    return this.#parked.length;
  }

  started(key: TurnKey, facts: TurnFacts = {}): void {
    if (this.#open.has(key.id)) return;
    const fuller = fullerAround(this.#parts.layer);
    if (fuller !== undefined) {
      this.#foreign.set(key.id, fuller);
      return;
    }
    this.#open.set(key.id, { key, facts, startedAt: this.#parts.clock() });
    countOpenTurns(this.#parts.layer, 1);
  }

  ended(key: TurnKey, outcome: TurnOutcome): void {
    const fuller = this.#foreign.get(key.id);
    if (fuller !== undefined) {
      // That layer may never learn the response's id, and still reports its calls.
      own(responseKey(outcome.responseId ?? key.id), fuller);
      return;
    }
    const { clock, digest } = this.#parts;
    const open = this.#open.get(key.id);
    if (open) this.#forget(open);
    const { owner: _, ...facts } = open?.facts ?? {};
    const durationMs = open && clock() - open.startedAt;
    const parent = outcome.parent ?? facts.parent ?? key.id;
    const turn = { kind: "turn", durationMs, ...facts, ...outcome, parent } as const;
    this.#report(key, digest(key.session, turn));
  }

  /** Closes what belongs to `owner` and has no end. */
  abandoned(owner: string, status: Status = "unresolved"): void {
    for (const open of this.#open.values()) {
      if (open.facts.owner === owner) this.#giveUp(open, status);
    }
  }

  /** Reports what no fuller layer claimed, and closes what was idle for too long. */
  sweep(now: number): void {
    this.#unpark(now);
    for (const open of this.#open.values()) {
      if (now - open.startedAt >= TURN_IDLE_MS) this.#giveUp(open);
    }
  }

  close(): void {
    for (const open of this.#open.values()) this.#giveUp(open);
    this.#unpark(Number.POSITIVE_INFINITY);
  }

  #giveUp(open: OpenTurn, status: Status = "unresolved"): void {
    this.#forget(open);
    const { owner: _, ...facts } = open.facts;
    const durationMs = this.#parts.clock() - open.startedAt;
    const parent = facts.parent ?? open.key.id;
    this.#report(open.key, { kind: "turn", ...facts, parent, status, durationMs });
  }

  #forget(open: OpenTurn): void {
    this.#open.delete(open.key.id);
    countOpenTurns(this.#parts.layer, -1);
  }

  /** A fuller layer may be about to report the same response: it gets a moment to say so. */
  #report({ session, id }: TurnKey, turn: ReasoningObservation): void {
    const { layer, clock } = this.#parts;
    if (turn.responseId !== undefined) own(responseKey(turn.responseId), layer);
    if (!isFirst(`turn ${id}`)) return;
    this.#parked.push({ session, turn, parkedAt: clock() });
    this.#unpark(clock());
  }

  #unpark(now: number): void {
    if (this.#parked.length === 0) return;
    const { layer, emit } = this.#parts;
    const busy = fullerIsBusy(layer);
    const excess = this.#parked.length - MAX_PARKED_TURNS;
    const waiting: ParkedTurn[] = [];
    const due: ParkedTurn[] = [];
    for (const [index, parked] of this.#parked.entries()) {
      const { responseId } = parked.turn;
      if (responseId !== undefined && isOwnedByFuller(responseKey(responseId), layer)) continue;
      const waits = busy && now - parked.parkedAt < PARK_MS && index >= excess;
      (waits ? waiting : due).push(parked);
    }
    this.#parked = waiting;
    for (const { session, turn } of due) emit(session, turn);
  }
}
