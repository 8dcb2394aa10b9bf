/**
 * Codex, as version 0.169.0 calls its hooks: Claude Code's names and members.
 *
 * A failed MCP call fires PreToolUse and no PostToolUse. The result of a shell command is plain
 * text without its exit code.
 */
import { textIn } from "../event/hook-event.ts";
import {
  asks,
  ends,
  endsSession,
  type HookClient,
  says,
  saysNothing,
  starts,
  stops,
} from "../event/saying.ts";

export const codex: HookClient = {
  events: {
    SessionStart: saysNothing,
    UserPromptSubmit: says("prompt"),
    PreToolUse: starts,
    PermissionRequest: asks,
    PostToolUse: ends(),
    PreCompact: saysNothing,
    PostCompact: saysNothing,
    SubagentStart: saysNothing,
    SubagentStop: stops,
    Interrupt: () => ({ kind: "stop", status: "cancelled" }),
    Stop: stops,
    SessionEnd: endsSession,
  },
  isSilentOnFailure: true,
  agentOf: ({ fields }) => textIn(fields, "agent_id"),
};
