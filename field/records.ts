/** What a run of a client left under its CAUM_HOME. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { replay } from "@caum/core/health";
import type { StructuralRecord } from "@caum/core/verify";

export interface Run {
  readonly folder: string;
  readonly layer: string;
  readonly sessionId: string;
  readonly isClosed: boolean;
  readonly records: readonly StructuralRecord[];
}

export function runsIn(home: string): readonly Run[] {
  const runs = join(home, "runs");
  if (!existsSync(runs)) return [];
  return readdirSync(runs).map((name) => runIn(join(runs, name)));
}

function runIn(folder: string): Run {
  const text = readFileSync(join(folder, "records.ndjson"), "utf8").trim();
  const records: readonly StructuralRecord[] = text.split("\n").map((line) => JSON.parse(line));
  const [open] = records;
  const payload = open?.category === "lifecycle" ? open.payload : undefined;
  const isClosed = records.some(
    ({ category, payload: own }) => category === "lifecycle" && own.type === "close",
  );
  return {
    folder,
    layer: payload?.type === "open" ? payload.layer : "unknown",
    sessionId: open?.sessionId ?? "",
    isClosed,
    records,
  };
}

/** The tool calls of these runs, by time. */
export function callsOf(runs: readonly Run[]) {
  return runs
    .flatMap(({ records }) => records)
    .filter((record) => record.category === "tool_api")
    .sort((a, b) => Date.parse(a.sourceTimestamp) - Date.parse(b.sourceTimestamp));
}

/** Steps that were judged, and the first at which a hard alert stood, in the session of a run. */
export function judged(runs: readonly Run[], sessionId: string) {
  const own = runs.filter((run) => run.sessionId === sessionId);
  const steps = [...replay(own.flatMap(({ records }) => records))];
  return {
    count: steps.at(-1)?.step ?? 0,
    alertStep: steps.find(({ publicClass }) => publicClass === "hard_alert")?.step,
  };
}

/** Files below a folder that hold the text. */
export function filesWith(folder: string, text: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path, "latin1").includes(text));
}
