/** Files as nine clients keep them, each with one server, and its words as the client reads them. */
import { parse as parseJson } from "jsonc-parser";
import { parse as parseToml } from "smol-toml";
import type { Entry } from "./wrapped-entry.ts";

export interface DeskClient {
  /** As it introduces itself to a server. */
  readonly name: string;
  /** Below the home folder. */
  readonly path: string;
  readonly text: (program: string, server: string) => string;
  readonly entryIn: (text: string) => Entry;
}

const quoted = JSON.stringify;
const underServers = (text: string): Entry => parseJson(text).mcpServers.files;

export const DESK_CLIENTS: readonly DeskClient[] = [
  {
    name: "claude-ai",
    path: ".config/Claude/claude_desktop_config.json",
    text: (program, server) =>
      `{\n  "globalShortcut": "",\n  "mcpServers": {\n    "files": {\n      "command": ${quoted(program)},\n      "args": [${quoted(server)}, "."]\n    }\n  }\n}`,
    entryIn: underServers,
  },
  {
    name: "claude-code",
    path: ".claude.json",
    text: (program, server) =>
      `{"numStartups":12,"projects":{"/home/ada/app":{"allowedTools":[],"mcpServers":{"files":{"type":"stdio","command":${quoted(program)},"args":[${quoted(server)}],"env":{}}}}}}`,
    entryIn: (text) => parseJson(text).projects["/home/ada/app"].mcpServers.files,
  },
  {
    name: "cursor-vscode",
    path: ".cursor/mcp.json",
    text: (program, server) =>
      `\ufeff{\r\n\t// of the team\r\n\t"mcpServers": {"files": {"command": ${quoted(program)}, "args": [${quoted(server)},],},}\r\n}\r\n`,
    entryIn: (text) => underServers(text.slice(1)),
  },
  {
    name: "Visual Studio Code",
    path: ".config/Code/User/profiles/-5f2c/mcp.json",
    text: (program, server) =>
      `{\n\t"inputs": [],\n\t"servers": {\n\t\t"files": {\n\t\t\t"type": "stdio",\n\t\t\t"command": ${quoted(program)},\n\t\t\t"args": [\n\t\t\t\t${quoted(server)}\n\t\t\t]\n\t\t}\n\t}\n}`,
    entryIn: (text) => parseJson(text).servers.files,
  },
  {
    name: "codex-mcp-client",
    path: ".codex/config.toml",
    text: (program, server) =>
      `model = "gpt-5" # mine\n\n[mcp_servers.files]\ncommand = '${program}'\nargs = [\n  '${server}', # here\n]\nstartup_timeout_sec = 20\n`,
    entryIn: (text) => {
      // True of the text above.
      const servers = parseToml(text).mcp_servers as unknown as { readonly files: Entry };
      return servers.files;
    },
  },
  {
    name: "gemini-cli-mcp-client",
    path: ".gemini/settings.json",
    text: (program, server) =>
      `{\n  "theme": "Default",\n  "mcpServers": {\n    "files": { "command": ${quoted(program)}, "args": [${quoted(server)}], "trust": true }\n  }\n}\n`,
    entryIn: underServers,
  },
  {
    name: "opencode",
    path: ".config/opencode/opencode.jsonc",
    text: (program, server) =>
      `{\n  "$schema": "https://opencode.ai/config.json",\n  "mcp": {\n    "files": { "type": "local", "command": [${quoted(program)}, ${quoted(server)}], "enabled": true } // one\n  }\n}\n`,
    entryIn: (text) => {
      const [command, ...args] = parseJson(text).mcp.files.command;
      return { command, args };
    },
  },
  {
    name: "Zed",
    path: ".config/zed/settings.json",
    text: (program, server) =>
      `// Zed settings\n{\n  "context_servers": {\n    "files": {\n      "command": { "path": ${quoted(program)}, "args": [${quoted(server)}], "env": {} },\n      "settings": {}\n    }\n  }\n}\n`,
    entryIn: (text) => {
      const { path, args } = parseJson(text).context_servers.files.command;
      return { command: path, args };
    },
  },
  {
    name: "Cline",
    path: ".cline/data/settings/cline_mcp_settings.json",
    text: (program, server) =>
      `{"mcpServers":{"files":{"command":${quoted(program)},"args":[${quoted(server)}],"disabled":false,"autoApprove":["echo"],"timeout":60}}}`,
    entryIn: underServers,
  },
];
