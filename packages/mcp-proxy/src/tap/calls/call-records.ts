/** Writes down how calls end, and what is known of them before. */
import type { Journal } from "../journal/journal.ts";
import type { Reply } from "../messages/message.ts";
import type { ToolCatalog } from "../tools/tool-catalog.ts";
import type { OpenCall } from "./open-call.ts";
import type { Place } from "./open-requests.ts";
import { type RecordedCall, resultContent } from "./recorded-call.ts";
import type { Outcome } from "./reply-status.ts";
import { parentOf, type Turns } from "./turns.ts";

export interface CallRecordsOptions {
  readonly journal: Journal;
  /** What tells this server from others of the session. */
  readonly server: string | undefined;
  readonly catalog: ToolCatalog;
  readonly turns: () => Turns;
}

export class CallRecords {
  readonly #options: CallRecordsOptions;

  constructor(options: CallRecordsOptions) {
    this.#options = options;
  }

  /** A call that is asked for; only the client's calls are a model's. */
  begun(call: RecordedCall, isOfClient: boolean, time: number, place: Place): OpenCall {
    const turns = this.#options.turns();
    return {
      call,
      id: turns.nextCallId(),
      turn: isOfClient ? turns.begin(call, time) : undefined,
      traceparent: call.told?.traceparent ?? place.traceparent,
      startedAt: time,
      legStartedAt: time,
      workedMs: 0,
    };
  }

  ended(open: OpenCall, outcome: Outcome, reply: Partial<Reply>, time: number): void {
    if (open.turn) this.#options.turns().end(open.turn, open.call, time);
    this.#record(open, outcome, reply, time);
  }

  pending(open: OpenCall, time: number): void {
    this.#soFar(open, { status: "pending" }, time);
  }

  /** All may end any moment; an answer may come all the same. */
  interrupted(open: OpenCall, time: number): void {
    if (open.isGivenUp) return;
    this.#soFar(open, open.lastKnown ?? { status: "unresolved" }, time);
    open.isGivenUp = true;
  }

  /** Nothing more is heard of it. */
  unresolved(open: OpenCall, time: number): void {
    if (open.turn) this.#options.turns().end(open.turn, open.call, time);
    if (open.isGivenUp) return;
    open.workedMs += Math.max(0, time - open.legStartedAt);
    if (open.lastKnown) this.#record(open, open.lastKnown, {}, time, "upper");
    else this.#record(open, { status: "unresolved" }, {}, time, "lower");
  }

  #soFar(open: OpenCall, outcome: Outcome, time: number): void {
    open.isRecorded = true;
    const { workedMs } = open;
    open.workedMs += Math.max(0, time - open.legStartedAt);
    this.#record(open, outcome, {}, time, "lower");
    open.workedMs = workedMs;
  }

  #record(
    open: OpenCall,
    outcome: Outcome,
    reply: Partial<Reply>,
    time: number,
    durationIsBound?: "lower" | "upper",
  ): void {
    const { journal, server, catalog } = this.#options;
    const { call } = open;
    journal.observe(
      {
        kind: "tool",
        tool: call.tool,
        op: call.op,
        annotations: call.method === "tools/call" ? catalog.annotationsOf(call.tool) : undefined,
        arguments: call.arguments,
        cutArguments: call.cutArguments,
        ...outcome,
        result: reply.cut || !reply.result ? undefined : resultContent(reply.result),
        cutResult: reply.cut,
        durationMs: open.workedMs,
        durationIsBound,
        toolCallId: call.told?.callId ?? (open.isRecorded ? open.id : undefined),
        agent: call.told?.agent,
        traceparent: open.traceparent,
        clientSession: call.told?.session,
        parent: parentOf(open.turn),
        server,
      },
      time,
    );
  }
}
