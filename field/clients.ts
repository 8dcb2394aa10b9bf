/** The clients that are run, each in the version that its row was made with. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Facts } from "./facts.ts";

/** Where a client runs: folders of its own, and the model. */
export interface Stage {
  readonly home: string;
  readonly project: string;
  readonly modelUrl: string;
  /** Program and arguments of the MCP server. */
  readonly server: readonly string[];
  /** Where the client's packages are. */
  readonly bin: (name: string) => string;
}

export interface FieldClient {
  /** As `caum install --client` takes it. */
  readonly name: string;
  readonly title: string;
  readonly packageName: string;
  readonly version: string;
  readonly env: (stage: Stage) => Readonly<Record<string, string>>;
  /** Writes the client's own configuration, with the server `srv` in it. */
  readonly configure: (stage: Stage) => void;
  /** Words that sign in, where a file is not enough. */
  readonly prepare?: (stage: Stage) => readonly string[];
  /** Words that run the prompt without a person. */
  readonly words: (stage: Stage, prompt: string) => readonly string[];
  /** The name of an MCP tool that the client does not offer before it was looked for. */
  readonly hiddenTool?: (tool: string) => string;
  /** Variables that set its exporter, where no file does. */
  readonly exportsBy?: (collector: string, key: string) => Readonly<Record<string, string>>;
  /** What is to be seen; what is absent cannot be. */
  readonly expects: Facts;
  /** The longest that a run takes. */
  readonly seconds?: number;
}

const KEY = "made-up-key";

/** What holds for a client whose hooks tell everything and whose servers learn its session. */
const WHOLE: Facts = {
  shell: "ok",
  edit: "error",
  exit: "error",
  failing: "error",
  proxied: "error",
  turn: "yes",
  sessions: "1",
  once: "yes",
  loop: "yes",
  closed: "yes",
  proof: "ok",
  content: "none",
  uninstall: "nothing of ours left",
};

function without(facts: Facts, ...names: readonly (keyof Facts)[]): Facts {
  return Object.fromEntries(
    Object.entries(facts).filter(([name]) => !names.some((other) => other === name)),
  );
}

/** What the proxy alone can see. */
const PROXY_ONLY = without(WHOLE, "shell", "edit", "exit", "failing", "turn", "once");

function write(stage: Stage, path: string, content: unknown): void {
  const file = join(stage.home, path);
  mkdirSync(dirname(file), { recursive: true });
  const text = typeof content === "string" ? content : `${JSON.stringify(content, undefined, 2)}\n`;
  writeFileSync(file, text);
}

function serverEntry({ server: [command, ...args] }: Stage) {
  return { command, args };
}

