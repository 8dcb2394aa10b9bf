/** Sessions rebuilt from public reports: which detector finds the loops in time, and spares the work. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TraceEvent } from "../../packages/cli/src/check/trace-event.ts";
import { type FieldCase, stepsOf } from "../../packages/core/test/health/field/field-case.ts";
import type { Detector } from "./detector.ts";

/** What came of one case: the steps of the first hard alert and of the first alert of any kind. */
export interface FieldOutcome {
  readonly hard: number | undefined;
  readonly fired: number | undefined;
  readonly isRight: boolean;
}

export function readFieldCases(folder: string): readonly FieldCase[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return files.toSorted().map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")));
}

/** The events that a case becomes, numbered like steps. */
function traceOf({ name, events }: FieldCase): readonly TraceEvent[] {
  let step = 0;
  return stepsOf(events).map((observed) => {
    if (observed.kind !== "user") step += 1;
    return { sessionId: name, step, observed, unknownFields: [] };
  });
}

/** A loop is right with a hard alert at or before its latest step, work without any alert. */
export function outcomeOf(one: FieldCase, { begin }: Detector): FieldOutcome {
  const watch = begin();
  let hard: number | undefined;
  let fired: number | undefined;
  for (const event of traceOf(one)) {
    const { alert, tierAlert } = watch(event);
    if (alert) hard ??= event.step;
    if (alert || tierAlert) fired ??= event.step;
  }
  const isRight =
    one.expect === "work"
      ? fired === undefined
      : hard !== undefined && hard <= (one.latestStep ?? Number.POSITIVE_INFINITY);
  return { hard, fired, isRight };
}

/** The kinds of issue that the cases stand for; a case that is not listed is of the last. */
export const FIELD_KINDS: Readonly<Record<string, readonly string[]>> = {
  "siblings: calls of one turn": ["siblings-cancelled", "parallel-shuffled"],
  "new answers are progress": [
    "codex-write-stdin",
    "move-north",
    "resume-download",
    "roo-read-output",
  ],
  "the same call that never works": [
    "bad-json-args-ok-status",
    "delegation-same-task",
    "retry-random-id",
    "unknown-tools",
  ],
  "a look between does not excuse": ["edit-undo", "read-editfail-varying"],
  waits: [
    "backoff-429-then-ok",
    "bg-cat-tight",
    "ci-wait-table",
    "openhands-empty-wait",
    "poll-one-hour",
  ],
  "notes and compaction": [
    "compaction-5-reads-user",
    "cycle-12-with-notes",
    "stop-hook-varied-text",
  ],
  "counters and ping-pong": ["cache-buster-now", "opencode-ab"],
  "lists of things to do": ["todo-each-step", "todo-oscillation"],
  others: [],
};

export function kindOfCase(name: string): string {
  const kind = Object.entries(FIELD_KINDS).find(([, names]) => names.includes(name));
  return kind?.[0] ?? "others";
}
