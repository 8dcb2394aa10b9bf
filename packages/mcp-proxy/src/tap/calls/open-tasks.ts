/** Calls that were answered by a task, whose end comes later. */
import { textOf } from "../messages/fields.ts";
import type { Notification, Reply } from "../messages/message.ts";
import type { CallRecords } from "./call-records.ts";
import type { OpenCall } from "./open-call.ts";
import type { Aside } from "./open-requests.ts";
import { type Outcome, outcomeOf } from "./reply-status.ts";
import { isGone, taskIdOf, taskStateOf } from "./task-state.ts";

const MAX_TASKS = 10_000;

export class OpenTasks {
  readonly #records: CallRecords;
  readonly #tasks = new Map<string, OpenCall>();

  constructor(records: CallRecords) {
    this.#records = records;
  }

  get size(): number {
    return this.#tasks.size;
  }

  /** Keeps the call when the reply is a task. */
  keep(open: OpenCall, reply: Reply, time: number): boolean {
    const taskId = taskIdOf(reply.result);
    if (taskId === undefined) return false;
    const [oldest] = this.#tasks.size >= MAX_TASKS ? this.#tasks.keys() : [];
    for (const id of [taskId, oldest]) {
      const displaced = id === undefined ? undefined : this.#take(id);
      if (displaced) this.#records.unresolved(displaced, time);
    }
    // Unlike a question, a task is worked on all the time.
    open.workedMs = 0;
    open.legStartedAt = open.startedAt;
    this.#tasks.set(taskId, open);
    return true;
  }

  notified({ params }: Notification, time: number): void {
    const taskId = textOf(params.taskId);
    if (taskId !== undefined) this.#moved(taskId, params, time);
  }

  /** The answer to a request about a task. */
  answered({ method, taskId = "" }: Aside, reply: Reply, time: number): void {
    const open = this.#tasks.get(taskId);
    if (!open) return;
    if (method === "tasks/result") this.#end(taskId, outcomeOf(reply), reply, time);
    else if (reply.result) {
      this.#moved(taskId, reply.result, time, reply);
      if (method === "tasks/cancel") known(open, open.lastKnown ?? UNCONFIRMED, time);
    } else if (method === "tasks/get" && isGone(reply)) {
      this.#end(taskId, open.lastKnown ?? outcomeOf(reply), {}, time);
    }
  }

  *startedBefore(time: number): Generator<OpenCall> {
    for (const open of this.#tasks.values()) if (open.legStartedAt <= time) yield open;
  }

  /** Takes out the calls whose end was heard of at `time` or before, without their result. */
  takeKnownBefore(time: number): readonly OpenCall[] {
    return this.#takeAll(({ knownAt }) => knownAt !== undefined && knownAt <= time);
  }

  takeStartedBefore(time: number): readonly OpenCall[] {
    return this.#takeAll((open) => open.legStartedAt <= time);
  }

  #takeAll(isTaken: (open: OpenCall) => boolean): readonly OpenCall[] {
    const taken = [...this.#tasks].filter(([, open]) => isTaken(open));
    for (const [id] of taken) this.#tasks.delete(id);
    return taken.map(([, open]) => open);
  }

  #moved(taskId: string, fields: Notification["params"], time: number, reply?: Reply): void {
    const state = taskStateOf(fields, reply?.isCut);
    const open = this.#tasks.get(taskId);
    if (!state || !open) return;
    if (state.isFetchedLater) known(open, state.outcome, time);
    else
      this.#end(taskId, state.outcome, { ...state, ...(reply?.cut && { cut: reply.cut }) }, time);
  }

  #end(taskId: string, outcome: Outcome, reply: Partial<Reply>, time: number): void {
    const open = this.#take(taskId);
    if (!open) return;
    open.workedMs = Math.max(0, time - open.startedAt);
    this.#records.ended(open, outcome, reply, time);
  }

  #take(taskId: string): OpenCall | undefined {
    const open = this.#tasks.get(taskId);
    this.#tasks.delete(taskId);
    return open;
  }
}

function known(open: OpenCall, outcome: Outcome, time: number): void {
  // More than its record says, when there is one that gives it up.
  if (!open.lastKnown) open.isGivenUp = false;
  open.lastKnown = outcome;
  open.knownAt ??= time;
}

/** A server may let go of a task without saying that it did. */
const UNCONFIRMED = { status: "cancelled", errorClass: "guess:unconfirmed" } as const;
