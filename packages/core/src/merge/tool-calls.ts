import type { ToolObservation } from "../capture/observation.ts";
import type { Layer } from "../capture/record.ts";
import type { CallFacts, CallKey, CallOutcome } from "./call-facts.ts";
import { isFirst, isOwnedByFuller, own, responseKey } from "./process-registry.ts";
import { RecentMap } from "./recent-map.ts";

export interface ToolCallsParts {
  readonly layer: Layer;
  readonly clock: () => number;
  readonly digest: (session: string, call: ToolObservation) => ToolObservation;
  readonly emit: (session: string, call: ToolObservation) => void;
}

/** `waiting`: for a person or a client. */
export type CallState = "requested" | "running" | "waiting";

interface OpenCall {
  readonly key: CallKey;
  /** Where it stands in the map: under its key, or set aside under its run. */
  place: string;
  readonly response?: string | undefined;
  readonly owner?: string | undefined;
  readonly seenAt: number;
  /** Digested: no value is held while the call is open. */
  call: ToolObservation;
  run?: string | undefined;
  startedAt?: number;
  /** Recorded as `pending`: waits for a person or a client, for as long as it takes. */
  waiting: boolean;
}

/** Calls open at once; the one that was idle longest is given up for a new one. */
const MAX_OPEN_CALLS = 10_000;
/** A call that was asked for and not started is given up after this. */
const REQUEST_IDLE_MS = 10 * 60_000;
/** A call that runs may take long. */
const RUN_IDLE_MS = 60 * 60_000;

/** Merges what was requested, executed and answered into one event per tool call. */
export class ToolCalls {
  readonly #parts: ToolCallsParts;
  readonly #open = new RecentMap<string, OpenCall>(MAX_OPEN_CALLS, (call) => this.#giveUp(call));
  /** Calls that have their event, to the response that asked for them. */
  readonly #settled = new RecentMap<string, string | undefined>(MAX_OPEN_CALLS);
  #outcomes = 0;
  #givenUp = 0;

