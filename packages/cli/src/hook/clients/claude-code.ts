/**
 * Claude Code, as version 2.1.328 calls its hooks.
 *
 * A failing edit fires neither PreToolUse nor PostToolUse, and a refused call no event of its end:
 * both stand in PostToolBatch, which follows every model turn that called tools.
 */
import type { Status } from "@caum/core";
import { isFields, textIn } from "../event/hook-event.ts";
import {
  answers,
  asks,
  ends,
  endsSession,
  fails,
  type HookClient,
  says,
  saysNothing,
  starts,
  stops,
} from "../event/saying.ts";

/** How Claude Code marks the answer to a call that it refused to carry out as it was asked. */
const TOOL_ERROR = "<tool_use_error>";

export const claudeCode: HookClient = {
  events: {
    SessionStart: saysNothing,
    UserPromptSubmit: says("prompt"),
    PreToolUse: starts,
    PermissionRequest: asks,
    PermissionDenied: asks,
    PostToolUse: ends(statusOfResult),
    PostToolUseFailure: fails,
    PostToolBatch: answers(({ tool_response: response }) => statusOfAnswer(response)),
    Stop: stops,
    SubagentStart: saysNothing,
    SubagentStop: stops,
    PreCompact: saysNothing,
    PostCompact: saysNothing,
    SessionEnd: endsSession,
  },
  agentOf: ({ fields }) => textIn(fields, "agent_id"),
};

function statusOfResult(result: unknown): Status {
  return isFields(result) && result.interrupted === true ? "cancelled" : "ok";
}

function statusOfAnswer(response: unknown): Status | undefined {
  return typeof response === "string" && response.startsWith(TOOL_ERROR) ? "error" : undefined;
}
