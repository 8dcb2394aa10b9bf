/** What a group of intakes asks of the database before it can be taken, and what was found. */

import type { Intake } from "../../../ingest/intake.ts";
import type { KnownEvent, KnownStep, NativeRun, StoredRecord } from "../../../ingest/ledger.ts";
import type { SessionState } from "../../../ingest/session-state.ts";
import type { AlertRule } from "../../../rows/alert-rows.ts";

/** Questions by their key; a question that was not asked is answered by {@link Unasked}. */
export interface Questions {
  /** Ids of sessions. */
  readonly sessions: Set<string>;
  readonly events: Set<string>;
  /** Session ids with the step numbers or runs asked for. */
  readonly steps: Map<string, Set<number>>;
  readonly runs: Map<string, Set<string>>;
  /** By {@link placeOf}. */
  readonly records: Set<string>;
  readonly roots: Set<string>;
  readonly alerts: Set<string>;
  /** Whether a repeated event is answered with the root over its session up to it. */
  asksRoots: boolean;
}

export interface Found {
  readonly sessions: Map<string, SessionState | "gone">;
  readonly events: Map<string, KnownEvent>;
  /** By session key and step; of the segment that was open when they were read. */
  readonly steps: Map<string, readonly KnownStep[]>;
  readonly runs: Map<string, NativeRun>;
  readonly records: Map<string, StoredRecord>;
  readonly sessionIds: Map<number, string>;
  readonly roots: Map<string, string>;
  readonly alerts: Set<string>;
  readonly rules: readonly AlertRule[];
}

/** The group needs something that nobody foresaw: it is read, and the group is taken again. */
export class Unasked extends Error {
  override readonly name = "Unasked";
  readonly ask: (questions: Questions) => void;

  constructor(ask: (questions: Questions) => void) {
    super("not read yet");
    this.ask = ask;
  }
}

/** A key of a map for something of a session. */
export function placeOf(session: number, at: number | string): string {
  return `${session}/${at}`;
}

/** In a canonical line nothing that a sender can name comes before the event id. */
const EVENT_ID = /"eventId":"([0-9a-f-]{36})"/;

/** What can be foreseen from the intakes alone. */
export function questionsOf(intakes: readonly Intake[]): Questions {
  const questions: Questions = {
    sessions: new Set(),
    events: new Set(),
    steps: new Map(),
    runs: new Map(),
    records: new Set(),
    roots: new Set(),
    alerts: new Set(),
    asksRoots: intakes.some((intake) => intake.kind === "event" && intake.asksRoot),
  };
  for (const intake of intakes) foresee(intake, questions);
  return questions;
}

function foresee(intake: Intake, { sessions, events, steps, runs }: Questions): void {
  sessions.add(intake.sessionId);
  if (intake.kind === "event") {
    if (intake.claim) events.add(intake.claim.eventId);
    if (intake.step) addTo(steps, intake.sessionId, intake.step.number);
  }
  if (intake.kind !== "records") return;
  addTo(runs, intake.sessionId, intake.runId);
  for (const line of intake.lines) {
    const id = EVENT_ID.exec(line)?.[1];
    if (id !== undefined) events.add(id);
  }
}

export function addTo<K, T>(sets: Map<K, Set<T>>, name: K, value: T): void {
  const known = sets.get(name);
  if (known) known.add(value);
  else sets.set(name, new Set([value]));
}
