/** Sessions rebuilt from public reports: which detector finds the loops in time, and spares the work. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TraceEvent } from "../../packages/cli/src/check/trace-event.ts";
import { SessionKeys } from "../../packages/core/src/capture/digest.ts";
import { type Observation, payloadOf } from "../../packages/core/src/capture/observation.ts";
import type { Status } from "../../packages/core/src/capture/record.ts";
import { stepOf } from "../../packages/core/src/health/step-of.ts";
import type { Detector } from "./detector.ts";

interface FieldEvent {
  readonly t: number;
  readonly tool?: string;
  readonly args?: unknown;
  readonly result?: unknown;
  readonly status?: Status;
  readonly parent?: string;
  readonly agent?: string;
  readonly server?: string;
  readonly role?: "user" | "assistant";
  readonly content?: string;
}

export interface FieldCase {
  readonly name: string;
  readonly expect: "loop" | "work";
  /** Step at which a person would call it a loop, and the last at which it is of use to know. */
  readonly callsItAtStep: number | null;
  readonly latestStep: number | null;
  readonly why: string;
  readonly events: readonly FieldEvent[];
}

/** What came of one case: the steps of the first hard alert and of the first alert of any kind. */
export interface FieldOutcome {
  readonly hard: number | undefined;
  readonly fired: number | undefined;
  readonly isRight: boolean;
}

const START_MS = 1_764_300_000_000;

export function readFieldCases(folder: string): readonly FieldCase[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return files.toSorted().map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")));
}

/** The events that a case becomes on its way through capture, numbered like steps. */
export function traceOf({ name, events }: FieldCase): readonly TraceEvent[] {
  const key = new Uint8Array(32).fill(7);
  const keys = new SessionKeys({ id: "bench", origin: "file", sessionKey: () => key }, name);
  let step = 0;
  return events.flatMap((event) => {
    const draft = payloadOf(observationOf(event), { keys, hashNames: false });
    const at = new Date(START_MS + Math.round(event.t * 1_000)).toISOString();
    const observed = stepOf({ ...draft, sourceTimestamp: at });
    if (observed === undefined) return [];
    if (observed.kind !== "user") step += 1;
    return [{ sessionId: name, step, observed, unknownFields: [] }];
  });
}

function observationOf(event: FieldEvent): Observation {
  const { agent, args, content, parent, result, role, server, status = "ok", tool } = event;
  if (tool === undefined) return { kind: "message", role, content, agent, parent };
  return { tool, arguments: args, result, status, agent, parent, server };
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