export const FIELD_CLIENTS: readonly FieldClient[] = [
  {
    name: "claude-code",
    title: "Claude Code",
    packageName: "@anthropic-ai/claude-code",
    version: "2.1.328",
    env: ({ modelUrl }) => ({
      ANTHROPIC_BASE_URL: modelUrl,
      ANTHROPIC_API_KEY: KEY,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      DISABLE_AUTOUPDATER: "1",
      ENABLE_TOOL_SEARCH: "false",
      IS_SANDBOX: "1",
    }),
    configure: (stage) => {
      write(stage, ".claude.json", {
        hasCompletedOnboarding: true,
        mcpServers: { srv: { type: "stdio", ...serverEntry(stage), env: {} } },
      });
      write(stage, ".claude/settings.json", { includeCoAuthoredBy: false });
    },
    words: ({ bin }, prompt) => [bin("claude"), "-p", prompt, "--dangerously-skip-permissions"],
    expects: WHOLE,
  },
  {
    name: "codex",
    title: "Codex",
    packageName: "@openai/codex",
    version: "0.169.0",
    env: () => ({ FIELD_KEY: KEY }),
    configure: (stage) => {
      const [command, ...args] = stage.server;
      const text = [
        'model = "gpt-5.4"',
        'model_provider = "field"',
        "",
        "[model_providers.field]",
        'name = "field"',
        `base_url = "${stage.modelUrl}/v1"`,
        'env_key = "FIELD_KEY"',
        'wire_api = "responses"',
        "",
        "[mcp_servers.srv]",
        `command = ${JSON.stringify(command)}`,
        `args = ${JSON.stringify(args)}`,
        "",
      ];
      write(stage, ".codex/config.toml", text.join("\n"));
    },
    words: ({ bin }, prompt) => [
      bin("codex"),
      "exec",
      "--skip-git-repo-check",
      "--dangerously-bypass-approvals-and-sandbox",
      "--dangerously-bypass-hook-trust",
      prompt,
    ],
    // Nothing in its events tells turns apart, and it makes these calls one after the other.
    expects: { ...without(WHOLE, "edit"), exit: "ok", turn: "no" },
  },
  {
    name: "gemini-cli",
    title: "Gemini CLI",
    packageName: "@google/gemini-cli",
    version: "0.61.0",
    env: ({ modelUrl }) => ({
      GEMINI_API_KEY: KEY,
      GOOGLE_GEMINI_BASE_URL: modelUrl,
      GEMINI_CLI_TRUST_WORKSPACE: "true",
    }),
    configure: (stage) =>
      write(stage, ".gemini/settings.json", {
        security: { auth: { selectedType: "gemini-api-key" } },
        general: { enableAutoUpdate: false },
        privacy: { usageStatisticsEnabled: false },
        mcpServers: { srv: serverEntry(stage) },
      }),
    words: ({ bin }, prompt) => [
      bin("gemini"),
      "--approval-mode",
      "yolo",
      "-m",
      "gemini-2.5-pro",
      "-p",
      prompt,
    ],
    expects: { ...WHOLE, sessions: "2" },
  },
  {
    name: "qwen-code",
    title: "Qwen Code",
    packageName: "@qwen-code/qwen-code",
    version: "0.24.4",
    env: ({ modelUrl }) => ({
      OPENAI_API_KEY: KEY,
      OPENAI_BASE_URL: `${modelUrl}/v1`,
      OPENAI_MODEL: "test-model",
    }),
    configure: (stage) =>
      write(stage, ".qwen/settings.json", {
        security: { auth: { selectedType: "openai" } },
        privacy: { usageStatisticsEnabled: false },
        mcpServers: { srv: serverEntry(stage) },
      }),
    hiddenTool: (tool) => `mcp__srv__${tool}`,
    words: ({ bin }, prompt) => [bin("qwen"), "--approval-mode", "yolo", "-p", prompt],
    expects: WHOLE,
  },
  {
    name: "copilot-cli",
    title: "GitHub Copilot CLI",
    packageName: "@github/copilot",
    version: "1.0.102",
    env: ({ modelUrl }) => ({
      COPILOT_PROVIDER_TYPE: "openai",
      COPILOT_PROVIDER_BASE_URL: `${modelUrl}/v1`,
      COPILOT_PROVIDER_API_KEY: KEY,
      COPILOT_MODEL: "test-model",
      COPILOT_AUTO_UPDATE: "false",
      COPILOT_OFFLINE: "true",
    }),
    configure: (stage) =>
      write(stage, ".copilot/mcp-config.json", {
        mcpServers: { srv: { type: "local", ...serverEntry(stage), tools: ["*"] } },
      }),
    words: ({ bin }, prompt) => [bin("copilot"), "--allow-all-tools", "-p", prompt],
    exportsBy: (collector, key) => ({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector,
      OTEL_EXPORTER_OTLP_HEADERS: `x-api-key=${key}`,
    }),
    expects: WHOLE,
  },
  {
    name: "opencode",
    title: "opencode",
    packageName: "opencode-ai",
    version: "1.18.33",
    env: () => ({ OPENCODE_DISABLE_AUTOUPDATE: "1", OPENCODE_DISABLE_MODELS_FETCH: "1" }),
    configure: (stage) =>
      write(stage, ".config/opencode/opencode.json", {
        autoupdate: false,
        share: "disabled",
        provider: {
          field: {
            npm: "@ai-sdk/openai-compatible",
            name: "field",
            options: { baseURL: `${stage.modelUrl}/v1`, apiKey: KEY },
            models: { test: { name: "test", tool_call: true } },
          },
        },
        model: "field/test",
        small_model: "field/test",
        mcp: { srv: { type: "local", command: stage.server, enabled: true } },
      }),
    words: ({ bin }, prompt) => [bin("opencode"), "run", prompt],
    expects: { ...WHOLE, sessions: "2" },
    // Without a network it looks for its registry before it loads plugins.
    seconds: 240,
  },
  {
    name: "continue",
    title: "Continue CLI",
    packageName: "@continuedev/cli",
    version: "1.5.47",
    env: () => ({ CONTINUE_TELEMETRY_ENABLED: "0" }),
    configure: (stage) => {
      const [command, ...args] = stage.server;
      const text = [
        "name: field",
        "version: 1.0.0",
        "schema: v1",
        "models:",
        "  - name: test",
        "    provider: openai",
        "    model: test-model",
        `    apiBase: ${stage.modelUrl}/v1`,
        `    apiKey: ${KEY}`,
        "    roles: [chat]",
        "    capabilities: [tool_use]",
        "mcpServers:",
        "  - name: srv",
        `    command: ${JSON.stringify(command)}`,
        `    args: ${JSON.stringify(args)}`,
        "",
      ];
      write(stage, ".continue/config.yaml", text.join("\n"));
    },
    words: ({ bin, home }, prompt) => [
      bin("cn"),
      "-p",
      prompt,
      "--auto",
      "--config",
      join(home, ".continue/config.yaml"),
    ],
    expects: PROXY_ONLY,
  },
  {
    name: "cline",
    title: "Cline CLI",
    packageName: "cline",
    version: "3.0.65",
    env: () => ({ CLINE_TELEMETRY_DISABLED: "1" }),
    configure: (stage) =>
      write(stage, ".cline/data/settings/cline_mcp_settings.json", {
        mcpServers: { srv: serverEntry(stage) },
      }),
    prepare: ({ bin, modelUrl }) => [
      bin("cline"),
      "auth",
      "--provider",
      "openai",
      "--apikey",
      KEY,
      "--modelid",
      "test-model",
      "--baseurl",
      `${modelUrl}/v1`,
    ],
    words: ({ bin }, prompt) => [
      bin("cline"),
      "--provider",
      "openai",
      "--model",
      "test-model",
      prompt,
    ],
    expects: { ...WHOLE, sessions: "2" },
  },
];
