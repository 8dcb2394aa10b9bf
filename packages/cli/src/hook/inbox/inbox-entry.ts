/** What a hook leaves for the recorder: structure only, nothing that the record will not hold. */

import type { ReasoningObservation, Status, ToolObservation } from "@caum/core";
import { digestTurn, joinedSessionId, keyCall, labelOf, SessionKeys } from "@caum/core/adapter";
import type { RootKey } from "@caum/core/machine";
import { hookClient } from "../clients/hook-clients.ts";
import type { HookEvent } from "../event/hook-event.ts";
import type { HookClient, SaidAnswer, Saying } from "../event/saying.ts";

/** A call with its values, ids and agent keyed. */
export interface LeftCall {
  readonly call: ToolObservation;
  /** Absent where the event does not say how the call went. */
  readonly status?: Status;
}

export type LeftSaying =
  | { readonly kind: "start" | "asked" | "end"; readonly left: LeftCall }
  | {
      readonly kind: "answers";
      readonly left: readonly LeftCall[];
      readonly isWholeTurn: boolean;
    }
  | { readonly kind: "message"; readonly message: ReasoningObservation }
  | { readonly kind: "stop"; readonly status?: Status | undefined }
  | { readonly kind: "next_turn" | "session_end" | "nothing" | "not_understood" };

export interface InboxEntry {
  readonly client: string;
  /** As the client names it. */
  readonly event: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly session: string;
  /** Keyed; absent for the main agent. */
  readonly agent?: string;
  /** Keyed id of the model turn, where the client tells it. */
  readonly turn?: string;
  readonly saying: LeftSaying;
}

export interface EntryContext {
  readonly rootKey: RootKey;
  readonly hashNames: boolean;
  readonly time: number;
}

/** An event's name is the client's word; anything that does not look like one is not kept. */
const EVENT_NAME = /^[A-Za-z][A-Za-z_.]{0,47}$/;

export function entryOf(event: HookEvent, context: EntryContext): InboxEntry {
  const session = joinedSessionId(context.rootKey, event.sessionId);
  const keys = new SessionKeys(context.rootKey, session);
  const client = hookClient(event.client);
  const agent = client?.agentOf?.(event);
  const turn = client?.turnOf?.(event);
  return {
    client: event.client,
    event: EVENT_NAME.test(event.name) ? event.name : "unnamed",
    time: context.time,
    session,
    ...(agent !== undefined && { agent: keys.tag(agent) }),
    ...(turn !== undefined && { turn: keys.tag(turn) }),
    saying: left(sayingOf(event, client), agent, { keys, hashNames: context.hashNames }),
  };
}

function sayingOf(event: HookEvent, client: HookClient | undefined): Saying | undefined {
  if (client === undefined || !Object.hasOwn(client.events, event.name)) return undefined;
  return client.events[event.name]?.(event);
}

interface Keying {
  readonly keys: SessionKeys;
  readonly hashNames: boolean;
}

function left(saying: Saying | undefined, agent: string | undefined, keying: Keying): LeftSaying {
  if (saying === undefined) return { kind: "not_understood" };
  const leave = (call: SaidAnswer) => leftCall(call, agent, keying);
  switch (saying.kind) {
    case "start":
    case "asked":
    case "end":
      return { kind: saying.kind, left: leave(saying.call) };
    case "answers":
      return {
        kind: "answers",
        left: saying.calls.map(leave),
        isWholeTurn: saying.isWholeTurn,
      };
    case "message": {
      const message = { kind: "message", role: "user", content: saying.content } as const;
      return { kind: "message", message: digestTurn(message, keying) };
    }
    default:
      return saying;
  }
}

function leftCall(said: SaidAnswer, agent: string | undefined, keying: Keying): LeftCall {
  const { tool, id, input, result, durationMs, status } = said;
  const call: ToolObservation = {
    tool: labelOf(tool, keying.keys, keying.hashNames),
    arguments: input,
    ...(result !== undefined && { result }),
    ...(id !== undefined && { toolCallId: id }),
    ...(durationMs !== undefined && { durationMs }),
    ...(agent !== undefined && { agent }),
  };
  return { call: keyCall(call, keying), ...(status !== undefined && { status }) };
}