  constructor(parts: ToolCallsParts) {
    this.#parts = parts;
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** Calls that an outcome was seen for, and those that were given up without one. */
  get seen(): { readonly outcomes: number; readonly givenUp: number } {
    return { outcomes: this.#outcomes, givenUp: this.#givenUp };
  }

  /** A model asked for the call. */
  requested(key: CallKey, facts: CallFacts): void {
    const id = idOf(key);
    const open = this.#open.get(id);
    if (open) {
      if (facts.response === open.response || open.response === undefined) return;
      this.#makeRoom(open);
    } else if (this.#isSettled(key, facts)) return;
    this.#begin(key, facts);
  }

  /** The call began to execute. */
  started(key: CallKey, facts: CallFacts): void {
    let open = this.#aside(facts) ?? this.#open.get(idOf(key));
    if (open && isOther(open, facts)) {
      this.#makeRoom(open);
      open = undefined;
    } else if (open?.startedAt !== undefined && !open.waiting) return;
    open ??= this.#unseen(key, facts);
    if (!open) return;
    if (open.call.argumentsShape === undefined && facts.arguments !== undefined) {
      open.call = this.#digest(key, facts);
    }
    open.run = facts.run;
    open.startedAt = this.#parts.clock();
    open.waiting = false;
    this.#open.set(open.place, open);
  }

  /** The call has its outcome: it ran, or it was rejected or denied before it could. */
  ended(key: CallKey, outcome: CallOutcome, facts?: CallFacts): void {
    const open = this.#aside(facts) ?? this.#open.get(idOf(key)) ?? this.#unseen(key, facts);
    if (!open) return;
    this.#outcomes += 1;
    this.#settle(open, { ...outcome, ...this.#duration(open, outcome) });
  }

  /**
   * A result was told to the model; what that says of a call is less than its end.
   *
   * @param facts for a call that this process may never have heard of; without them it is history
   */
  answered(key: CallKey, outcome: Partial<CallOutcome> = {}, facts?: CallFacts): void {
    const open = this.#open.get(idOf(key)) ?? this.#unseen(key, facts);
    if (!open) return;
    this.#outcomes += 1;
    const elapsed = this.#parts.clock() - (open.startedAt ?? open.seenAt);
    const bound = { durationMs: elapsed, durationIsBound: "upper" } as const;
    this.#settle(open, { status: "answered", ...(facts ? {} : bound), ...outcome });
  }

  /** The call waits for a person or a client; it is recorded as such once, and stays open. */
  pending(key: CallKey, facts?: CallFacts): void {
    const open = this.#open.get(idOf(key)) ?? this.#unseen(key, facts);
    if (!open || open.waiting) return;
    this.#open.set(open.place, open);
    open.waiting = true;
    this.#report(open, { ...open.call, status: "pending" });
  }

  /** What is known of a call that has no outcome yet. */
  stateOf(key: CallKey): CallState | undefined {
    const open = this.#open.get(idOf(key));
    if (!open) return undefined;
    if (open.waiting) return "waiting";
    return open.startedAt === undefined ? "requested" : "running";
  }

  /** Whatever belongs to `owner` and was not started waits for somebody outside of it. */
  allPending(owner: string): void {
    for (const open of this.#open.values()) {
      if (open.owner === owner && open.startedAt === undefined) this.pending(open.key);
    }
  }

  /** Closes what belongs to `owner` and has no outcome. */
  abandoned(owner: string, status: "unresolved" | "cancelled" = "unresolved"): void {
    for (const open of this.#open.values()) {
      if (open.owner === owner && !open.waiting) this.#giveUp(open, status);
    }
  }

  /** Closes what was idle for too long. */
  sweep(now: number): void {
    for (const open of this.#open.values()) {
      const idleMs = open.startedAt === undefined ? REQUEST_IDLE_MS : RUN_IDLE_MS;
      if (now - (open.startedAt ?? open.seenAt) >= idleMs) this.#giveUp(open);
    }
  }

  /** Closes everything. */
  close(): void {
    for (const open of this.#open.values()) this.#giveUp(open);
  }

  #begin(key: CallKey, facts: CallFacts): OpenCall {
    const open: OpenCall = {
      key,
      place: idOf(key),
      response: facts.response,
      owner: facts.owner,
      run: facts.run,
      seenAt: this.#parts.clock(),
      call: this.#digest(key, facts),
      waiting: false,
    };
    own(sharedIdOf(open), this.#parts.layer);
    this.#open.set(open.place, open);
    return open;
  }

  /** Another call comes with the id of this one, which keeps its place under its run. */
  #makeRoom(open: OpenCall): void {
    if (open.run === undefined) {
      this.#giveUp(open);
      return;
    }
    this.#open.delete(open.place);
    open.place = asideOf(open.run);
    this.#open.set(open.place, open);
  }

  #aside(facts: CallFacts | undefined): OpenCall | undefined {
    return facts?.run === undefined ? undefined : this.#open.get(asideOf(facts.run));
  }

  /** A call whose beginning nobody told us, unless it had its event already. */
  #unseen(key: CallKey, facts: CallFacts | undefined): OpenCall | undefined {
    if (!facts) return undefined;
    return this.#isSettled(key, facts) ? undefined : this.#begin(key, facts);
  }

  /** Without a response to tell them apart, an execution with the id of another is a new one. */
  #isSettled(key: CallKey, { response, run }: CallFacts): boolean {
    if (run !== undefined && this.#settled.has(asideOf(run))) return true;
    return response !== undefined && this.#settled.get(idOf(key)) === response;
  }

  #digest({ session, toolCallId }: CallKey, facts: CallFacts): ToolObservation {
    const { tool, annotations, op, agent, server } = facts;
    return this.#parts.digest(session, {
      tool,
      toolCallId,
      annotations,
      op,
      agent,
      server,
      arguments: facts.arguments,
    });
  }

  #duration(open: OpenCall, { durationMs }: CallOutcome): Pick<CallOutcome, "durationMs"> {
    if (durationMs !== undefined) return { durationMs };
    return open.startedAt === undefined ? {} : { durationMs: this.#parts.clock() - open.startedAt };
  }

  /** Nobody told us an outcome. What waits was recorded as waiting and leaves in silence. */
  #giveUp(open: OpenCall, status: "unresolved" | "cancelled" = "unresolved"): void {
    if (open.waiting) {
      this.#forget(open);
      return;
    }
    this.#givenUp += 1;
    const elapsed = this.#parts.clock() - (open.startedAt ?? open.seenAt);
    this.#settle(open, { status, durationMs: elapsed, durationIsBound: "lower" });
  }

  #settle(open: OpenCall, outcome: Partial<ToolObservation>): void {
    this.#forget(open);
    this.#report(open, { ...open.call, ...outcome });
  }

  #forget(open: OpenCall): void {
    this.#open.delete(open.place);
    this.#settled.set(idOf(open.key), open.response);
    if (open.run !== undefined) this.#settled.set(asideOf(open.run), open.response);
  }

  #report(open: OpenCall, call: ToolObservation): void {
    const { layer, emit } = this.#parts;
    const claim = open.response === undefined ? sharedIdOf(open) : responseKey(open.response);
    if (isOwnedByFuller(claim, layer)) return;
    if (open.run !== undefined && !isFirst(`run ${open.run} ${call.status}`)) return;
    emit(open.key.session, call);
  }
}

/**
 * Whether the execution belongs to another call with the same id. Models that count ids from 1 make
 * such calls, in agents side by side or inside of each other; what waited may run under a new name.
 */
function isOther(open: OpenCall, { run }: CallFacts): boolean {
  if (open.waiting || open.run === run) return false;
  return open.startedAt !== undefined || (open.run !== undefined && run !== undefined);
}

function asideOf(run: string): string {
  return `\n${run}`;
}

function idOf({ session, toolCallId }: CallKey): string {
  return `${session}\n${toolCallId}`;
}

/** How another layer knows a call whose response is unknown; some models count ids from 1. */
function sharedIdOf({ key, call }: OpenCall): string {
  return `tool ${key.toolCallId} ${call.tool}`;
}
