/**
 * What a client says of a call beside its arguments, in `_meta`: its own ids, by which the client's
 * hooks and other servers tell of the same call. Seen in Claude Code 2.1.328 and Codex 0.169.0.
 */
import { type Fields, fieldsOf, textOf } from "../messages/fields.ts";

export interface ToldByClient {
  /** The model's id of the call. */
  readonly callId?: string | undefined;
  /** The client's own session. */
  readonly session?: string | undefined;
  /** The agent within it that calls, where it is not the main one. */
  readonly agent?: string | undefined;
  /** The trace in which the client makes the call, as the conventions for MCP say it. */
  readonly traceparent?: string | undefined;
}

export function toldByClient(params: Fields): ToldByClient {
  const meta = fieldsOf(params._meta);
  if (meta === undefined) return {};
  const session = textOf(meta.sessionId);
  const thread = textOf(meta.threadId);
  return {
    callId: textOf(meta["claudecode/toolUseId"]) ?? textOf(meta.callId),
    session,
    // Codex: a sub-agent is a thread of its own in the session of the first one.
    agent: session !== undefined && thread !== session ? thread : undefined,
    traceparent: textOf(meta.traceparent),
  };
}
