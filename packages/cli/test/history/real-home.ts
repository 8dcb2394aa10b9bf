/** A home with the histories that eight real clients left, where each of them keeps its own. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ZipFile } from "../../../histories/src/files/zip.ts";
import { zipOf } from "../../../histories/test/zip-of.ts";

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

const EXPORTS = [
  "openhands",
  "swe-agent",
  "inspect",
  "langsmith",
  "langfuse",
  "otlp",
  "trace",
] as const;

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
  /^(?:action|args|arguments|code|command|content|error|input|message|observation|output|parsedArgs|prompt|response|result|rejection_reason|status_message|statusMessage|text|thought|title|value|why)$/;

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

/** Exports and runs of agents, each in the form of its program; marked where wanted. */
export function exportsFolder(isMarked: boolean): string {
  const folder = mkdtempSync(join(tmpdir(), "caum-exports-"));
  for (const name of EXPORTS) cpSync(join(FIXTURES, name), join(folder, name), { recursive: true });
  if (!isMarked) return folder;
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const path = join(folder, name);
    if (/\.(?:jsonl?|traj)$/.test(name)) markFile(path);
    if (name.endsWith(".eval")) markArchive(path);
    if (name.endsWith(".csv")) {
      const text = readFileSync(path, "utf8");
      writeFileSync(path, text.replace(/A-17|no such price|quoted/g, `$& ${MARKER}`));
    }
  }
  return folder;
}

function markFile(path: string): void {
  const text = readFileSync(path, "utf8");
  const marked = path.endsWith(".jsonl")
    ? text.trim().split("\n").map(markText).join("\n")
    : markText(text);
  writeFileSync(path, `${marked}\n`);
}

function markText(json: string): string {
  return JSON.stringify(withMarker(JSON.parse(json), ""));
}

function markArchive(path: string): void {
  const archive = new ZipFile(path, statSync(path).size);
  const files = archive.entries.map((entry) => [entry.name, markText(archive.textOf(entry))]);
  archive.close();
  writeFileSync(path, zipOf(Object.fromEntries(files)));
}

function withMarker(value: unknown, key: string): unknown {
  if (typeof value === "string") return markedString(value, key);
  if (Array.isArray(value)) return value.map((item) => withMarker(item, key));
  if (typeof value !== "object" || value === null) return value;
  // An attribute of OpenTelemetry has its name beside its value.
  const { key: attribute } = value as { readonly key?: unknown };
  const own = typeof attribute === "string" ? attribute.split(".").at(-1) : undefined;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      name === "key" ? item : withMarker(item, own ?? (/^\w+Value$/.test(name) ? key : name)),
    ]),
  );
}

function markedString(text: string, key: string): string {
  const isReference = text.startsWith("attachment://");
  if (/^[[{].*[\]}]$/s.test(text)) {
    try {
      return markText(text);
    } catch {
      // It only looks like JSON.
    }
  }
  const isContent = CONTENT_KEYS.test(key) || /[\s/\\]/.test(text);
  const isTime = /^\d{4}-\d\d-\d\d[T ]/.test(text);
  return isContent && !isReference && !isTime ? `${text} ${MARKER}` : text;
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
