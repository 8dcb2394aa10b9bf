import type { ToolObservation } from "../../capture/observation/observation.ts";
import type { Layer } from "../../capture/record.ts";
import { isOwnedByFuller, own, responseKey } from "../process/process-registry.ts";
import { isSameValue, refOf, valuesOf } from "./call-arguments.ts";
import type { CallFacts, CallKey, CallOutcome } from "./call-facts.ts";
import { type CallState, type Heard, type Signal, STEPS, type State } from "./merge-table.ts";
import { idOf, NOWHERE, nameIn, type OpenCall } from "./open-call.ts";
import { isFirstReport, OpenToolCalls } from "./open-tool-calls.ts";
import { SettledCalls } from "./settled-calls.ts";
import { ToldCall } from "./told-call.ts";

export interface ToolCallsParts {
  readonly layer: Layer;
  readonly clock: () => number;
  readonly digest: (session: string, call: ToolObservation) => ToolObservation;
  readonly emit: (session: string, call: ToolObservation) => void;
}

/** What a signal brings: an outcome, or how a call ends that has none. */
interface News {
  readonly outcome?: Partial<ToolObservation>;
  readonly abandonedAs?: "unresolved" | "cancelled";
}

/** A call that was asked for and not started is given up after this. */
const REQUEST_IDLE_MS = 10 * 60_000;
/** A call that runs may take long. */
const RUN_IDLE_MS = 60 * 60_000;

