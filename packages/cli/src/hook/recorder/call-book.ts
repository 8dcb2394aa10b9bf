/**
 * The calls of one session: which are open, which are over, and what an event proves of the others.
 *
 * No client tells the end of every call. What no event tells is concluded from the next one that
 * proves the call to be over, with no more than it proves.
 */
import type { Status, ToolObservation } from "@caum/core";
import { hookClient } from "../clients/hook-clients.ts";
import type { InboxEntry, LeftCall, LeftSaying } from "../inbox/inbox-entry.ts";

/** A call that is over, ready to be observed. */
export interface ClosedCall {
  readonly call: ToolObservation;
  /** Milliseconds since 1970. */
  readonly time: number;
}

interface OpenCall {
  readonly call: ToolObservation;
  readonly startedAt: number;
  readonly agent: string;
  readonly parent: string;
  isAsked: boolean;
}

/** Ended calls are remembered for events that tell of them again. */
const MAX_ENDED = 1_000;
/** Calls of one model turn that start side by side do so within this time. */
const SIDE_BY_SIDE_MS = 500;

export class CallBook {
  #open: readonly OpenCall[] = [];
  /** When calls ended, by their ids. */
  readonly #ended = new Map<string, number>();
  /** How many model turns of each agent are over. */
  readonly #turns = new Map<string, number>();
  /** Agents whose turns an event ends; of the others, calls that overlap share a turn. */
  readonly #hasTurns = new Set<string>();
  /** Tells the turns of this book from those of an earlier one of the same session. */
  readonly #since: number;

  constructor(since: number) {
    this.#since = since;
  }

  get hasOpen(): boolean {
    return this.#open.length > 0;
  }

  /** @returns the calls that this event shows to be over, in the order of their starts */
  take(entry: InboxEntry): readonly ClosedCall[] {
    const { saying } = entry;
    switch (saying.kind) {
      case "start":
        return this.#start(entry, saying.left);
      case "asked":
        this.#ask(entry, saying.left);
        return [];
      case "end":
        return this.#end(entry, saying.left);
      case "answers":
        return this.#answers(entry, saying);
      case "next_turn":
        return this.#nextTurn(entry);
      case "stop":
        return this.#stop(entry, saying.status);
      case "session_end":
        return this.giveUp(entry.time);
      default:
        return [];
    }
  }

