/** What a hook leaves for the recorder: structure only, in one line. */
import {
  digestCall,
  digestTurn,
  labelOf,
  type Observation,
  type RootKey,
  SessionKeys,
  type Status,
  type ToolObservation,
} from "@caum/core";
import type { HookEvent } from "./hook-event.ts";

export type InboxKind = "start" | "call" | "message" | "turn_end" | "session_end";

export interface InboxLine {
  readonly kind: InboxKind;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** The session's own id, kept as it is. */
  readonly sessionId: string;
  /** Joins the start of a call and its end. */
  readonly callId?: string;
  readonly isOfSubagent?: boolean;
  /** With its values digested. */
  readonly observation?: Observation;
}

export interface LineContext {
  readonly rootKey: RootKey;
  readonly hashNames: boolean;
  readonly time: number;
}

/** Longer appends may be mixed with those of other processes. */
const MAX_LINE_BYTES = 4_096;
/** Ids are correlation; anything else that somebody puts there is keyed. */
const PLAIN_ID = /^[A-Za-z0-9_-]{1,64}$/;
const KINDS: Readonly<Record<string, InboxKind>> = {
  PreToolUse: "start",
  PostToolUse: "call",
  PostToolUseFailure: "call",
  UserPromptSubmit: "message",
  Stop: "turn_end",
  SubagentStop: "turn_end",
  SessionEnd: "session_end",
};

/** @returns undefined for events that say nothing about the agent's work */
export function lineOf(event: HookEvent, context: LineContext): InboxLine | undefined {
  const kind = KINDS[event.name];
  if (kind === undefined) return undefined;
  const keys = new SessionKeys(context.rootKey, event.sessionId);
  const { tool_use_id: callId, agent_id: agentId } = event.fields;
  return {
    kind,
    time: context.time,
    sessionId: PLAIN_ID.test(event.sessionId) ? event.sessionId : keys.tag(event.sessionId),
    ...(typeof callId === "string" && {
      callId: PLAIN_ID.test(callId) ? callId : keys.tag(callId),
    }),
    ...(typeof agentId === "string" || event.name === "SubagentStop" ? { isOfSubagent: true } : {}),
    ...observed(kind, event, keys, context),
  };
}

/** The line as bytes, without what makes it too long. */
export function encode(line: InboxLine): string {
  const text = `${JSON.stringify(line)}\n`;
  if (Buffer.byteLength(text) <= MAX_LINE_BYTES) return text;
  const { observation: _, ...rest } = line;
  return `${JSON.stringify(rest)}\n`;
}

function observed(
  kind: InboxKind,
  event: HookEvent,
  keys: SessionKeys,
  { hashNames }: LineContext,
): { readonly observation?: Observation } {
  if (kind === "start" || kind === "call") {
    const call = callOf(event, kind, (name) => labelOf(name, keys, hashNames));
    const { tool, ...digested } = digestCall(call, { keys, hashNames });
    return { observation: { ...digested, tool: labelOf(tool, keys, hashNames) } };
  }
  if (kind !== "message") return {};
  const content = event.fields.prompt;
  const turn = { kind: "message", role: "user", content } as const;
  return { observation: digestTurn(turn, { keys, hashNames }) };
}

function callOf(
  { name, fields }: HookEvent,
  kind: "start" | "call",
  label: (name: string) => string,
): ToolObservation {
  const { tool_name: tool, tool_input: input, tool_response: response, agent_type: agent } = fields;
  const { error, is_interrupt: isInterrupt, duration_ms: durationMs } = fields;
  const isFailed = name === "PostToolUseFailure";
  const call = {
    tool: typeof tool === "string" ? tool : "unknown",
    arguments: input,
    ...(typeof agent === "string" && { agent: label(agent) }),
    ...(typeof durationMs === "number" && { durationMs }),
  };
  if (kind === "start") return { ...call, status: "unresolved" };
  const status = statusOf(isFailed, isInterrupt, response);
  return { ...call, result: isFailed ? error : response, status };
}

function statusOf(isFailed: boolean, isInterrupt: unknown, response: unknown): Status {
  const isObject = typeof response === "object" && response !== null;
  const wasInterrupted = isObject && "interrupted" in response && response.interrupted === true;
  if (isInterrupt === true || wasInterrupted) return "cancelled";
  return isFailed ? "error" : "ok";
}
