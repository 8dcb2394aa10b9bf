/**
 * Which records a process put into its segments, noted beside them with each append.
 *
 * The segments alone cannot say where they ended: with this, records that are missing at the end are
 * told from a line that was cut off while it was written, of which nobody was told that it is kept.
 */
import { join } from "node:path";
import { isCount, isObject } from "../upstream/answer.ts";
import type { Entry } from "../upstream/upstream.ts";
import { namesIn } from "./owned-folder.ts";
import { seal, unseal } from "./sealed-line.ts";
import { KEPT_FILE } from "./segments.ts";
import { openTrusted } from "./trusted.ts";

/** What was kept of one run. */
export interface KeptRun {
  readonly agentId: string;
  readonly sessionId: string;
  readonly runId: string;
  /** Seq of the first and of the last record. */
  readonly from: number;
  readonly to: number;
  /** `sourceTimestamp` of the last record. */
  readonly at: string;
}

export function keptPath(folder: string): string {
  return join(folder, KEPT_FILE);
}

/** @param entries each run in the order of its seq */
export function keptIn(entries: readonly Entry[]): readonly KeptRun[] {
  const first = new Map<string, number>();
  const last = new Map<string, Entry>();
  for (const entry of entries) {
    if (!first.has(entry.runId)) first.set(entry.runId, entry.seq);
    last.set(entry.runId, entry);
  }
  return [...last.values()].map(({ sessionId, runId, seq, line }) => {
    // True because the line of an entry is a canonical record, which has both fields.
    const { agentId = "", sourceTimestamp: at = "" } = JSON.parse(line) as Record<string, string>;
    return { agentId, sessionId, runId, from: first.get(runId) ?? seq, to: seq, at };
  });
}

/** @param runs what was kept so far; what was kept after it is added */
export function addKept(runs: Map<string, KeptRun>, later: Iterable<KeptRun>): void {
  for (const kept of later) {
    runs.set(kept.runId, { ...kept, from: runs.get(kept.runId)?.from ?? kept.from });
  }
}

/** One line of the note. */
export function noteOf(runs: readonly KeptRun[]): string {
  return seal(JSON.stringify(runs));
}

export interface ReadKept {
  readonly runs: readonly KeptRun[];
  /** Lines that are not as they were written. */
  readonly damaged: number;
}

/** @returns undefined when there is a note that must not or cannot be read */
export async function readKeptRuns(folder: string): Promise<ReadKept | undefined> {
  // Older versions made none.
  if (!(await namesIn(folder)).includes(KEPT_FILE)) return { runs: [], damaged: 0 };
  const file = await openTrusted(keptPath(folder));
  try {
    const text = await file?.readFile("utf8");
    return text === undefined ? undefined : parse(text);
  } catch {
    return undefined;
  } finally {
    await file?.close().catch(() => undefined);
  }
}

function parse(text: string): ReadKept {
  const runs = new Map<string, KeptRun>();
  let damaged = 0;
  // Behind the last newline is a line that was cut off while it was written.
  for (const line of text.split("\n").slice(0, -1)) {
    const kept = runsIn(line);
    if (kept) addKept(runs, kept);
    else damaged += 1;
  }
  return { runs: [...runs.values()], damaged };
}

function runsIn(line: string): readonly KeptRun[] | undefined {
  try {
    const parsed: unknown = JSON.parse(unseal(line) ?? "");
    return Array.isArray(parsed) && parsed.every(isKeptRun) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isKeptRun(value: unknown): value is KeptRun {
  if (!isObject(value)) return false;
  const { agentId, sessionId, runId, from, to, at } = value;
  const isNamed = [agentId, sessionId, runId, at].every((name) => typeof name === "string");
  return isNamed && isCount(from) && isCount(to);
}
