/**
 * What one client and one server say to each other, turned into calls: requests and answers are
 * paired by id and direction, and whatever else passes only changes what is known about them.
 */
import { Asides } from "./calls/asides.ts";
import { InputRequired } from "./calls/input-required.ts";
import { keyOfId, type OpenCall, OpenCalls } from "./calls/open-calls.ts";
import { recordedCallOf, resultContent } from "./calls/recorded-call.ts";
import { type Outcome, outcomeOf } from "./calls/reply-status.ts";
import { type TaskState, taskIdOf, taskStateOf } from "./calls/task-state.ts";
import { clientInfoOf } from "./client-info.ts";
import type { Journal } from "./journal.ts";
import { textOf } from "./messages/fields.ts";
import type { Message, Notification, Reply, Request, RequestId } from "./messages/message.ts";
import { listedTools, ToolCatalog } from "./tools/tool-catalog.ts";

/** A call open for this long is worth a record of its own. */
const PENDING_AFTER_MS = 60_000;
/** A call open for this long is not waited for any more. */
const GIVE_UP_AFTER_MS = 60 * 60_000;
const MAX_OPEN_CALLS = 10_000;

export class Conversation {
  readonly #journal: Journal;
  readonly #server: string | undefined;
  readonly #fromClient = new OpenCalls(MAX_OPEN_CALLS);
  readonly #fromServer = new OpenCalls(MAX_OPEN_CALLS);
  readonly #tasks = new OpenCalls(MAX_OPEN_CALLS);
  readonly #asides = new Asides();
  readonly #inputs = new InputRequired();
  readonly #catalog: ToolCatalog;
  #isIdentified = false;
  #nextCallId = 0;
  #hasCalls = false;
  #hasProbe = false;

  /** @param server what tells this server from others of the session */
  constructor(journal: Journal, server?: string, catalog = new ToolCatalog()) {
    this.#journal = journal;
    this.#server = server;
    this.#catalog = catalog;
  }

  /** Calls that are still remembered. */
  get openCalls(): number {
    const { size } = this.#inputs;
    return this.#fromClient.size + this.#fromServer.size + this.#tasks.size + size;
  }

  accept(message: Message, toServer: boolean, time: number): void {
    if (message.kind === "request") this.#request(message, toServer, time);
    else if (message.kind === "notification") this.#notification(message, toServer, time);
    else this.#reply(message, toServer, time);
  }

  /** Looks at what has been open for long. */
  tick(time: number): void {
    for (const calls of [this.#fromClient, this.#fromServer, this.#tasks]) {
      for (const open of calls.startedBefore(time - PENDING_AFTER_MS)) {
        if (open.callId === undefined) this.#pending(open, time);
      }
    }
    const giveUp = time - GIVE_UP_AFTER_MS;
    for (const calls of [this.#fromClient, this.#fromServer, this.#tasks, this.#inputs]) {
      for (const open of calls.takeStartedBefore(giveUp)) this.#unresolved(open, time);
    }
  }

  /**
   * The run is closed because all may end any moment: what is open counts as not answered. Should an
   * answer come all the same, its record has the id of the one made now.
   */
  interrupt(time: number): void {
    for (const calls of [this.#fromClient, this.#fromServer, this.#tasks, this.#inputs]) {
      for (const open of calls.startedBefore(time)) {
        if (open.isGivenUp) continue;
        open.callId ??= `open-${this.#nextCallId++}`;
        this.#unresolved(open, time);
        open.isGivenUp = true;
      }
    }
    this.#probed(time);
  }

  /** What is open now was never answered. */
  end(time: number): void {
    for (const calls of [this.#fromClient, this.#fromServer, this.#tasks, this.#inputs]) {
      for (const open of calls.takeStartedBefore(time)) this.#unresolved(open, time);
    }
    this.#probed(time);
  }

  /** A request of the client ended outside of the protocol, for example with its connection. */
  fail(id: RequestId, outcome: Outcome, time: number): void {
    this.#stop(id, true, outcome, time);
  }

  #request(request: Request, toServer: boolean, time: number): void {
    if (toServer) this.#identify(request);
    if (request.method === "server/discover") this.#hasProbe = true;
    const call = recordedCallOf(request, toServer);
    if (!call) {
      const taskId = textOf(request.params.taskId);
      this.#asides.add(toServer, keyOfId(request.id), {
        method: request.method,
        ...(taskId === undefined ? {} : { taskId }),
      });
      return;
    }
    this.#hasCalls = true;
    const resumed = this.#inputs.resume(request, call.tool);
    if (resumed) resumed.legStartedAt = time;
    const open = resumed ?? { call, startedAt: time, legStartedAt: time, workedMs: 0 };
    const displaced = this.#from(toServer).add(keyOfId(request.id), open);
    if (displaced) this.#unresolved(displaced, time);
  }

  #notification(notification: Notification, toServer: boolean, time: number): void {
    const { method, params } = notification;
    if (method === "notifications/cancelled") {
      const { requestId } = params;
      if (typeof requestId === "string" || typeof requestId === "number") {
        this.#stop(requestId, toServer, { status: "cancelled" }, time);
      }
    } else if (method === "notifications/tasks" || method === "notifications/tasks/status") {
      const taskId = textOf(params.taskId);
      if (taskId !== undefined) this.#taskMoved(taskId, taskStateOf(params), time);
    }
  }

