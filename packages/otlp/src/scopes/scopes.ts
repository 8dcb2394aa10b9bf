import type { Scope } from "../scope.ts";
import { ADK } from "./adk.ts";
import { AI_SDK_LEGACY } from "./ai-sdk-legacy.ts";
import { CLAUDE_CODE, CODEX, GEMINI_CLI, QWEN_CODE } from "./coding-agents.ts";
import { AI_SDK, ANTHROPIC_CLIENT, CONVENTIONS, COPILOT, MASTRA, STRANDS } from "./gen-ai.ts";
import { OPENAI_CONTRIB } from "./openai-contrib.ts";
import { OPENINFERENCE } from "./openinference.ts";
import { OWN } from "./own.ts";
import { GENKIT, LANGFUSE, LANGSMITH, TRACELOOP } from "./platforms.ts";

/** All emitters, each known by its instrumentation scope; the conventions are last, for any other. */
export const SCOPES: readonly Scope[] = [
  AI_SDK,
  AI_SDK_LEGACY,
  OPENINFERENCE,
  LANGFUSE,
  LANGSMITH,
  TRACELOOP,
  MASTRA,
  STRANDS,
  GENKIT,
  ADK,
  OPENAI_CONTRIB,
  ANTHROPIC_CLIENT,
  CLAUDE_CODE,
  CODEX,
  GEMINI_CLI,
  QWEN_CODE,
  COPILOT,
  OWN,
  CONVENTIONS,
];

const MAX_KNOWN = 1_000;
const known = new Map<string, Scope>();

export function scopeOf(name: string): Scope {
  const found = known.get(name) ?? SCOPES.find((scope) => scope.matches(name)) ?? CONVENTIONS;
  if (known.size < MAX_KNOWN) known.set(name, found);
  return found;
}
