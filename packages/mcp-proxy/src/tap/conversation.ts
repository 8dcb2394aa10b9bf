/**
 * What one client and one server say to each other, turned into calls: requests and answers are
 * paired by place, id and direction, and whatever else passes only changes what is known about them.
 */
import { AskedAgain } from "./calls/asked-again.ts";
import { CallRecords } from "./calls/call-records.ts";
import type { OpenCall } from "./calls/open-call.ts";
import { callOf, keyOf, type OpenRequest, OpenRequests, Place } from "./calls/open-requests.ts";
import { OpenTasks } from "./calls/open-tasks.ts";
import { recordedCallOf } from "./calls/recorded-call.ts";
import { type Outcome, outcomeOf } from "./calls/reply-status.ts";
import { Turns } from "./calls/turns.ts";
import type { Journal } from "./journal/journal.ts";
import { clientInfoOf } from "./messages/client-info.ts";
import { textOf } from "./messages/fields.ts";
import {
  type Message,
  type Notification,
  type Reply,
  type Request,
  saysTimeout,
} from "./messages/message.ts";
import { listedTools, ToolCatalog } from "./tools/tool-catalog.ts";

/** A call open for this long is worth a record of its own. */
const PENDING_AFTER_MS = 60_000;
/** A call open for this long is not waited for any more. */
const GIVE_UP_AFTER_MS = 60 * 60_000;
/** Whenever it began, also where the clock was set back since. */
const EVER = Number.POSITIVE_INFINITY;

export interface ConversationOptions {
  /** What tells this server from others of the session. */
  readonly server?: string;
  readonly catalog?: ToolCatalog;
  /** Shared by conversations that are written into one session; asked for with the first call. */
  readonly turns?: () => Turns;
}

export class Conversation {
  readonly #journal: Journal;
  readonly #fromClient = new OpenRequests();
  readonly #fromServer = new OpenRequests();
  /** Where a client asks that has one connection only, and where a server asks. */
  readonly #place = new Place();
  readonly #serverPlace = new Place();
  readonly #askedAgain = new AskedAgain();
  readonly #catalog: ToolCatalog;
  readonly #records: CallRecords;
  readonly #tasks: OpenTasks;
  #isIdentified = false;
  #calls = 0;
  #hasProbe = false;

  constructor(journal: Journal, options: ConversationOptions = {}) {
    const { server, catalog = new ToolCatalog() } = options;
    const own = new Turns();
    const turns = options.turns ?? (() => own);
    this.#journal = journal;
    this.#catalog = catalog;
    this.#records = new CallRecords({ journal, server, catalog, turns });
    this.#tasks = new OpenTasks(this.#records);
  }

  /** Calls that are still remembered. */
  get openCalls(): number {
    const { size } = this.#askedAgain;
    return this.#fromClient.size + this.#fromServer.size + this.#tasks.size + size;
  }

  /** Requests for calls so far. */
  get calls(): number {
    return this.#calls;
  }

  /** @param exchange the place in which it is said, when it has one of its own */
  accept(message: Message, toServer: boolean, time: number, exchange = this.#place): void {
    if (message.kind === "request") {
      this.#request(message, toServer, time, toServer ? exchange : this.#serverPlace);
    } else if (message.kind === "notification") {
      this.#notification(message, toServer, time);
    } else {
      this.#reply(message, toServer, time, toServer ? this.#serverPlace : exchange);
    }
  }

