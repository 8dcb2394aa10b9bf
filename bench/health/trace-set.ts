import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import {
  parseObject,
  type TraceEvent,
  traceEventOf,
} from "../../packages/cli/src/check/trace-event.ts";

/** What is known of a session with hindsight; bench/health/README.md describes the verdicts. */
export interface Interval {
  readonly verdict: "loop" | "ambiguous" | "stagnation" | "wait";
  readonly kind: string;
  readonly start: number;
  readonly onset: number;
  readonly proven: number;
  readonly end: number;
  readonly period: number;
}

export interface LabelledSession {
  readonly session_id: string;
  readonly source: string;
  /** Hash of the task; sessions of one task are fitted or tested together. */
  readonly task: string;
  readonly outcome: "success" | "fail" | "unknown";
  readonly n: number;
  readonly intervals: readonly Interval[];
}

export interface TraceSet {
  readonly sessions: readonly LabelledSession[];
  /** Events of each session, in order. */
  readonly events: ReadonlyMap<string, readonly TraceEvent[]>;
}

/** What a detector is allowed to see. */
export type Sight = "full" | "no arguments" | "no results" | "labels only" | "tool and content";

const ARGUMENT_FIELDS = ["args_hash", "args_norm", "args_shape", "args_sig"];
const RESULT_FIELDS = ["result_hash", "result_norm", "result_shape", "result_size"];
const HIDDEN: Readonly<Record<Sight, readonly string[]>> = {
  full: [],
  "no arguments": ARGUMENT_FIELDS,
  "no results": RESULT_FIELDS,
  "labels only": [...ARGUMENT_FIELDS, ...RESULT_FIELDS],
  // As somebody posts steps by hand: the tool, and a text about what came out of it.
  "tool and content": [...ARGUMENT_FIELDS, "state_id"],
};

/** Reads every `*events.jsonl.gz` of a folder and the `*sessions.jsonl.gz` beside it. */
export function readTraceSet(folder: string, sight: Sight): TraceSet {
  const sessions: LabelledSession[] = [];
  const events = new Map<string, TraceEvent[]>();
  for (const prefix of ["", "synth-"]) {
    const eventsFile = join(folder, `${prefix}events.jsonl.gz`);
    if (!existsSync(eventsFile)) continue;
    for (const line of linesOf(join(folder, `${prefix}sessions.jsonl.gz`))) {
      sessions.push(JSON.parse(line));
    }
    for (const line of linesOf(eventsFile)) {
      const read = traceEventOf(parseObject(hide(line, HIDDEN[sight])));
      const event = sight === "tool and content" ? posted(read) : read;
      const known = events.get(event.sessionId);
      if (known === undefined) events.set(event.sessionId, [event]);
      else known.push(event);
    }
  }
  if (sessions.length === 0) throw new Error(`no traces in ${folder}`);
  return { sessions, events };
}

/** What is posted about a step proves less than what a client saw of it. */
function posted(event: TraceEvent): TraceEvent {
  return { ...event, observed: { ...event.observed, weakContent: true } };
}

function hide(line: string, fields: readonly string[]): string {
  if (fields.length === 0) return line;
  const event: Record<string, unknown> = JSON.parse(line);
  for (const field of fields) delete event[field];
  return JSON.stringify(event);
}

function linesOf(file: string): readonly string[] {
  return gunzipSync(readFileSync(file))
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "");
}
