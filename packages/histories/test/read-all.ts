import type { ReasoningObservation, ToolObservation } from "@caum/core";
import {
  findHistories,
  type HistoryEvent,
  type HistorySession,
  Notes,
  type Reading,
  readHistories,
  SeenIds,
} from "@caum/histories";

export function newReading(): Reading {
  return { notes: new Notes(), seen: new SeenIds() };
}

/** A session with all that was read of it. */
export interface ReadSession {
  readonly session: HistorySession;
  readonly events: readonly HistoryEvent[];
  readonly calls: readonly ToolObservation[];
  readonly turns: readonly ReasoningObservation[];
  readonly messages: readonly ReasoningObservation[];
}

export async function readAll(
  paths: readonly string[],
  reading: Reading = newReading(),
): Promise<readonly ReadSession[]> {
  const sessions: ReadSession[] = [];
  for await (const session of readHistories(findHistories(paths, reading), reading)) {
    const events: HistoryEvent[] = [];
    for await (const batch of session.events()) events.push(...batch);
    const observations = events.map(({ observation }) => observation);
    sessions.push({
      session,
      events,
      calls: observations.filter((seen): seen is ToolObservation => !isSpeech(seen)),
      turns: observations.filter(isSpeech).filter(({ kind }) => kind === "turn"),
      messages: observations.filter(isSpeech).filter(({ kind }) => kind === "message"),
    });
  }
  return sessions;
}

function isSpeech(seen: ToolObservation | ReasoningObservation): seen is ReasoningObservation {
  return seen.kind === "turn" || seen.kind === "message";
}

export function sum(counts: readonly (number | undefined)[]): number {
  return counts.reduce<number>((total, count) => total + (count ?? 0), 0);
}
