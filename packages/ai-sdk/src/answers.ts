import { type CallOutcome, outcomeOfFailure, type TurnOutcome } from "@caum/core";
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
  return { status: isErrorOfMcp(output) ? "error" : "ok", result: output };
}

/** An MCP server reports a failed tool inside of an ordinary result. */
function isErrorOfMcp(output: unknown): boolean {
  if (typeof output !== "object" || output === null) return false;
  const isError = Object.getOwnPropertyDescriptor(output, "isError")?.value;
  return (
    isError === true && Array.isArray(Object.getOwnPropertyDescriptor(output, "content")?.value)
  );
}
