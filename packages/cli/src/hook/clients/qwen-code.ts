/**
 * Qwen Code, as version 0.24.4 calls its hooks: Claude Code's names and members.
 *
 * UserPromptSubmit comes before every call of the model; only the person's own has a prompt.
 * `tool_use_id` differs between the events of one call, `tool_call_id` does not.
 */
import type { HookClient } from "../saying.ts";
import { answers } from "../saying.ts";
import { claudeCode } from "./claude-code.ts";

export const qwenCode: HookClient = {
  ...claudeCode,
  events: {
    ...claudeCode.events,
    PostToolBatch: answers(({ status }) =>
      status === "success" ? "ok" : status === "cancelled" ? "cancelled" : "error",
    ),
  },
};
