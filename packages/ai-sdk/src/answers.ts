import { type CallOutcome, outcomeOfFailure, type TurnOutcome } from "@caum/core/adapter";
import type { HostPart, HostUsage } from "./host-events.ts";

/** What a model call cost, in our words. */
export function usageOf(usage: HostUsage | undefined): TurnOutcome {
  return {
    inputTokens: usage?.inputTokens ?? usage?.tokens,
    outputTokens: usage?.outputTokens,
    cacheReadTokens: usage?.inputTokenDetails?.cacheReadTokens,
    cacheWriteTokens: usage?.inputTokenDetails?.cacheWriteTokens,
    reasoningTokens: usage?.outputTokenDetails?.reasoningTokens,
  };
}

/** The text that a model said, when it said any. */
export function textOf(parts: readonly HostPart[]): string | undefined {
  const texts = parts.flatMap(({ type, text }) => (type === "text" && text ? [text] : []));
  return texts.length === 0 ? undefined : texts.join("\n");
}

/**
 * The outcome that a `tool-result` or `tool-error` stands for.
 *
 * @param isHidden the user does not want outputs to be recorded
 */
export function outcomeOf(part: HostPart, isHidden: boolean): CallOutcome {
  if (part.type === "tool-error") {
    const outcome = outcomeOfFailure(part.error);
    return isHidden ? { status: outcome.status } : outcome;
  }
  const { output } = part;
  if (output === undefined || isHidden) return { status: "ok" };
  if (!isResultOfMcp(output)) return { status: "ok", result: output };
  // What a server adds for its client, such as times and trace ids, is no part of the answer.
  const { _meta, ...result } = output;
  return { status: output.isError === true ? "error" : "ok", result };
}

/** An MCP server reports a failed tool inside of an ordinary result. */
function isResultOfMcp(output: unknown): output is Readonly<Record<string, unknown>> {
  if (typeof output !== "object" || output === null) return false;
  const has = (name: string) => Object.getOwnPropertyDescriptor(output, name)?.value;
  const isOfMcp = typeof has("isError") === "boolean" || typeof has("_meta") === "object";
  return isOfMcp && Array.isArray(has("content"));
}
