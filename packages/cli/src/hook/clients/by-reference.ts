/**
 * Clients that nobody ran for this table: it follows what is published about their hooks. An event
 * that differs is counted as not understood, never guessed at.
 */
import type { Status } from "@caum/core";
import { isFields } from "../event/hook-event.ts";
import {
  ends,
  endsSession,
  fails,
  type HookClient,
  says,
  saysNothing,
  starts,
  stops,
} from "../event/saying.ts";
import { claudeCode } from "./claude-code.ts";

export const cursor: HookClient = {
  events: {
    sessionStart: saysNothing,
    beforeSubmitPrompt: says("prompt"),
    preToolUse: starts,
    postToolUse: ends(),
    postToolUseFailure: fails,
    stop: stops,
    subagentStop: stops,
    sessionEnd: endsSession,
  },
};

/** VS Code's agent mode reads the hooks that are registered for Claude Code. */
export const vscode: HookClient = { events: claudeCode.events };

/** Reads them as well, and names the same events in snake_case. */
export const grok: HookClient = {
  events: Object.fromEntries(
    Object.entries(claudeCode.events).map(([name, reader]) => [snakeCase(name), reader]),
  ),
};

export const devin: HookClient = {
  events: { ...claudeCode.events, PostToolUse: ends(statusOfOutput) },
};

export const droid: HookClient = {
  events: { ...claudeCode.events, Notification: saysNothing },
};

export const goose: HookClient = { events: claudeCode.events };

function statusOfOutput(result: unknown): Status {
  return isFields(result) && result.success === false ? "error" : "ok";
}

function snakeCase(name: string): string {
  return name.replace(/(?<!^)[A-Z]/g, "_$&").toLowerCase();
}
