import type { Status, ToolObservation } from "@caum/core";
import type { HistoryEvent } from "../history.ts";

/** A call that the model asked for. */
export interface AskedCall {
  readonly id: string;
  readonly tool: string;
  readonly arguments?: unknown;
  readonly parent?: string | undefined;
  readonly agent?: string | undefined;
  readonly atMs?: number | undefined;
}

export interface CallEnd {
  readonly status: Status;
  readonly result?: unknown;
  readonly atMs?: number | undefined;
  /** Where the client says it; else from asking to answer is an upper bound. */
  readonly durationMs?: number | undefined;
}

/** Calls of one file that were asked for and not answered yet. */
export class OpenCalls {
  readonly #open = new Map<string, AskedCall>();

  ask(call: AskedCall): void {
    this.#open.set(call.id, call);
  }

  has(id: string): boolean {
    return this.#open.has(id);
  }

  /** @returns undefined when nobody asked for it */
  end(id: string, end: CallEnd): HistoryEvent | undefined {
    const call = this.#open.get(id);
    if (call === undefined) return undefined;
    this.#open.delete(id);
    return callEvent(call, end);
  }

  /** What was never answered, at the time it was asked for. */
  rest(status: Status = "unresolved"): readonly HistoryEvent[] {
    const left = [...this.#open.values()];
    this.#open.clear();
    return left.map((call) => callEvent(call, { status, atMs: call.atMs }));
  }
}

/** The event of a call that is over. */
export function callEvent(call: AskedCall, end: CallEnd): HistoryEvent {
  const atMs = end.atMs ?? call.atMs;
  const observation: ToolObservation = {
    tool: call.tool,
    toolCallId: call.id,
    status: end.status,
    ...(call.arguments !== undefined && { arguments: call.arguments }),
    ...(end.result !== undefined && { result: end.result }),
    ...(call.parent !== undefined && { parent: call.parent }),
    ...(call.agent !== undefined && { agent: call.agent }),
    ...durationOf(call, end),
  };
  return { id: `call ${call.id} ${call.tool} ${atMs ?? ""}`, atMs, observation };
}

function durationOf(call: AskedCall, end: CallEnd): Partial<ToolObservation> {
  if (end.durationMs !== undefined) return { durationMs: end.durationMs };
  if (end.status === "unresolved" || call.atMs === undefined || end.atMs === undefined) return {};
  return { durationMs: Math.max(0, end.atMs - call.atMs), durationIsBound: "upper" };
}
