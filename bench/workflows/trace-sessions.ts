/** Sessions of structural traces, as workflows: one source is one workflow. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Step } from "@caum/core/health";
import {
  type Fields,
  parseObject,
  traceEventOf,
} from "../../packages/cli/src/check/trace-event.ts";

/** A step and what it cost; `tokens` is absent where the source has none. */
export interface TracedStep {
  readonly step: Step;
  readonly tokens?: number;
}

export interface TracedSession {
  readonly id: string;
  readonly source: string;
  readonly model: string;
  /** Whether the task was solved, where the source says so. */
  readonly resolved?: boolean;
  readonly steps: readonly TracedStep[];
}

/** Reads `events.jsonl.gz` and `sessions.jsonl.gz` of a folder. */
export function readSessions(folder: string): readonly TracedSession[] {
  const steps = new Map<string, TracedStep[]>();
  for (const line of linesOf(join(folder, "events.jsonl.gz"))) {
    const fields = parseObject(line);
    const { sessionId, observed } = traceEventOf(fields);
    const tokens = tokensOf(fields);
    const traced = { step: observed, ...(tokens !== undefined && { tokens }) };
    const known = steps.get(sessionId);
    if (known === undefined) steps.set(sessionId, [traced]);
    else known.push(traced);
  }
  return linesOf(join(folder, "sessions.jsonl.gz")).map((line) => {
    const { session_id, source, model, outcome } = JSON.parse(line);
    return {
      id: session_id,
      source,
      model,
      steps: steps.get(session_id) ?? [],
      ...(outcome !== "unknown" && { resolved: outcome === "success" }),
    };
  });
}

function tokensOf({ input_tokens, output_tokens }: Fields): number | undefined {
  const known = [input_tokens, output_tokens].filter((count) => typeof count === "number");
  return known.length === 0 ? undefined : known.reduce((sum, count) => sum + count, 0);
}

function linesOf(file: string): readonly string[] {
  return gunzipSync(readFileSync(file))
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "");
}
