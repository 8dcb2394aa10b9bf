/** The clients whose hooks can be read, as `caum hook NAME` takes them. */
export const HOOK_CLIENT_NAMES = [
  "claude-code",
  "codex",
  "gemini-cli",
  "copilot-cli",
  "qwen-code",
  "opencode",
  "cline",
  "cursor",
  "vscode",
  "devin",
  "factory",
  "goose",
  "grok",
] as const;

export type HookClientName = (typeof HOOK_CLIENT_NAMES)[number];
