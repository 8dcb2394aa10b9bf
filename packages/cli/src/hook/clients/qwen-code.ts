/**
 * Qwen Code, as version 0.24.4 calls its hooks: Claude Code's names and members.
 *
 * UserPromptSubmit comes before every call of the model, and so tells turns apart; only the person's
 * own has a prompt. PostToolBatch comes for each call of a turn. `tool_use_id` differs between the
 * events of one call, `tool_call_id` does not.
 */
import type { Status } from "@caum/core";
import type { HookEvent } from "../event/hook-event.ts";
import { answers, type HookClient, type Saying } from "../event/saying.ts";
import { claudeCode } from "./claude-code.ts";

const STATUSES: ReadonlyMap<unknown, Status> = new Map([
  ["success", "ok"],
  ["error", "error"],
  ["cancelled", "cancelled"],
]);

export const qwenCode: HookClient = {
  ...claudeCode,
  events: {
    ...claudeCode.events,
    UserPromptSubmit: promptSays,
    PostToolBatch: answers(({ status }) => STATUSES.get(status), false),
  },
  delegates: new Set(["agent"]),
};

function promptSays({ fields: { prompt } }: HookEvent): Saying {
  return prompt === undefined || prompt === ""
    ? { kind: "next_turn" }
    : { kind: "message", content: prompt };
}
