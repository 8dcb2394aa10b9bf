import { homedir } from "node:os";
import { join } from "node:path";
import type { FormatName } from "./names.ts";

/** What decides where clients keep their histories. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The person's home; asked of the system when absent. */
  readonly home?: string | undefined;
}

/** A file or a folder in which histories of one format may be. */
export interface Place {
  readonly format: FormatName;
  readonly path: string;
}

const EXTENSIONS = ["saoudrizwan.claude-dev", "rooveterinaryinc.roo-cline"];
const EDITORS = ["Code", "Code - Insiders", "VSCodium", "Cursor", "Windsurf"];

/** Where the clients of a person keep their histories, whether they are there or not. */
export function historyPlaces({ env, home = homedir() }: Machine): readonly Place[] {
  const at = (variable: string, ...usual: readonly string[]) =>
    env[variable] || join(home, ...usual);
  const data = at("XDG_DATA_HOME", ".local", "share");
  return [
    { format: "claude-code", path: join(at("CLAUDE_CONFIG_DIR", ".claude"), "projects") },
    { format: "codex", path: join(at("CODEX_HOME", ".codex"), "sessions") },
    { format: "codex", path: join(at("CODEX_HOME", ".codex"), "archived_sessions") },
    { format: "gemini-cli", path: join(home, ".gemini", "tmp") },
    { format: "opencode", path: join(data, "opencode", "opencode.db") },
    { format: "copilot", path: join(at("COPILOT_HOME", ".copilot"), "session-state") },
    { format: "qwen-code", path: join(home, ".qwen", "projects") },
    { format: "cline", path: join(home, ".cline", "data", "sessions") },
    ...EDITORS.flatMap((editor) => editorPlaces(editor, env, home)),
    { format: "continue", path: join(home, ".continue", "sessions") },
    { format: "openhands", path: join(home, ".openhands", "conversations") },
  ];
}

function editorPlaces(editor: string, env: Machine["env"], home: string): readonly Place[] {
  const users = [
    join(env.XDG_CONFIG_HOME || join(home, ".config"), editor, "User"),
    join(home, "Library", "Application Support", editor, "User"),
    ...(env.APPDATA ? [join(env.APPDATA, editor, "User")] : []),
  ];
  return users.flatMap((user) =>
    EXTENSIONS.map((extension) => ({
      format: "cline" as const,
      path: join(user, "globalStorage", extension, "tasks"),
    })),
  );
}
