/**
 * Copilot CLI, as version 1.0.102 calls its hooks: the JSON does not name the event, so the command
 * line must. Calls have no ids, and a shell command that failed is a "success" whose text ends with
 * its exit code.
 */
import type { Status } from "@caum/core";
import { isFields, textIn } from "../event/hook-event.ts";
import {
  asks,
  ends,
  endsSession,
  fails,
  type HookClient,
  type Reader,
  says,
  saysNothing,
  starts,
  stops,
} from "../event/saying.ts";

const FAILED_SHELL = /<shellId: \S+ completed with exit code [1-9][0-9]*>\s*$/;
const STATUSES: ReadonlyMap<unknown, Status> = new Map([
  ["success", "ok"],
  ["denied", "denied"],
  ["rejected", "denied"],
  ["failure", "error"],
]);

export const copilot: HookClient = {
  events: {
    sessionStart: saysNothing,
    userPromptSubmitted: says("prompt"),
    preToolUse: starts,
    permissionRequest: withToolName(asks),
    postToolUse: ends(statusOf),
    postToolUseFailure: fails,
    agentStop: stops,
    subagentStart: saysNothing,
    subagentStop: stops,
    errorOccurred: saysNothing,
    preCompact: saysNothing,
    notification: saysNothing,
    sessionEnd: endsSession,
  },
};

/** One event names an MCP tool `server/tool`, the others `server-tool`. */
function withToolName(reader: Reader): Reader {
  return (event) => {
    const toolName = textIn(event.fields, "toolName")?.replace("/", "-");
    return reader({ ...event, fields: { ...event.fields, toolName } });
  };
}

function statusOf(result: unknown): Status {
  if (!isFields(result)) return "ok";
  const status = STATUSES.get(result.resultType) ?? "unknown";
  const text = result.textResultForLlm;
  const hasFailed = typeof text === "string" && FAILED_SHELL.test(text);
  return status === "ok" && hasFailed ? "error" : status;
}