  #reply(reply: Reply, toServer: boolean, time: number): void {
    const key = keyOfId(reply.id);
    const open = this.#from(!toServer).take(key);
    if (open) {
      this.#answered(open, reply, time);
      return;
    }
    const aside = this.#asides.take(!toServer, key);
    if (!aside) this.#journal.dropped(1, "unpaired");
    else if (aside.method === "tools/list") this.#listed(reply, time);
    else if (aside.taskId !== undefined) this.#taskReply(aside.method, aside.taskId, reply, time);
  }

  #answered(open: OpenCall, reply: Reply, time: number): void {
    open.workedMs += Math.max(0, time - open.legStartedAt);
    if (this.#inputs.keep(open, reply)) return;
    const taskId = taskIdOf(reply.result);
    if (taskId !== undefined) {
      const displaced = this.#tasks.add(taskId, open);
      if (displaced) this.#unresolved(displaced, time);
      return;
    }
    this.#record(open, outcomeOf(reply), reply, time);
  }

  #stop(id: RequestId, toServer: boolean, outcome: Outcome, time: number): void {
    const open = this.#from(toServer).take(keyOfId(id));
    if (!open) return;
    // A server may answer all the same; that answer belongs to nothing any more.
    this.#asides.add(toServer, keyOfId(id), { method: "stopped" });
    open.workedMs += Math.max(0, time - open.legStartedAt);
    this.#record(open, outcome, {}, time);
  }

  #taskReply(method: string, taskId: string, reply: Reply, time: number): void {
    if (method === "tasks/result") {
      const open = this.#tasks.take(taskId);
      if (open) this.#endTask(open, outcomeOf(reply), reply, time);
    } else if (method === "tasks/get" && reply.result) {
      this.#taskMoved(taskId, taskStateOf(reply.result), time);
    }
  }

  #taskMoved(taskId: string, state: TaskState | undefined, time: number): void {
    const open = state && this.#tasks.take(taskId);
    if (open) this.#endTask(open, state.outcome, state, time);
  }

  #endTask(open: OpenCall, outcome: Outcome, reply: Partial<Reply>, time: number): void {
    open.workedMs = Math.max(0, time - open.startedAt);
    this.#record(open, outcome, reply, time);
  }

  #listed(reply: Reply, time: number): void {
    for (const changed of this.#catalog.update(listedTools(reply))) {
      this.#journal.observe(
        {
          kind: "environment",
          change: "tool_definition",
          subject: changed.name,
          value: changed.definition,
        },
        time,
      );
    }
  }

  #identify(request: Request): void {
    if (this.#isIdentified) return;
    const identity = clientInfoOf(request);
    if (!identity) return;
    this.#isIdentified = true;
    this.#journal.identify(identity);
  }

  #pending(open: OpenCall, time: number): void {
    open.callId = `open-${this.#nextCallId++}`;
    open.workedMs += Math.max(0, time - open.legStartedAt);
    this.#record(open, { status: "pending" }, {}, time, "lower");
    open.workedMs -= Math.max(0, time - open.legStartedAt);
  }

  #probed(time: number): void {
    if (!this.#hasProbe || this.#hasCalls) return;
    this.#journal.observe({ kind: "environment", change: "probe" }, time);
    this.#hasProbe = false;
  }

  #unresolved(open: OpenCall, time: number): void {
    if (open.isGivenUp) return;
    open.workedMs += Math.max(0, time - open.legStartedAt);
    this.#record(open, { status: "unresolved" }, {}, time, "lower");
  }

  #record(
    open: OpenCall,
    outcome: Outcome,
    reply: Partial<Reply>,
    time: number,
    durationIsBound?: "lower",
  ): void {
    const { call } = open;
    this.#journal.observe(
      {
        kind: "tool",
        tool: call.tool,
        op: call.op,
        annotations:
          call.method === "tools/call" ? this.#catalog.annotationsOf(call.tool) : undefined,
        arguments: call.arguments,
        cutArguments: call.cutArguments,
        ...outcome,
        result: reply.cut || !reply.result ? undefined : resultContent(reply.result),
        cutResult: reply.cut,
        durationMs: open.workedMs,
        durationIsBound,
        toolCallId: open.callId,
        server: this.#server,
      },
      time,
    );
  }

  #from(client: boolean): OpenCalls {
    return client ? this.#fromClient : this.#fromServer;
  }
}
