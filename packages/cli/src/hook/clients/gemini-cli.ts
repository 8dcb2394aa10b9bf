/**
 * Gemini CLI, as version 0.61.0 calls its hooks: names of its own, and calls have no ids.
 *
 * PreCompress comes before each call of the model, whether anything is compressed or not, so it
 * tells model turns apart. A sub-agent's events carry no mark.
 */
import type { Status } from "@caum/core";
import { isFields } from "../event/hook-event.ts";
import {
  ends,
  endsSession,
  type HookClient,
  says,
  saysNothing,
  starts,
  stops,
} from "../event/saying.ts";

/** How the result of a shell command tells its exit code, on a line of its own. */
const EXIT_CODE = /^Exit Code: ([1-9][0-9]*)$/m;

export const geminiCli: HookClient = {
  events: {
    SessionStart: saysNothing,
    BeforeAgent: says("prompt"),
    PreCompress: () => ({ kind: "next_turn" }),
    BeforeTool: starts,
    AfterTool: ends((result, { fields }) => statusOf(result, fields.tool_name)),
    AfterAgent: stops,
    Notification: saysNothing,
    SessionEnd: endsSession,
  },
  delegates: new Set(["invoke_agent"]),
};

function statusOf(result: unknown, tool: unknown): Status {
  if (!isFields(result)) return "ok";
  if (result.error !== undefined && result.error !== null) return "error";
  const isShell = tool === "run_shell_command" && typeof result.llmContent === "string";
  return isShell && EXIT_CODE.test(String(result.llmContent)) ? "error" : "ok";
}
