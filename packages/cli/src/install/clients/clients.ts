/** The clients whose configuration is known: one row each. */

export type Format = "json" | "yaml" | "toml";

/** A path template per platform; `any` where all are the same. See `expand`. */
export type PathTable =
  | { readonly any: string }
  | { readonly macos: string; readonly linux: string; readonly windows: string };

export interface Client {
  /** As `--client` takes it. */
  readonly name: string;
  readonly title: string;
  readonly format: Format;
  /** Where servers stand in the file; `*` is every key. The first is the usual one. */
  readonly servers: readonly (readonly string[])[];
  readonly files: readonly PathTable[];
  /** Relative to a project's folder; touched only when asked for. */
  readonly projectFile?: string;
  /** Names of the fields of an entry where they differ. */
  readonly fields?: { readonly command: string; readonly args: string };
  /** What makes the client read its file again. */
  readonly restart: string;
  /** What it gives a server to answer `initialize`, where that is known to be little. */
  readonly startLimitMs?: number;
  /** It works with nothing but the servers of its file, as far as these facts hold. */
  readonly noOtherTools?: NoOtherTools;
  /** Why none of its servers is wrapped. */
  readonly unwrapped?: string;
}

export interface NoOtherTools {
  /** What it calls itself; an agent inside it that has tools of its own has another name. */
  readonly clientName: string;
  /** Where the servers stand in its file, which is JSON. */
  readonly servers: string;
  /** A folder beside the file; what is in it are more servers. */
  readonly unless: string;
}

const MCP_SERVERS: Client["servers"] = [["mcpServers"]];

function inApplicationData(rest: string): PathTable {
  return {
    macos: `~/Library/Application Support/${rest}`,
    linux: `$XDG_CONFIG_HOME/${rest}`,
    windows: `%APPDATA%/${rest}`,
  };
}

function inHome(rest: string): PathTable {
  return { any: `~/${rest}` };
}

function json(
  name: string,
  title: string,
  files: readonly PathTable[],
  more: Partial<Client> = {},
): Client {
  const restart = `restart ${title}`;
  return { name, title, format: "json", servers: MCP_SERVERS, files, restart, ...more };
}

const CLINE = "globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json";
const KILO = "globalStorage/kilocode.kilo-code/settings/mcp_settings.json";
const ROO = "globalStorage/rooveterinaryinc.roo-cline/settings/mcp_settings.json";

