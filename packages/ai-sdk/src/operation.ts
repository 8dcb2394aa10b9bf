import type { CallFacts, CallKey } from "@caum/core/adapter";
import type { HostEvent, HostToolCall } from "./host-events.ts";

/** One call of generateText, streamText or another function of the host. */
export interface Operation {
  readonly callId: string;
  readonly session: string;
  /** The agent of a tool that started it, or the name that the user gave the function. */
  readonly agent: string | undefined;
  /** Absent before the first step, where approved calls of an earlier operation run. */
  step?: number;
  /** Our callbacks are called: what the diagnostics channel says is known already. */
  isServed?: boolean;
  /** Executions that began, by step and id: one answer may hold an id twice. */
  readonly begun: Map<string, number>;
}

/** How the merger knows the answer that an operation is at. */
export function responseOf({ callId, step }: Operation): string {
  return `${callId}/${step ?? "resumed"}`;
}

export function turnOf({ session, callId, step = 0 }: Operation) {
  return { session, id: `${callId}/${step}` };
}

export function keyOf({ session, callId }: Operation, { toolCallId = "" }: HostToolCall): CallKey {
  return { session, toolCallId, within: [callId] };
}

export function factsOf(operation: Operation, call: HostToolCall, event: HostEvent): CallFacts {
  const { callId, agent } = operation;
  const server = call.toolMetadata?.clientName;
  return {
    tool: call.toolName ?? "unknown",
    arguments: event.recordInputs === false ? undefined : call.input,
    response: responseOf(operation),
    owner: callId,
    agent,
    ...(typeof server === "string" && { server }),
  };
}
