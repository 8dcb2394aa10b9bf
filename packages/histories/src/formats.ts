import { inspect } from "./agents/inspect.ts";
import { miniSweAgent } from "./agents/mini-swe-agent.ts";
import { openhands } from "./agents/openhands.ts";
import { sweAgent } from "./agents/swe-agent.ts";
import { claudeCode } from "./clients/claude-code.ts";
import { cline } from "./clients/cline.ts";
import { codex } from "./clients/codex.ts";
import { continueCli } from "./clients/continue.ts";
import { copilot } from "./clients/copilot.ts";
import { geminiCli } from "./clients/gemini-cli.ts";
import { opencode } from "./clients/opencode/opencode.ts";
import { qwenCode } from "./clients/qwen-code.ts";
import type { HistoryFormat } from "./history.ts";
import { langfuse } from "./traces/langfuse.ts";
import { langsmith } from "./traces/langsmith.ts";
import { otlp } from "./traces/otlp.ts";
import { structuralTrace } from "./traces/structural-trace.ts";

/** In the order in which a file is tried: the first that knows it reads it. */
export const FORMATS: readonly HistoryFormat[] = [
  codex,
  copilot,
  geminiCli,
  qwenCode,
  claudeCode,
  cline,
  miniSweAgent,
  sweAgent,
  openhands,
  inspect,
  continueCli,
  opencode,
  otlp,
  langsmith,
  langfuse,
  structuralTrace,
];
