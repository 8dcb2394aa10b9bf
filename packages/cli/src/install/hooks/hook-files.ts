/** Where each client's hooks are registered, and in which form: one row each. */
import type { HookClientName } from "../../hook/clients/client-names.ts";
import { type HookedEvent, type HookForm, IN_GROUPS } from "./hooks-text.ts";
import { opencodePlugin } from "./opencode-plugin.ts";

/** A file that is ours as a whole. */
export interface OwnHookFile {
  /** @param command what runs the hook for an event; nothing of it is to be changed */
  readonly textOf: (events: readonly HookedEvent[], command: (event: string) => string) => string;
  /** Run by the client as a program. */
  readonly isProgram?: boolean;
}

export interface HookFile {
  readonly client: HookClientName;
  readonly title: string;
  /** The client is on this machine when this folder is there. See `expand`. */
  readonly folder: string;
  /** Below the folder. */
  readonly file: string;
  readonly events: readonly HookedEvent[];
  readonly form: HookForm | OwnHookFile;
  readonly restart: string;
  /** What a person has to do before the client calls a hook, where that is needed. */
  readonly trust?: string | undefined;
}

function events(withMatcher: string, others: string): readonly HookedEvent[] {
  const named = (names: string, hasMatcher: boolean) =>
    names.split(" ").map((name) => ({ name, hasMatcher }));
  return [...named(withMatcher, true), ...named(others, false)];
}

/** An event is registered only when its row in `hook/clients` reads something in it. */
const CLAUDE_TOOLS = "PreToolUse PermissionRequest PostToolUse PostToolUseFailure";
const CLAUDE_OTHERS = "PostToolBatch UserPromptSubmit Stop SubagentStop SessionEnd";

export const HOOK_FILES: readonly HookFile[] = [
  {
    client: "claude-code",
    title: "Claude Code hooks",
    folder: "$CLAUDE_CONFIG_DIR",
    file: "settings.json",
    events: events(CLAUDE_TOOLS, CLAUDE_OTHERS),
    form: IN_GROUPS,
    restart: "start a new claude session",
  },
  {
    client: "codex",
    title: "Codex hooks",
    folder: "$CODEX_HOME",
    file: "hooks.json",
    events: events(
      "PreToolUse PermissionRequest PostToolUse",
      "UserPromptSubmit Stop SubagentStop Interrupt SessionEnd",
    ),
    // Codex says so aloud where more is asked for the last events.
    form: { ...IN_GROUPS, limit: ["timeout", 3] },
    restart: "start a new codex session and trust the hooks there (/hooks): else it runs none",
    trust: "open /hooks in codex and trust them",
  },
  {
    client: "gemini-cli",
    title: "Gemini CLI hooks",
    folder: "~/.gemini",
    file: "settings.json",
    events: events("BeforeTool AfterTool", "BeforeAgent PreCompress AfterAgent SessionEnd"),
    form: { ...IN_GROUPS, limit: ["timeout", 10_000] },
    restart: "start a new gemini session",
  },
  {
    client: "qwen-code",
    title: "Qwen Code hooks",
    folder: "~/.qwen",
    file: "settings.json",
    events: events(CLAUDE_TOOLS, CLAUDE_OTHERS),
    form: { ...IN_GROUPS, limit: ["timeout", 10_000] },
    restart: "start a new qwen session",
  },
  {
    client: "copilot-cli",
    title: "GitHub Copilot CLI hooks",
    folder: "~/.copilot",
    file: "hooks/caum.json",
    events: events(
      "preToolUse permissionRequest postToolUse postToolUseFailure",
      "userPromptSubmitted agentStop subagentStop sessionEnd",
    ),
    form: { textOf: copilotText },
    restart: "start a new copilot session",
  },
  {
    client: "opencode",
    title: "opencode plugin",
    folder: "$XDG_CONFIG_HOME/opencode",
    file: "plugins/caum.js",
    events: [],
    form: { textOf: (_, command) => opencodePlugin(command("")) },
    restart: "start opencode again",
  },
  ...["PreToolUse", "PostToolUse", "SessionShutdown"].map(
    (name): HookFile => ({
      client: "cline",
      title: "Cline hooks",
      folder: "~/.cline",
      file: `hooks/${name}`,
      events: [],
      form: { textOf: (_, command) => `#!/bin/sh\n${command("")}\n`, isProgram: true },
      restart: "start cline again",
    }),
  ),
  {
    client: "cursor",
    title: "Cursor hooks",
    folder: "~/.cursor",
    file: "hooks.json",
    events: events(
      "preToolUse postToolUse",
      "sessionStart beforeSubmitPrompt stop subagentStop sessionEnd",
    ),
    form: { isFlat: true, isNested: true, limit: ["timeout", 10], head: '"version": 1' },
    restart: "restart Cursor",
  },
  {
    client: "devin",
    title: "Devin hooks",
    folder: "$XDG_CONFIG_HOME/devin",
    file: "config.json",
    events: events(
      "PreToolUse PermissionRequest PostToolUse",
      "SessionStart UserPromptSubmit Stop SessionEnd",
    ),
    form: IN_GROUPS,
    restart: "start a new devin session",
  },
  {
    client: "factory",
    title: "Factory droid hooks",
    folder: "~/.factory",
    file: "hooks.json",
    events: events(
      "PreToolUse PostToolUse",
      "SessionStart UserPromptSubmit Stop SubagentStop SessionEnd",
    ),
    form: { ...IN_GROUPS, isNested: false },
    restart: "start a new droid session",
  },
  {
    client: "goose",
    title: "Goose hooks",
    folder: "~/.agents",
    file: "plugins/caum/hooks/hooks.json",
    // A matcher would be a regular expression there, and one that matches nothing.
    events: events("", "SessionStart UserPromptSubmit PreToolUse PostToolUse SessionEnd").filter(
      ({ name }) => name !== "",
    ),
    form: { textOf: gooseText },
    restart: "start a new goose session",
  },
];

function copilotText(events: readonly HookedEvent[], command: (event: string) => string): string {
  const hooks = events.map(({ name }) => [
    name,
    [{ type: "command", bash: command(name), timeoutSec: 10 }],
  ]);
  return written({ version: 1, hooks: Object.fromEntries(hooks) });
}

function gooseText(events: readonly HookedEvent[], command: (event: string) => string): string {
  const hooks = events.map(({ name }) => [
    name,
    [{ hooks: [{ type: "command", command: command(name) }] }],
  ]);
  return written({ hooks: Object.fromEntries(hooks) });
}

function written(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
