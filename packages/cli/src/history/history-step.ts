import { payloadOf, type SessionKeys, type Step, stepOf } from "@caum/core";
import type { HistoryEvent } from "@caum/histories";

/** What the engine sees of an event of a history; its values are digested and gone. */
export function stepOfEvent(
  { observation, atMs }: HistoryEvent,
  keys: SessionKeys,
): Step | undefined {
  const draft = payloadOf(observation, { keys, hashNames: false });
  // A moment that cannot be read is none: the engine then has no clock for this step.
  const sourceTimestamp = atMs === undefined ? "" : isoTime(atMs);
  return stepOf({ ...draft, sourceTimestamp }, { view: "full" });
}

function isoTime(atMs: number): string {
  const time = new Date(atMs);
  return Number.isFinite(time.getTime()) ? time.toISOString() : "";
}
