import type { HookClient } from "../event/saying.ts";
import { cursor, devin, droid, goose, grok, vscode } from "./by-reference.ts";
import { claudeCode } from "./claude-code.ts";
import type { HookClientName } from "./client-names.ts";
import { cline } from "./cline.ts";
import { codex } from "./codex.ts";
import { copilot } from "./copilot.ts";
import { geminiCli } from "./gemini-cli.ts";
import { opencode } from "./opencode.ts";
import { qwenCode } from "./qwen-code.ts";

const CLIENTS: Readonly<Record<HookClientName, HookClient>> = {
  "claude-code": claudeCode,
  codex,
  "gemini-cli": geminiCli,
  "copilot-cli": copilot,
  "qwen-code": qwenCode,
  opencode,
  cline,
  cursor,
  vscode,
  devin,
  factory: droid,
  goose,
  grok,
};

/** @returns undefined for a client of which nothing is known */
export function hookClient(name: string): HookClient | undefined {
  // True because the name is one of the record's own.
  return Object.hasOwn(CLIENTS, name) ? CLIENTS[name as HookClientName] : undefined;
}
