/** What is counted of histories: by the readers, and by patterns over the bytes. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ReadSession, sum } from "./read-all.ts";

export const FIXTURES = join(import.meta.dirname, "fixtures");

export interface Count {
  readonly sessions: number;
  readonly calls: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly agents: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export function countOf(sessions: readonly ReadSession[]): Count {
  const used = sessions.filter(({ events }) => events.length > 0);
  const calls = used.flatMap((session) => session.calls);
  const turns = used.flatMap((session) => session.turns);
  const statuses: Record<string, number> = {};
  for (const { status = "" } of calls) statuses[status] = (statuses[status] ?? 0) + 1;
  return {
    sessions: used.length,
    calls: calls.length,
    statuses,
    agents: new Set(calls.map(({ agent }) => agent)).size,
    inputTokens: sum(turns.map(({ inputTokens }) => inputTokens)),
    outputTokens: sum(turns.map(({ outputTokens }) => outputTokens)),
  };
}

export function textOf(client: string, ending: string): string {
  return readdirSync(join(FIXTURES, client), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(join(FIXTURES, client, name), "utf8"))
    .join("\n");
}

/** The lines of a client's files that have all of these in them. */
export function linesWith(text: string, ...parts: readonly (string | RegExp)[]): readonly string[] {
  const isIn = (line: string, part: string | RegExp) =>
    typeof part === "string" ? line.includes(part) : part.test(line);
  return text.split("\n").filter((line) => parts.every((part) => isIn(line, part)));
}

/** How many different texts the first group of a pattern has. */
export function distinct(text: string, pattern: RegExp): number {
  return new Set([...text.matchAll(pattern)].map(([, name]) => name)).size;
}

export function numbers(text: string, pattern: RegExp): readonly number[] {
  return [...text.matchAll(pattern)].map(([, digits]) => Number(digits));
}
