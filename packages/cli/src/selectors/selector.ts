/** Which sessions a command is to look at, as one text: `workflow=checkout,since=7d`. */
import { existsSync } from "node:fs";

/** What a session must be to be taken. */
export interface ProfileFilter {
  readonly workflow?: string;
  readonly agent?: string;
  readonly cohort?: string;
  readonly client?: string;
  /** Those that began at or after this moment, and before that one; milliseconds since 1970. */
  readonly sinceMs?: number;
  readonly untilMs?: number;
  /** The newest so many of those. */
  readonly last?: number;
}

export interface Selector {
  readonly text: string;
  readonly filter: ProfileFilter;
  /** Folders and files; where there are none and no runs, whatever is configured is asked. */
  readonly paths: readonly string[];
  /** The CAUM_HOME whose runs are read; empty for the one of this machine. */
  readonly runs: string | undefined;
}

/** A selector that says nothing that is known, with what to write instead. */
export class SelectorError extends Error {
  override readonly name = "SelectorError";
}

const UNIT_MS: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 60 * 60_000,
  d: 24 * 60 * 60_000,
  w: 7 * 24 * 60 * 60_000,
};
const NAMES = ["workflow", "agent", "cohort", "client"] as const;
const KNOWN = [...NAMES, "since", "until", "last"].map((name) => `${name}=`).join(", ");
const RUNS = "runs:";

/** @throws {SelectorError} when a part of it is not understood */
export function parseSelector(text: string, nowMs: number): Selector {
  let filter: ProfileFilter = {};
  const paths: string[] = [];
  let runs: string | undefined;
  if (text === "")
    throw new SelectorError(`a selector is empty: write ${KNOWN}a folder or ${RUNS}`);
  for (const part of existsSync(text) ? [text] : text.split(",")) {
    if (part.startsWith(RUNS)) runs = part.slice(RUNS.length);
    else if (existsSync(part)) paths.push(part);
    else filter = { ...filter, ...filterOf(part, nowMs) };
  }
  return { text, filter, paths, runs };
}

function filterOf(part: string, nowMs: number): ProfileFilter {
  const [, name = "", value = ""] = /^([a-z]+)=(.+)$/s.exec(part) ?? [];
  const known = NAMES.find((one) => one === name);
  if (known !== undefined) return { [known]: value };
  if (name === "since") return { sinceMs: momentOf(name, value, nowMs) };
  if (name === "until") return { untilMs: momentOf(name, value, nowMs) };
  if (name === "last") return { last: countOf(value) };
  throw new SelectorError(
    `"${part}" selects nothing: it is no file or folder that exists, and none of ${KNOWN}, ${RUNS}`,
  );
}

function momentOf(name: string, value: string, nowMs: number): number {
  const [, count, unit = ""] = /^(\d{1,6})([mhdw])$/.exec(value) ?? [];
  const back = UNIT_MS[unit];
  if (count !== undefined && back !== undefined) return nowMs - Number(count) * back;
  const atMs = /^\d{4}-\d{2}-\d{2}/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isFinite(atMs)) return atMs;
  throw new SelectorError(`${name}=${value} is no time: write 12h, 7d, 4w or 2026-11-01`);
}

function countOf(value: string): number {
  if (/^[1-9]\d{0,6}$/.test(value)) return Number(value);
  throw new SelectorError(`last=${value} is no number of sessions`);
}
