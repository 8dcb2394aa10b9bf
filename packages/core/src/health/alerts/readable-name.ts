/** Names as a sentence says them. */

/** What clients call themselves in `initialize` or on a hook, and what people call them. */
const CLIENTS: Readonly<Record<string, string>> = {
  "claude-ai": "Claude Desktop",
  "claude-code": "Claude Code",
  cline: "Cline",
  codex: "Codex",
  "codex-mcp-client": "Codex",
  continue: "Continue",
  copilot: "Copilot CLI",
  "copilot-cli": "Copilot CLI",
  cursor: "Cursor",
  "cursor-vscode": "Cursor",
  devin: "Devin",
  droid: "Droid",
  "gemini-cli": "Gemini CLI",
  "gemini-cli-mcp-client": "Gemini CLI",
  goose: "Goose",
  grok: "Grok",
  openhands: "OpenHands",
  "qwen-code": "Qwen Code",
  "swe-agent": "SWE-agent",
  "visual studio code": "VS Code",
  "visual-studio-code": "VS Code",
  vscode: "VS Code",
  windsurf: "Windsurf",
  zed: "Zed",
};
/** Names that say nothing about who it is. */
const UNNAMED: ReadonlySet<string> = new Set(["", "default", "mcp-client", "unknown"]);

/** What changes the text beside it without being seen, and what would end a quoted name. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}`]+/gu;
const MAX_NAME = 64;

/** A name that somebody else chose, as one short line of what it shows. */
export function plainName(name: string): string {
  return [...name.replace(UNSEEN, " ").trim()].slice(0, MAX_NAME).join("");
}

/** The agent as people call it: `claude-code` is Claude Code. */
export function agentName(name: string): string {
  const plain = plainName(name);
  const key = plain.toLowerCase();
  if (UNNAMED.has(key)) return "An agent";
  return Object.hasOwn(CLIENTS, key) ? (CLIENTS[key] ?? plain) : plain;
}
