import type { HistoryFormat } from "../history.ts";
import { claudeCode } from "./claude-code.ts";
import { cline } from "./cline.ts";
import { codex } from "./codex.ts";
import { continueCli } from "./continue.ts";
import { copilot } from "./copilot.ts";
import { geminiCli } from "./gemini-cli.ts";
import { miniSweAgent } from "./mini-swe-agent.ts";
import { opencode } from "./opencode.ts";
import { qwenCode } from "./qwen-code.ts";

/** In the order in which a file is tried: the first that knows it reads it. */
export const FORMATS: readonly HistoryFormat[] = [
  codex,
  copilot,
  geminiCli,
  qwenCode,
  claudeCode,
  cline,
  miniSweAgent,
  continueCli,
  opencode,
];
