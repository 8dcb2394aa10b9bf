/**
 * Cline CLI, as version 3.0.65 calls its hooks: one file for each event, and JSON whose `hookName`
 * has other words than the files.
 *
 * An MCP answer with `isError` and a shell command that failed count as successes there, so that the
 * status is read from the output.
 */
import type { Status } from "@caum/core";
import { type HookEvent, isFields, textIn } from "../event/hook-event.ts";
import {
  endsSession,
  type HookClient,
  type SaidCall,
  saysNothing,
  stops,
} from "../event/saying.ts";

export const cline: HookClient = {
  events: {
    agent_start: saysNothing,
    prompt_submit: saysNothing,
    tool_call: ({ fields }) => ({ kind: "start", call: callIn(fields.tool_call) }),
    tool_result: ({ fields }) => {
      const call = callIn(fields.tool_result);
      const { output, error } = isFields(fields.tool_result) ? fields.tool_result : {};
      return { kind: "end", call: { ...call, result: output, status: statusOf(output, error) } };
    },
    agent_end: stops,
    agent_abort: () => ({ kind: "stop", status: "cancelled" }),
    agent_error: stops,
    session_shutdown: endsSession,
  },
  agentOf: ({ fields }) =>
    typeof fields.parent_agent_id === "string" ? textIn(fields, "agent_id") : undefined,
  turnOf: turn,
};

function callIn(call: unknown): SaidCall {
  if (!isFields(call)) return { tool: "unknown" };
  const { input, durationMs } = call;
  return {
    tool: textIn(call, "name") ?? "unknown",
    id: textIn(call, "id"),
    input,
    ...(typeof durationMs === "number" && { durationMs }),
  };
}

/** Some tools answer with a list, one item for each thing that was asked. */
function statusOf(output: unknown, error: unknown): Status {
  if (error !== undefined) return "error";
  const parts = Array.isArray(output) ? output : [output];
  const hasFailed = parts.some(
    (part) => isFields(part) && (part.isError === true || part.success === false),
  );
  return hasFailed ? "error" : "ok";
}

function turn({ fields }: HookEvent): string | undefined {
  const { agent_id: agent, iteration } = fields;
  return typeof iteration === "number" ? `${String(agent)} ${iteration}` : undefined;
}
