/** A home with the histories that eight real clients left, where each of them keeps its own. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";

const FIXTURES = join(import.meta.dirname, "../../../histories/test/fixtures");
const PLACES = {
  "claude-code/2.1.328": ".claude/projects/-home-user-proj",
  "codex/0.169.0": ".codex/sessions/2026/11/28",
  "gemini-cli/0.61.0": ".gemini/tmp/proj/chats",
  "opencode/1.18.33/opencode.db": ".local/share/opencode/opencode.db",
  "copilot/1.0.102": ".copilot/session-state",
  "qwen-code/0.24.4": ".qwen/projects/proj/chats",
  "cline/3.0.65": ".cline/data/sessions/1795877874470_t5v5y",
  "continue/1.5.47": ".continue/sessions",
} as const;

export function realHome(): string {
  const home = mkdtempSync(join(tmpdir(), "caum-histories-"));
  for (const [from, to] of Object.entries(PLACES)) {
    mkdirSync(dirname(join(home, to)), { recursive: true });
    cpSync(join(FIXTURES, from), join(home, to), { recursive: true });
  }
  return home;
}

export const MARKER = "zq7canary";
const CONTENT_KEYS =
  /^(?:args|arguments|code|command|content|error|input|message|output|parsedArgs|prompt|result|text|title|why)$/;

/** The same home with a marker in everything that is content, in every format. */
export function markedHome(): string {
  const home = realHome();
  for (const name of readdirSync(home, { recursive: true, encoding: "utf8" })) {
    const path = join(home, name);
    if (/\.jsonl?$/.test(name)) markFile(path);
    if (name.endsWith(".db")) markDatabase(path);
  }
  return home;
}

function markFile(path: string): void {
  const text = readFileSync(path, "utf8");
  const marked = path.endsWith(".jsonl")
    ? text
        .trim()
        .split("\n")
        .map((line) => JSON.stringify(withMarker(JSON.parse(line), "")))
        .join("\n")
    : JSON.stringify(withMarker(JSON.parse(text), ""));
  writeFileSync(path, `${marked}\n`);
}

function withMarker(value: unknown, key: string): unknown {
  if (typeof value === "string") {
    const isContent = CONTENT_KEYS.test(key) || /[\s/\\]/.test(value);
    return isContent ? `${value} ${MARKER}` : value;
  }
  if (Array.isArray(value)) return value.map((item) => withMarker(item, key));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, withMarker(item, name)]),
  );
}

function markDatabase(path: string): void {
  const database = new DatabaseSync(path);
  for (const table of ["part", "message"]) {
    const rows = database.prepare(`SELECT id, data FROM ${table}`).all();
    const update = database.prepare(`UPDATE ${table} SET data = ? WHERE id = ?`);
    for (const { id, data } of rows) {
      update.run(JSON.stringify(withMarker(JSON.parse(String(data)), "")), String(id));
    }
  }
  database
    .prepare("UPDATE session SET directory = directory || ?, title = title || ?")
    .run(MARKER, MARKER);
  database.close();
}
