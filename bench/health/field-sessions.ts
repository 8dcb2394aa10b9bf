/** Real sessions without a known loop: every hard alert in them is taken to be false. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import {
  parseObject,
  type TraceEvent,
  traceEventOf,
} from "../../packages/cli/src/check/trace-event.ts";
import type { Detector } from "./detector.ts";
import { isUnhealthy } from "./score.ts";

export type FieldSessions = ReadonlyMap<string, readonly TraceEvent[]>;

/** Reads `field/*.jsonl.gz` of a folder of traces; undefined when there are none. */
export function readFieldSessions(folder: string): FieldSessions | undefined {
  const field = join(folder, "field");
  if (!existsSync(field)) return undefined;
  const sessions = new Map<string, TraceEvent[]>();
  for (const file of readdirSync(field).filter((name) => name.endsWith(".jsonl.gz"))) {
    const lines = gunzipSync(readFileSync(join(field, file)))
      .toString("utf8")
      .split("\n");
    for (const line of lines.filter((text) => text !== "")) {
      const event = traceEventOf(parseObject(line));
      const known = sessions.get(event.sessionId);
      if (known === undefined) sessions.set(event.sessionId, [event]);
      else known.push(event);
    }
  }
  return sessions;
}

export interface FieldFigures {
  readonly sessions: number;
  readonly steps: number;
  readonly hardEpisodes: number;
  readonly sessionsWithHard: number;
  /** Share of the steps at which an unhealthy regime is shown. */
  readonly unhealthySteps: number;
  /** Share of the sessions in which a `tier>=T4` alert entered. */
  readonly tierSessions: number;
}

export function fieldFigures(sessions: FieldSessions, detector: Detector): FieldFigures {
  const all = [...sessions.values()].map((events) => watchSession(events, detector));
  const sum = (of: (one: Watched) => number) => all.reduce((total, one) => total + of(one), 0);
  const steps = sum((one) => one.steps);
  return {
    sessions: sessions.size,
    steps,
    hardEpisodes: sum(({ episodes }) => episodes),
    sessionsWithHard: sum(({ episodes }) => (episodes > 0 ? 1 : 0)),
    unhealthySteps: sum(({ unhealthy }) => unhealthy) / (steps || 1),
    tierSessions: sum(({ hasTierAlert }) => (hasTierAlert ? 1 : 0)) / (sessions.size || 1),
  };
}

interface Watched {
  readonly steps: number;
  readonly unhealthy: number;
  readonly episodes: number;
  readonly hasTierAlert: boolean;
}

function watchSession(events: readonly TraceEvent[], { begin }: Detector): Watched {
  const watch = begin();
  const said = events.map((event) => ({ event, prediction: watch(event) }));
  const steps = said.filter(({ event }) => event.observed.kind !== "user");
  const alerts = said.map(({ prediction }) => prediction.alert);
  return {
    steps: steps.length,
    unhealthy: steps.filter(({ prediction }) => isUnhealthy(prediction.regime)).length,
    episodes: alerts.filter((alert, at) => alert && alerts[at - 1] !== true).length,
    hasTierAlert: said.some(({ prediction }) => prediction.tierAlert === true),
  };
}