  /** Every call that is still open: nobody will tell how it went. */
  giveUp(time: number): readonly ClosedCall[] {
    return this.#close(
      (_) => true,
      time,
      () => "unresolved",
    );
  }

  #start(entry: InboxEntry, { call }: LeftCall): readonly ClosedCall[] {
    if (this.#isToldAgain(entry, call)) return [];
    const agent = agentOf(entry);
    const failed = this.#askedAgain(entry, call);
    if (entry.turn === undefined && !this.#isBeside(entry)) this.#turn(agent);
    const parent = this.#parentOf(entry);
    const started = { call, startedAt: entry.time, agent, parent, isAsked: false };
    this.#open = [...this.#open, started];
    return failed;
  }

  /**
   * Whether a call that starts now belongs to the turn of those before it: its turn has not ended,
   * where an event ends turns; else an open one is beside it. Where failures are silent, one that
   * seems open may be long over, and only a start close by tells.
   */
  #isBeside(entry: InboxEntry): boolean {
    const agent = agentOf(entry);
    if (this.#hasTurns.has(agent)) return true;
    const isSilent = hookClient(entry.client)?.isSilentOnFailure === true;
    return this.#open.some(
      (other) =>
        other.agent === agent && (!isSilent || entry.time - other.startedAt <= SIDE_BY_SIDE_MS),
    );
  }

  /**
   * An equal call that is open, of a client that tells of no failure: the model has its answer,
   * because it asks the same again.
   */
  #askedAgain(entry: InboxEntry, call: ToolObservation): readonly ClosedCall[] {
    if (!hookClient(entry.client)?.isSilentOnFailure) return [];
    const isBefore = (other: OpenCall) =>
      other.agent === agentOf(entry) &&
      isEqual(other.call, call) &&
      entry.time - other.startedAt > SIDE_BY_SIDE_MS;
    return this.#close(isBefore, entry.time, silentEnd);
  }

  #ask(entry: InboxEntry, { call }: LeftCall): void {
    const asked = this.#find(entry, call, "any");
    if (asked) asked.isAsked = true;
  }

  #end(entry: InboxEntry, { call, status = "unknown" }: LeftCall): readonly ClosedCall[] {
    if (this.#hasEnded(call)) return [];
    const open = this.#find(entry, call, "any");
    return [this.#closed(open ?? this.#unseen(entry, call), call, status, entry.time)];
  }

  #answers(
    entry: InboxEntry,
    { left, isWholeTurn }: Extract<LeftSaying, { readonly kind: "answers" }>,
  ): readonly ClosedCall[] {
    const agent = agentOf(entry);
    if (isWholeTurn) this.#hasTurns.add(agent);
    const closed: ClosedCall[] = [];
    for (const { call, status } of left) {
      if (this.#hasEnded(call)) continue;
      const open = this.#find(entry, call, "any");
      // A call that began and neither worked nor failed was refused; one that never began and has
      // an answer is one that the client tells of nowhere else.
      const concluded = status ?? (open ? "denied" : "answered");
      closed.push(this.#closed(open ?? this.#unseen(entry, call), call, concluded, entry.time));
    }
    if (isWholeTurn) this.#turn(agent);
    return closed;
  }

  #nextTurn(entry: InboxEntry): readonly ClosedCall[] {
    const agent = agentOf(entry);
    this.#hasTurns.add(agent);
    this.#turn(agent);
    const delegates = hookClient(entry.client)?.delegates;
    // While another agent works in this session, the turn may be that one's, and proves nothing.
    if (this.#open.some(({ call }) => delegates?.has(call.tool))) return [];
    return this.#close((open) => open.agent === agent, entry.time, givenUp);
  }

  #stop(entry: InboxEntry, status: Status | undefined): readonly ClosedCall[] {
    const isSilent = hookClient(entry.client)?.isSilentOnFailure === true;
    const conclude = (open: OpenCall) => status ?? (isSilent ? silentEnd(open) : givenUp(open));
    const agent = agentOf(entry);
    return this.#close((open) => open.agent === agent, entry.time, conclude);
  }

  #close(
    isOver: (open: OpenCall) => boolean,
    time: number,
    statusOf: (open: OpenCall) => Status,
  ): readonly ClosedCall[] {
    const over = this.#open.filter(isOver);
    return over.map((open) => this.#closed(open, open.call, statusOf(open), time));
  }

  #closed(open: OpenCall, end: ToolObservation, status: Status, time: number): ClosedCall {
    this.#open = this.#open.filter((other) => other !== open);
    this.#remember(end, time);
    const durationMs = end.durationMs ?? Math.max(0, time - open.startedAt);
    const isBound = end.durationMs === undefined && end === open.call;
    return {
      time,
      call: {
        ...open.call,
        ...end,
        status,
        durationMs,
        ...(isBound && { durationIsBound: "upper" as const }),
        parent: open.parent,
      },
    };
  }

  /** A call whose start no event told: how long it took is not known. */
  #unseen(entry: InboxEntry, call: ToolObservation): OpenCall {
    const agent = agentOf(entry);
    if (entry.turn === undefined && !this.#hasTurns.has(agent)) this.#turn(agent);
    const parent = this.#parentOf(entry);
    return { call, startedAt: entry.time, agent, parent, isAsked: false };
  }

  #find(entry: InboxEntry, call: ToolObservation, by: "id" | "any"): OpenCall | undefined {
    const { toolCallDigest: id } = call;
    const known = this.#open.find((open) => id !== undefined && open.call.toolCallDigest === id);
    if (known || by === "id") return known;
    const agent = agentOf(entry);
    return this.#open.find(
      (open) =>
        open.agent === agent &&
        // Two ids that differ are two calls.
        (id === undefined || open.call.toolCallDigest === undefined) &&
        isEqual(open.call, call),
    );
  }

  /**
   * Whether a start tells of a call that is known. Some servers give one id to several calls; hooks
   * that run side by side may tell of an end before its start, but not long before.
   */
  #isToldAgain(entry: InboxEntry, call: ToolObservation): boolean {
    if (this.#find(entry, call, "id") !== undefined) return true;
    const endedAt = this.#ended.get(call.toolCallDigest ?? "");
    if (endedAt === undefined) return false;
    if (entry.time - endedAt <= SIDE_BY_SIDE_MS) return true;
    this.#ended.delete(call.toolCallDigest ?? "");
    return false;
  }

  #hasEnded({ toolCallDigest: id }: ToolObservation): boolean {
    return id !== undefined && this.#ended.has(id);
  }

  #remember({ toolCallDigest: id }: ToolObservation, time: number): void {
    if (id === undefined) return;
    this.#ended.set(id, time);
    if (this.#ended.size <= MAX_ENDED) return;
    const [oldest] = this.#ended.keys();
    if (oldest !== undefined) this.#ended.delete(oldest);
  }

  #turn(agent: string): void {
    this.#turns.set(agent, (this.#turns.get(agent) ?? 0) + 1);
  }

  #parentOf(entry: InboxEntry): string {
    const agent = agentOf(entry);
    return entry.turn ?? `${this.#since}|${agent}|${this.#turns.get(agent) ?? 0}`;
  }
}

function agentOf({ agent }: InboxEntry): string {
  return agent ?? "";
}

function isEqual(a: ToolObservation, b: ToolObservation): boolean {
  return a.tool === b.tool && a.argumentsShape?.hash === b.argumentsShape?.hash;
}

/** Somebody was asked, and nothing came of it. */
function givenUp({ isAsked }: OpenCall): Status {
  return isAsked ? "denied" : "unresolved";
}

/** Over, and the client tells of every call that worked. Who was asked may have refused. */
function silentEnd({ isAsked }: OpenCall): Status {
  return isAsked ? "unresolved" : "error";
}
