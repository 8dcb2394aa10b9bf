/**
 * opencode, version 1.18.33, through a plugin of ours that hands on what its event bus says.
 *
 * `message.part.updated` tells of every call how it stands, also of one that failed, for which
 * `tool.execute.after` is not called. The plugin adds `root_session_id`, because a sub-agent is a
 * session of its own there.
 */
import type { Status } from "@caum/core";
import { type HookEvent, isFields, textIn } from "../event/hook-event.ts";
import {
  endsSession,
  type HookClient,
  type Saying,
  says,
  saysNothing,
  stops,
} from "../event/saying.ts";

export const opencode: HookClient = {
  events: {
    "session.created": saysNothing,
    "message.part.updated": partSays,
    "chat.message": says("prompt"),
    "session.idle": stops,
    "session.error": stops,
    "session.deleted": endsSession,
    "server.instance.disposed": endsSession,
  },
  agentOf: ({ fields }) => textIn(fields, "agent_session_id"),
  turnOf: ({ fields }) => (isFields(fields.part) ? textIn(fields.part, "messageID") : undefined),
};

function partSays({ fields: { part } }: HookEvent): Saying {
  if (!isFields(part) || part.type !== "tool" || !isFields(part.state)) return { kind: "nothing" };
  const { state } = part;
  const call = {
    tool: textIn(part, "tool") ?? "unknown",
    id: textIn(part, "callID"),
    input: state.input,
  };
  if (state.status === "running") return { kind: "start", call };
  if (state.status !== "completed" && state.status !== "error") return { kind: "nothing" };
  const result = state.status === "error" ? state.error : state.output;
  return {
    kind: "end",
    call: { ...call, ...lasting(state.time), result, status: statusOf(state) },
  };
}

function statusOf({ status, metadata }: HookEvent["fields"]): Status {
  const exit = isFields(metadata) ? metadata.exit : undefined;
  return status === "error" || (typeof exit === "number" && exit !== 0) ? "error" : "ok";
}

function lasting(time: unknown): { readonly durationMs?: number } {
  if (!isFields(time) || typeof time.start !== "number" || typeof time.end !== "number") return {};
  return { durationMs: Math.max(0, time.end - time.start) };
}
