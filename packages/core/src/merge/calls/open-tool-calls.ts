import type { ToolObservation } from "../../capture/observation/observation.ts";
import { isFirst } from "../process/process-registry.ts";
import { RecentMap } from "../process/recent-map.ts";
import type { CallFacts, CallKey } from "./call-facts.ts";
import { CallIndex, type Named, Namesakes } from "./call-index.ts";
import { type CallIdentity, type Heard, KNOWN_BY } from "./merge-table.ts";
import { isFree, type Names, NOWHERE, type OpenCall } from "./open-call.ts";

/** What a signal says of the call that it means. */
export interface Told {
  readonly key: CallKey;
  readonly id: string | undefined;
  readonly idInResponse: string | undefined;
  readonly facts: CallFacts | undefined;
  /** Whether the arguments are those of an open call; asked only where there is no id. */
  readonly isEqual: (open: OpenCall) => boolean;
  /** Another call than this one is meant. */
  readonly otherThan?: OpenCall;
}

/** Calls open at once; the one that was idle longest is given up for a new one. */
const MAX_OPEN_CALLS = 10_000;

/** The calls that are open, found by run, by id, or by tool. */
export class OpenToolCalls {
  readonly #calls: RecentMap<OpenCall, OpenCall>;
  readonly #byRun = new CallIndex();
  readonly #byId = new CallIndex();
  readonly #byResponse = new CallIndex();
  readonly #byTool = new CallIndex();

  /** @param onCrowded told of a call that leaves for a newer one */
  constructor(onCrowded: (call: OpenCall) => void) {
    this.#calls = new RecentMap(MAX_OPEN_CALLS, onCrowded);
  }

  get size(): number {
    return this.#calls.size;
  }

  /** Oldest first, by when they were last spoken of. */
  values(): OpenCall[] {
    return this.#calls.values();
  }

  /** Adds a call, or files it anew after a change of its key, tool or run. */
  set(call: OpenCall): void {
    const tool = call.state === "running" ? undefined : call.call.tool;
    const { run, id, idInResponse: response } = call;
    this.#file(call, { run, id, response, tool });
    this.#calls.set(call, call);
  }

  delete(call: OpenCall): void {
    this.#calls.delete(call);
    this.#file(call, NOWHERE);
  }

  /** The open call that a signal means, by the best identity that fits any. */
  find(signal: Heard, told: Told): OpenCall | undefined {
    for (const identity of KNOWN_BY[signal]) {
      const found = this.#best(identity, signal, told);
      if (found) return found;
    }
    return undefined;
  }

  #best(identity: CallIdentity, signal: string, told: Told): OpenCall | undefined {
    const named = this.#namedFor(identity, told);
    if (!(named instanceof Namesakes)) {
      return named && isMeant(identity, signal, named, told) ? named : undefined;
    }
    let best: OpenCall | undefined;
    for (const open of this.#candidates(identity, named, told)) {
      if (!isMeant(identity, signal, open, told)) continue;
      if (best === undefined || isBetter(open, best, told)) best = open;
    }
    return best;
  }

  /** Without those that another execution runs, which are many where ids repeat. */
  #candidates(identity: CallIdentity, named: Namesakes, { facts }: Told): Iterable<OpenCall> {
    if (identity === "run" || facts?.run === undefined) return named.all;
    const own = this.#byRun.get(facts.run);
    if (own === undefined) return named.free;
    return new Set([...named.free, ...(own instanceof Namesakes ? own.all : [own])]);
  }

  #namedFor(identity: CallIdentity, told: Told): Named | undefined {
    const { key, facts } = told;
    switch (identity) {
      case "run":
        return this.#byRun.get(facts?.run);
      case "response":
        return this.#byResponse.get(told.idInResponse);
      case "likeness":
        return key.toolCallId === undefined ? this.#byTool.get(facts?.tool) : undefined;
      case "id":
        return this.#byId.get(told.id);
    }
  }

  #file(call: OpenCall, names: Names): void {
    this.#byRun.move(call, call.names.run, names.run);
    this.#byId.move(call, call.names.id, names.id);
    this.#byResponse.move(call, call.names.response, names.response);
    this.#byTool.move(call, call.names.tool, names.tool);
    call.names = names;
  }
}

/** Of calls that have the right name. */
function isMeant(identity: CallIdentity, signal: string, open: OpenCall, told: Told): boolean {
  if (!fits(identity, open, told)) return false;
  if (signal === "requested" && open.copy !== (told.facts?.copy ?? 0)) return false;
  return signal !== "answered" || isBeside(open, told.key) || open.state === "waiting";
}

function fits(identity: CallIdentity, open: OpenCall, told: Told): boolean {
  const { key, facts } = told;
  if (open === told.otherThan) return false;
  if (identity === "run") return true;
  const isOther = facts?.run !== undefined && open.run !== facts.run;
  if (isOther && !isFree(open)) return false;
  if (open.run !== undefined && key.within?.includes(open.run)) return false;
  switch (identity) {
    case "response":
      return open.idInResponse === told.idInResponse;
    case "id":
      if (open.id !== told.id) return false;
      return !facts?.response || !open.response || open.state === "waiting";
    case "likeness":
      return isAlike(open, told);
  }
}

/** Of the requests for the same tool that nobody executes yet. */
function isAlike(open: OpenCall, told: Told): boolean {
  const { key } = told;
  if (open.key.session !== key.session) return false;
  return nearness(open, key) > 0 || told.isEqual(open);
}

function isBetter(one: OpenCall, other: OpenCall, told: Told): boolean {
  const isOneBeside = isBeside(one, told.key);
  if (isOneBeside !== isBeside(other, told.key)) return isOneBeside;
  const nearer = nearness(one, told.key) - nearness(other, told.key);
  if (nearer !== 0) return nearer > 0;
  const isEqual = told.isEqual(one);
  if (isEqual !== told.isEqual(other)) return isEqual;
  // Later ones come later here, so among equal times the one at hand is the latest.
  return one.response !== other.response && one.seenAt >= other.seenAt;
}

/** Whether both happen inside of the same execution, or of none. */
function isBeside({ key }: OpenCall, { inside }: CallKey): boolean {
  return key.inside === inside;
}

/** How many steps from the root down two places have in common. */
function nearness({ key }: OpenCall, { within = [] }: CallKey): number {
  const other = key.within ?? [];
  let at = 0;
  while (at < within.length && within[at] === other[at]) at += 1;
  return at;
}

/** Two copies of one adapter may see the same; what has neither run nor response is not known again. */
export function isFirstReport({ id, run, response, copy }: OpenCall, { status }: ToolObservation) {
  if (run !== undefined) return isFirst(`run ${run} ${status}`);
  return response === undefined || isFirst(`asked ${id}\n${response}\n${copy} ${status}`);
}
