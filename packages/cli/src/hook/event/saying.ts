/** What one event of a client says about the agent's work, in the same words for every client. */
import type { Status } from "@caum/core";
import { type HookEvent, isFields, textIn, valueIn } from "./hook-event.ts";

/** A call as an event names it. */
export interface SaidCall {
  readonly tool: string;
  /** Absent where the client gives its calls no ids. */
  readonly id?: string | undefined;
  readonly input?: unknown;
  readonly durationMs?: number | undefined;
}

/** A call that is over. */
export interface SaidEnd extends SaidCall {
  readonly status: Status;
  readonly result?: unknown;
}

/** A call of a model turn whose answers all went to the model; the status where the client says it. */
export interface SaidAnswer extends SaidCall {
  readonly status?: Status | undefined;
  readonly result?: unknown;
}

export type Saying =
  | { readonly kind: "start"; readonly call: SaidCall }
  /** Somebody was asked whether the call may be made. */
  | { readonly kind: "asked"; readonly call: SaidCall }
  | { readonly kind: "end"; readonly call: SaidEnd }
  /** Answers that go to the model; all of its turn where the client says so. */
  | {
      readonly kind: "answers";
      readonly calls: readonly SaidAnswer[];
      readonly isWholeTurn: boolean;
    }
  /** The model is asked again: what the turn before wanted is over. */
  | { readonly kind: "next_turn" }
  | { readonly kind: "message"; readonly content: unknown }
  /** The agent has stopped; `status` is what became of calls that are still open. */
  | { readonly kind: "stop"; readonly status?: Status | undefined }
  | { readonly kind: "session_end" }
  /** Known, and nothing of it is about the agent's work. */
  | { readonly kind: "nothing" };

export type Reader = (event: HookEvent) => Saying;

/** One client: which of its events means what. An event that is not here is not understood. */
export interface HookClient {
  readonly events: Readonly<Record<string, Reader>>;
  /** A call that fails has a start and no end. */
  readonly isSilentOnFailure?: boolean;
  /** Tools that run other agents in the same session, which no event tells apart. */
  readonly delegates?: ReadonlySet<string>;
  /** The agent within the session, where it is not the main one. */
  readonly agentOf?: (event: HookEvent) => string | undefined;
  /** The id of the model turn, where the client tells it. */
  readonly turnOf?: (event: HookEvent) => string | undefined;
}

/** The call of an event that names tool and input the way most clients do. */
export function callOf({ fields }: HookEvent): SaidCall {
  const durationMs = valueIn(fields, "duration_ms", "durationMs", "duration");
  return {
    tool: textIn(fields, "tool_name", "toolName") ?? "unknown",
    id: textIn(fields, "tool_call_id", "tool_use_id", "toolUseId", "toolCallId"),
    input: valueIn(fields, "tool_input", "toolInput", "toolArgs"),
    ...(typeof durationMs === "number" && { durationMs }),
  };
}

export const starts: Reader = (event) => ({ kind: "start", call: callOf(event) });
export const asks: Reader = (event) => ({ kind: "asked", call: callOf(event) });
export const stops: Reader = () => ({ kind: "stop" });
export const endsSession: Reader = () => ({ kind: "session_end" });
export const saysNothing: Reader = () => ({ kind: "nothing" });

/** A message of a person, under the member of that name; an empty one is none. */
export function says(member: string): Reader {
  return ({ fields }) => {
    const content = fields[member];
    return content === undefined || content === ""
      ? { kind: "nothing" }
      : { kind: "message", content };
  };
}

/** The call worked, unless `status` reads something else in its result. */
export function ends(status: (result: unknown, event: HookEvent) => Status = () => "ok"): Reader {
  return (event) => {
    const { fields } = event;
    const result = valueIn(fields, "tool_response", "toolResult", "tool_output", "toolOutput");
    return { kind: "end", call: { ...callOf(event), result, status: status(result, event) } };
  };
}

export const fails: Reader = (event) => {
  const { error, is_interrupt: isInterrupt } = event.fields;
  const status = isInterrupt === true ? "cancelled" : "error";
  return { kind: "end", call: { ...callOf(event), result: error, status } };
};

/** The calls of a batch, each with what `status` reads in it. */
export function answers(
  status: (call: HookEvent["fields"]) => Status | undefined,
  isWholeTurn = true,
): Reader {
  return ({ fields, ...event }) => {
    const calls = Array.isArray(fields.tool_calls) ? fields.tool_calls.filter(isFields) : [];
    return {
      kind: "answers",
      isWholeTurn,
      calls: calls.map((call) => ({
        ...callOf({ ...event, fields: call }),
        result: call.tool_response,
        status: status(call),
      })),
    };
  };
}
