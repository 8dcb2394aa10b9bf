/** By themselves, so that an option can be checked without loading a reader. */

/** What is read, in the words of docs/histories.md. */
export const FORMAT_NAMES = [
  "claude-code",
  "codex",
  "gemini-cli",
  "opencode",
  "copilot",
  "qwen-code",
  "cline",
  "continue",
  "mini-swe-agent",
  "swe-agent",
  "openhands",
  "inspect",
  "langsmith",
  "langfuse",
  "otlp",
  "trace",
] as const;
export type FormatName = (typeof FORMAT_NAMES)[number];