/** Merges what was requested, executed and answered into one event per tool call. */
export class ToolCalls {
  readonly #parts: ToolCallsParts;
  readonly #open = new OpenToolCalls((call) => this.#apply("idle", call));
  readonly #settled = new SettledCalls();
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
    this.#hear("requested", key, facts);
  }

  /** The call began to execute. */
  started(key: CallKey, facts: CallFacts): void {
    this.#hear("started", key, facts);
  }

  /** The call has its outcome: it ran, or it was rejected or denied before it could. */
  ended(key: CallKey, outcome: CallOutcome, facts?: CallFacts): void {
    this.#hear("ended", key, facts, (open) => {
      const elapsed = this.#parts.clock() - (open.startedAt ?? 0);
      const measured = open.startedAt === undefined ? undefined : elapsed;
      return { ...outcome, durationMs: outcome.durationMs ?? measured };
    });
  }

  /**
   * A result was told to the model; what that says of a call is less than its end.
   *
   * @param facts for a call that this process may never have heard of; without them it is history
   */
  answered(key: CallKey, outcome: Partial<CallOutcome> = {}, facts?: CallFacts): void {
    this.#hear("answered", key, facts, (open, isNew) => {
      const elapsed = this.#parts.clock() - (open.startedAt ?? open.seenAt);
      const bound = { durationMs: elapsed, durationIsBound: "upper" } as const;
      return { status: "answered", ...(isNew ? {} : bound), ...outcome };
    });
  }

  /** The call waits for a person or a client; it is recorded as such once, and stays open. */
  pending(key: CallKey, facts?: CallFacts): void {
    this.#hear("pending", key, facts);
  }

  /** What is known of a call that has no outcome yet. */
  stateOf(key: CallKey): CallState | undefined {
    return this.#open.find("answered", this.#told(key, undefined))?.state;
  }

  /** Whatever belongs to `owner` and was not started waits for somebody outside of it. */
  allPending(owner: string): void {
    for (const open of this.#open.values()) {
      if (open.owner === owner && open.startedAt === undefined) this.#apply("pending", open);
    }
  }

  /** Closes what belongs to `owner` and has no outcome; what still runs may have its own. */
  abandoned(owner: string, status: "unresolved" | "cancelled" = "unresolved"): void {
    for (const open of this.#open.values()) {
      if (open.owner === owner) this.#apply("abandoned", open, { abandonedAs: status });
    }
  }

  /** Closes what was idle for too long. */
  sweep(now: number): void {
    for (const open of this.#open.values()) {
      const mayRun = open.startedAt !== undefined && open.abandonedAs === undefined;
      const idleMs = mayRun ? RUN_IDLE_MS : REQUEST_IDLE_MS;
      if (now - (open.startedAt ?? open.seenAt) >= idleMs) this.#apply("idle", open);
    }
  }

  /** Closes everything. */
  close(): void {
    for (const open of this.#open.values()) this.#apply("idle", open);
  }

  #hear(
    signal: Heard,
    key: CallKey,
    facts: CallFacts | undefined,
    outcomeOf?: (open: OpenCall, isNew: boolean) => Partial<ToolObservation>,
  ): void {
    const told = this.#told(key, facts);
    let open = this.#open.find(signal, told);
    const state: State = open?.state ?? (this.#settled.has(signal, told) ? "settled" : "unheard");
    if (STEPS[signal][state] === "keep") return;
    if (!open) {
      // Without facts, it is history of a call that nobody told us of.
      if (!facts) return;
      open = this.#begin(told, facts);
      if (signal === "requested") return;
    } else if (facts && key.toolCallId !== undefined) this.#name(open, told, facts);
    if (signal === "started" && facts) this.#runs(open, told, facts);
    this.#take(STEPS[signal][state], open, {
      outcome: outcomeOf?.(open, state === "unheard") ?? {},
    });
    if (outcomeOf) this.#outcomes += 1;
  }

  /** A signal of no call in particular. */
  #apply(signal: Signal, open: OpenCall, news: News = {}): void {
    this.#take(STEPS[signal][open.state], open, news);
  }

  #take(step: (typeof STEPS)[Signal][State], open: OpenCall, news: News): void {
    switch (step) {
      case "run":
        open.startedAt = this.#parts.clock();
        open.state = "running";
        this.#open.set(open);
        break;
      case "wait":
        open.state = "waiting";
        this.#open.set(open);
        this.#report(open, { ...open.call, status: "pending" });
        break;
      case "settle":
        this.#forget(open);
        this.#report(open, { ...open.call, ...news.outcome });
        break;
      case "runOn":
        open.abandonedAs = news.abandonedAs;
        break;
      case "giveUp":
        this.#giveUp(open, news.abandonedAs ?? open.abandonedAs ?? "unresolved");
        break;
      case "leave":
        this.#forget(open);
    }
  }

  #told(key: CallKey, facts: CallFacts | undefined): ToldCall {
    return new ToldCall(key, facts, this.#digest);
  }

  #begin(told: ToldCall, facts: CallFacts): OpenCall {
    const { response, copy = 0, owner, run } = facts;
    // Without an id of the model, the execution is what tells a call from another.
    const key = told.id === undefined ? { ...told.key, toolCallId: run } : told.key;
    const id = told.id ?? idOf(key);
    const open: OpenCall = {
      key,
      id,
      idInResponse: told.idInResponse ?? nameIn(id, response, 0),
      response,
      copy,
      owner,
      run,
      seenAt: this.#parts.clock(),
      state: "requested",
      call: told.callOf(facts),
      textHash: told.textHash,
      values: refOf(facts),
      startedAt: undefined,
      abandonedAs: undefined,
      names: NOWHERE,
    };
    own(sharedIdOf(open), this.#parts.layer);
    this.#open.set(open);
    return open;
  }

  /** What runs is what is recorded: a person or a middleware may have changed tool and arguments. */
  #runs(open: OpenCall, told: ToldCall, facts: CallFacts): void {
    open.run = facts.run;
    const isKnown = facts.arguments === undefined && facts.argumentsText === undefined;
    const isSame = isKnown || told.isSameText(open) || isSameValue(open, facts);
    if (isSame && open.call.tool === facts.tool) return;
    const { toolCallId, parent, agent = facts.agent } = open.call;
    const ran = this.#digest(open.key, facts);
    const values = isSame && facts.arguments === undefined ? open.call : ran;
    const { argumentsShape, argumentsSignature } = values;
    open.call = { ...ran, argumentsShape, argumentsSignature, toolCallId, parent, agent };
  }

  /** An execution without an id learns it at its end; the request with that id is its own. */
  #name(open: OpenCall, told: ToldCall, facts: CallFacts): void {
    if (open.key.toolCallId !== open.run || open.response !== undefined) return;
    const { key, id, idInResponse } = told;
    const named = { key, id, idInResponse, facts, isEqual: () => false, otherThan: open };
    const asked = this.#open.find("answered", named);
    if (asked?.state === "running") return;
    if (asked) this.#open.delete(asked);
    open.key = key;
    open.id = id;
    open.response = asked?.response;
    open.idInResponse = nameIn(id, open.response, 0);
    open.call = { ...open.call, toolCallId: key.toolCallId, parent: asked?.call.parent };
    this.#open.set(open);
  }

  readonly #digest = ({ session, toolCallId }: CallKey, facts: CallFacts): ToolObservation => {
    const { tool, annotations, op, agent, server } = facts;
    return this.#parts.digest(session, {
      tool,
      toolCallId: toolCallId ?? facts.run,
      parent: facts.parent ?? facts.response,
      annotations,
      op,
      agent,
      server,
      arguments: valuesOf(facts),
    });
  };

  #giveUp(open: OpenCall, status: "unresolved" | "cancelled"): void {
    this.#givenUp += 1;
    const durationMs = this.#parts.clock() - (open.startedAt ?? open.seenAt);
    this.#forget(open);
    this.#report(open, { ...open.call, status, durationMs, durationIsBound: "lower" });
  }

  #forget(open: OpenCall): void {
    this.#open.delete(open);
    this.#settled.add(open);
  }

  #report(open: OpenCall, call: ToolObservation): void {
    const { layer, emit } = this.#parts;
    const claim = open.response === undefined ? sharedIdOf(open) : responseKey(open.response);
    if (isOwnedByFuller(claim, layer)) return;
    if (!isFirstReport(open, call)) return;
    emit(open.key.session, call);
  }
}

/** How another layer knows a call whose response is unknown; some models count ids from 1. */
function sharedIdOf({ key, call }: OpenCall): string {
  return `tool ${key.toolCallId} ${call.tool}`;
}