  /** Looks at what has been open for long. */
  tick(time: number): void {
    for (const { open, outcome } of this.#askedAgain.takeEnded(time)) {
      this.#records.ended(open, outcome, {}, time);
    }
    for (const open of this.#tasks.takeKnownBefore(time - PENDING_AFTER_MS)) {
      this.#records.unresolved(open, time);
    }
    for (const calls of [this.#fromClient, this.#fromServer, this.#tasks]) {
      for (const open of calls.startedBefore(time - PENDING_AFTER_MS)) {
        if (!open.isRecorded) this.#records.pending(open, time);
      }
    }
    this.#giveUp(time - GIVE_UP_AFTER_MS, time);
  }

  /**
   * The run is closed because all may end any moment: what is open counts as not answered. Should an
   * answer come all the same, its record has the id of the one made now.
   */
  interrupt(time: number): void {
    for (const calls of [this.#fromClient, this.#fromServer, this.#tasks, this.#askedAgain]) {
      for (const open of calls.startedBefore(EVER)) this.#records.interrupted(open, time);
    }
    this.#probed(time);
  }

  /** What is open now was never answered. */
  end(time: number): void {
    for (const { open, outcome } of this.#askedAgain.takeEnded(EVER)) {
      this.#records.ended(open, outcome, {}, time);
    }
    this.#giveUp(EVER, time);
    this.#probed(time);
  }

  /** What the client asked in a place is not answered any more. */
  fail(place: Place, outcome: Outcome, time: number): void {
    for (const request of this.#fromClient.takeAll(place)) this.#stop(request, outcome, time);
  }

  /** What the client asked in a place, it is to ask at another address. */
  redirect(place: Place, otherwise: Outcome, time: number): void {
    for (const request of this.#fromClient.takeAll(place)) {
      const open = callOf(request);
      if (!open) continue;
      this.#endLeg(open, time);
      if (!this.#askedAgain.keepRedirected(open, request.key, otherwise, time)) {
        this.#records.ended(open, otherwise, {}, time);
      }
    }
  }

  #request(request: Request, toServer: boolean, time: number, place: Place): void {
    if (toServer) this.#identify(request);
    if (request.method === "server/discover") this.#hasProbe = true;
    const requests = this.#from(toServer);
    const call = recordedCallOf(request, toServer);
    if (!call) {
      const { method } = request;
      const taskId = textOf(request.params.taskId);
      if (method === "tools/list") this.#askedAgain.listed(time);
      requests.add(keyOf(request.id), place, { aside: { method, ...(taskId && { taskId }) } });
      return;
    }
    this.#calls++;
    const resumed = this.#askedAgain.resume(request, call, time);
    if (resumed) resumed.legStartedAt = time;
    const open = resumed ?? this.#records.begun(call, toServer, time, place);
    const displaced = requests.add(keyOf(request.id), place, { call: open });
    if (displaced) this.#records.unresolved(displaced, time);
  }

  #notification(notification: Notification, toServer: boolean, time: number): void {
    const { method, params, requestId } = notification;
    if (method === "notifications/cancelled" && requestId !== undefined) {
      const request = this.#from(toServer).takeCall(requestId);
      const status = saysTimeout(params.reason) ? "timeout" : "cancelled";
      if (request) this.#stop(request, { status }, time, toServer);
    } else if (method === "notifications/tasks" || method === "notifications/tasks/status") {
      this.#tasks.notified(notification, time);
    }
  }

  #reply(reply: Reply, toServer: boolean, time: number, place: Place): void {
    const request =
      reply.id === undefined ? this.#onlyOne(place) : this.#from(!toServer).take(reply.id, place);
    if (!request) {
      // What was asked in an exchange and answered there may come once more.
      if (!(place.isExchange && place.hasAsked)) this.#journal.dropped(1, "unpaired");
      return;
    }
    if ("call" in request.what) this.#answered(request.what.call, reply, time);
    else if (request.what.aside.method === "tools/list") this.#listed(reply, time);
    else if (request.what.aside.taskId) this.#tasks.answered(request.what.aside, reply, time);
  }

  #answered(open: OpenCall, reply: Reply, time: number): void {
    this.#endLeg(open, time);
    const outcome: Outcome = {
      ...outcomeOf(reply),
      ...(reply.id === undefined && { errorClass: "guess:no_id" }),
    };
    if (this.#askedAgain.keep(open, reply, outcome, time)) return;
    if (this.#tasks.keep(open, reply, time)) return;
    this.#records.ended(open, outcome, reply, time);
  }

  #stop(request: OpenRequest, outcome: Outcome, time: number, isOfClient = true): void {
    const open = callOf(request);
    if (!open) return;
    // A server may answer all the same; that answer belongs to nothing any more.
    const aside = { method: "stopped" };
    this.#from(isOfClient).add(request.key, request.place, { aside });
    this.#endLeg(open, time);
    this.#records.ended(open, outcome, {}, time);
  }

  #endLeg(open: OpenCall, time: number): void {
    open.workedMs += Math.max(0, time - open.legStartedAt);
  }

  #giveUp(startedBefore: number, time: number): void {
    for (const calls of [this.#fromClient, this.#fromServer, this.#tasks, this.#askedAgain]) {
      for (const open of calls.takeStartedBefore(startedBefore)) {
        // Nobody worked on a question that waits for its answer.
        if (calls === this.#askedAgain) open.legStartedAt = time;
        this.#records.unresolved(open, time);
      }
    }
  }

  /** What an answer without an id means, when only one thing was asked. */
  #onlyOne(place: Place): OpenRequest | undefined {
    const [only, ...others] = place.open;
    if (!only || others.length > 0 || !("call" in only.what)) return undefined;
    return this.#fromClient.takeAll(place)[0];
  }

  #probed(time: number): void {
    if (!this.#hasProbe || this.#calls > 0) return;
    this.#journal.observe({ kind: "environment", change: "probe" }, time);
    this.#hasProbe = false;
  }

  #listed(reply: Reply, time: number): void {
    for (const { name, definition } of this.#catalog.update(listedTools(reply))) {
      this.#journal.observe(
        { kind: "environment", change: "tool_definition", subject: name, value: definition },
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

  #from(client: boolean): OpenRequests {
    return client ? this.#fromClient : this.#fromServer;
  }
}