export const CLIENTS: readonly Client[] = [
  json(
    "claude-desktop",
    "Claude Desktop",
    [
      inApplicationData("Claude/claude_desktop_config.json"),
      {
        // The packaged app (MSIX) reads a private copy of Roaming, and not Roaming itself.
        macos: "",
        linux: "",
        windows:
          "%LOCALAPPDATA%/Packages/Claude_*/LocalCache/Roaming/Claude/claude_desktop_config.json",
      },
    ],
    {
      restart: "quit Claude Desktop from its menu and open it again",
      noOtherTools: {
        clientName: "claude-ai",
        servers: "mcpServers",
        unless: "Claude Extensions",
      },
    },
  ),
  json("claude-code", "Claude Code", [inHome(".claude.json")], {
    servers: [["mcpServers"], ["projects", "*", "mcpServers"]],
    projectFile: ".mcp.json",
    restart: "start a new claude session",
  }),
  json("cursor", "Cursor", [inHome(".cursor/mcp.json")], {
    projectFile: ".cursor/mcp.json",
    restart: "restart Cursor, or switch the servers off and on in its MCP settings",
  }),
  json(
    "vscode",
    "VS Code",
    [
      inApplicationData("Code/User/mcp.json"),
      inApplicationData("Code/User/profiles/*/mcp.json"),
      inHome(".vscode-server/data/User/mcp.json"),
      inHome(".vscode-server/data/User/profiles/*/mcp.json"),
    ],
    { servers: [["servers"]], projectFile: ".vscode/mcp.json", restart: "run MCP: Restart Server" },
  ),
  json(
    "vscode-insiders",
    "VS Code Insiders",
    [
      inApplicationData("Code - Insiders/User/mcp.json"),
      inApplicationData("Code - Insiders/User/profiles/*/mcp.json"),
      inHome(".vscode-server-insiders/data/User/mcp.json"),
    ],
    { servers: [["servers"]], restart: "run MCP: Restart Server" },
  ),
  json(
    "vscode-settings",
    "VS Code (settings.json)",
    [
      inApplicationData("Code/User/settings.json"),
      inApplicationData("Code/User/profiles/*/settings.json"),
    ],
    {
      servers: [["mcp", "servers"]],
      restart: "run MCP: Restart Server",
    },
  ),
  {
    name: "codex",
    title: "Codex",
    format: "toml",
    servers: [["mcp_servers"]],
    files: [{ any: "$CODEX_HOME/config.toml" }, inHome(".codex/config.toml")],
    projectFile: ".codex/config.toml",
    restart: "start a new codex session",
  },
  json("gemini-cli", "Gemini CLI", [inHome(".gemini/settings.json")], {
    projectFile: ".gemini/settings.json",
    restart: "start a new gemini session",
  }),
  json("qwen-code", "Qwen Code", [inHome(".qwen/settings.json")], {
    projectFile: ".qwen/settings.json",
    restart: "start a new qwen session",
  }),
  json("copilot-cli", "GitHub Copilot CLI", [inHome(".copilot/mcp-config.json")]),
  json("windsurf", "Windsurf", [
    inHome(".codeium/windsurf/mcp_config.json"),
    inHome(".codeium/mcp_config.json"),
  ]),
  json(
    "zed",
    "Zed",
    [
      {
        macos: "~/Library/Application Support/Zed/settings.json",
        linux: "$XDG_CONFIG_HOME/zed/settings.json",
        windows: "%APPDATA%/Zed/settings.json",
      },
      inHome(".config/zed/settings.json"),
    ],
    { servers: [["context_servers"]], projectFile: ".zed/settings.json" },
  ),
  json(
    "cline",
    "Cline",
    [
      inApplicationData(`Code/User/${CLINE}`),
      inApplicationData(`Code - Insiders/User/${CLINE}`),
      inApplicationData(`Cursor/User/${CLINE}`),
      { any: "$CLINE_DIR/data/settings/cline_mcp_settings.json" },
      inHome(".cline/data/settings/cline_mcp_settings.json"),
    ],
    { startLimitMs: 3_000 },
  ),
  json("roo-code", "Roo Code", [inApplicationData(`Code/User/${ROO}`)], {
    projectFile: ".roo/mcp.json",
  }),
  json("kilo-code", "Kilo Code", [inApplicationData(`Code/User/${KILO}`)], {
    projectFile: ".kilocode/mcp.json",
  }),
  {
    name: "continue",
    title: "Continue",
    format: "yaml",
    servers: MCP_SERVERS,
    files: [inHome(".continue/config.yaml")],
    restart: "reload the editor window",
  },
  json("antigravity", "Antigravity", [inHome(".gemini/antigravity/mcp_config.json")]),
  {
    name: "goose",
    title: "Goose",
    format: "yaml",
    servers: [["extensions"]],
    fields: { command: "cmd", args: "args" },
    files: [
      {
        macos: "~/.config/goose/config.yaml",
        linux: "$XDG_CONFIG_HOME/goose/config.yaml",
        windows: "%APPDATA%/Block/goose/config/config.yaml",
      },
    ],
    restart: "start a new goose session",
  },
  json(
    "opencode",
    "OpenCode",
    [inHome(".config/opencode/opencode.json"), inHome(".config/opencode/opencode.jsonc")],
    { servers: [["mcp"]], projectFile: "opencode.json", restart: "start a new opencode session" },
  ),
  json(
    "kilo-cli",
    "Kilo CLI",
    [inHome(".config/kilo/kilo.json"), inHome(".config/kilo/kilo.jsonc")],
    { servers: [["mcp"]], projectFile: "kilo.json", restart: "start a new kilo session" },
  ),
  {
    name: "crush",
    title: "Crush",
    format: "json",
    servers: [["mcp"]],
    files: [
      {
        macos: "~/.config/crush/crush.json",
        linux: "$XDG_CONFIG_HOME/crush/crush.json",
        windows: "~/.config/crush/crush.json",
      },
    ],
    projectFile: "crush.json",
    restart: "start a new crush session",
    // It reads every argument as a shell would, `$0` and "$@" too.
    unwrapped: "is started by Crush, which would change the words of a wrapped entry",
  },
  json("junie", "JetBrains Junie", [inHome(".junie/mcp/mcp.json")], {
    projectFile: ".junie/mcp/mcp.json",
  }),
  json("jetbrains-air", "JetBrains Air", [], { projectFile: ".air/mcp.json" }),
  {
    name: "librechat",
    title: "LibreChat",
    format: "yaml",
    servers: MCP_SERVERS,
    files: [],
    projectFile: "librechat.yaml",
    restart: "restart the LibreChat server",
  },
  json("kiro", "Kiro", [inHome(".kiro/settings/mcp.json")], {
    projectFile: ".kiro/settings/mcp.json",
  }),
  json("lm-studio", "LM Studio", [inHome(".lmstudio/mcp.json")]),
  json("amp", "Amp", [inHome(".config/amp/settings.json")], { servers: [["amp.mcpServers"]] }),
  json("amazon-q", "Amazon Q", [inHome(".aws/amazonq/mcp.json")], {
    projectFile: ".amazonq/mcp.json",
  }),
  json("trae", "Trae", [inApplicationData("Trae/User/mcp.json")]),
  json("kimi", "Kimi", [inHome(".kimi/mcp.json")]),
  json("factory", "Factory", [inHome(".factory/mcp.json")], { projectFile: ".factory/mcp.json" }),
  json("qoder", "Qoder", [inHome(".qoder/mcp.json")]),
  {
    name: "mistral-vibe",
    title: "Mistral Vibe",
    format: "toml",
    servers: [["mcp_servers"]],
    files: [inHome(".vibe/config.toml")],
    restart: "start a new vibe session",
  },
];
