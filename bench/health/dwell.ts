/** What a rule's dwell costs and saves: alerts on healthy work, and steps until a loop is told. */
import { NAMELESS, parseCondition } from "@caum/core/conditions";
import { Health, UNTOLD, watchCondition } from "@caum/core/health";
import { groupsOf } from "./groups.ts";
import { troubledSteps } from "./score.ts";
import type { LabelledSession, TraceSet } from "./trace-set.ts";

/** The conditions of the documented table. */
const CONDITIONS = [
  "tier>=T3",
  "tier>=T4",
  "tier=T5",
  "uds<0.5",
  "uds<0.3",
  "regime=GRIND",
  "regime=LOOP",
] as const;
const DWELLS = [0, 3] as const;

export interface DwellFigures {
  readonly condition: string;
  readonly dwellSteps: number;
  /** Alerts that fire on a healthy step of real sessions, per 1,000 of them. */
  readonly falsePer1000: number;
  /** Labelled loops of all sessions with an alert from their onset to one step after their end. */
  readonly found: number;
  /** Median steps from the onset to the alert, of those that were found. */
  readonly delay: number;
}

export function dwellFigures(traces: TraceSet): readonly DwellFigures[] {
  return CONDITIONS.flatMap((condition) =>
    DWELLS.map((dwellSteps) => figuresOf(traces, condition, dwellSteps)),
  );
}

function figuresOf(traces: TraceSet, condition: string, dwellSteps: number): DwellFigures {
  let healthy = 0;
  let wrong = 0;
  let loops = 0;
  const delays: number[] = [];
  for (const session of traces.sessions) {
    const fired = firings(traces, session, condition, dwellSteps);
    const troubled = troubledSteps(session);
    if (groupsOf(session).includes("all real")) {
      healthy += troubled.slice(1).filter((is) => !is).length;
      wrong += fired.filter((at) => !troubled[at]).length;
    }
    for (const { verdict, onset, end } of session.intervals) {
      if (verdict !== "loop") continue;
      loops += 1;
      const at = fired.find((step) => step >= onset && step <= end + 1);
      if (at !== undefined) delays.push(at - onset);
    }
  }
  delays.sort((one, other) => one - other);
  return {
    condition,
    dwellSteps,
    falsePer1000: (1_000 * wrong) / healthy,
    found: delays.length / loops,
    delay: delays[Math.floor((delays.length - 1) / 2)] ?? Number.NaN,
  };
}

/** The steps with which a rule without a cooldown fires. */
function firings(
  { events }: TraceSet,
  { session_id: id }: LabelledSession,
  text: string,
  dwellSteps: number,
): readonly number[] {
  const condition = parseCondition(text);
  const health = new Health();
  let memory = UNTOLD;
  return (events.get(id) ?? []).flatMap((event, index) => {
    const assessment = health.observe(event.observed);
    const seen = { costNanoUsd: 0, isToolChange: false, names: NAMELESS, nowMs: index };
    const sighting = { assessment, ...seen };
    const pace = { cooldownMs: 0, dwellSteps };
    const watched = watchCondition(condition, pace, memory, sighting);
    memory = watched.memory;
    return watched.fires ? [event.step ?? index + 1] : [];
  });
}
