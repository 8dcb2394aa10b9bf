/** Which sessions a database of opencode holds, each with those of its sub-agents. */
import type { DatabaseSync } from "node:sqlite";
import type { HistoryFacts } from "../../history.ts";

/** A session that no other one began. */
export interface Root {
  readonly id: string;
  readonly facts: HistoryFacts;
  /** Sessions of its sub-agents, and their own. */
  readonly below: readonly string[];
}

/** @returns undefined when the tables are not those of opencode */
export function rootsOf(database: DatabaseSync): readonly Root[] | undefined {
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
  const names = new Set(tables.map(({ name }) => name));
  if (!["session", "message", "part"].every((name) => names.has(name))) return undefined;
  const rows = database
    .prepare("SELECT id, parent_id, directory, version FROM session ORDER BY time_created, id")
    .all();
  const parents = new Map(rows.map(({ id, parent_id: parent }) => [String(id), parent]));
  const below = new Map<string, string[]>();
  for (const { id } of rows) {
    const root = rootOf(String(id), parents);
    if (root !== id) below.set(root, [...(below.get(root) ?? []), String(id)]);
  }
  return rows
    .filter(({ id }) => rootOf(String(id), parents) === id)
    .map((row) => ({
      id: String(row.id),
      facts: { version: String(row.version ?? ""), project: String(row.directory ?? "") },
      below: below.get(String(row.id)) ?? [],
    }));
}

/** A parent that is gone, or a circle of parents, ends the way up. */
function rootOf(id: string, parents: ReadonlyMap<string, unknown>): string {
  const passed = new Set([id]);
  let at = id;
  for (;;) {
    const parent = parents.get(at);
    if (typeof parent !== "string" || passed.has(parent) || !parents.has(parent)) return at;
    passed.add(parent);
    at = parent;
  }
}
