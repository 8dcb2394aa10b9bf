/** Follows the sessions of a round as the collector takes them, the way the dashboard does. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Place, type Step, stepsFrom } from "./place.ts";

const ASK_EVERY_MS = 50;
/** After the last call everything is there long before; a loaded machine may take longer. */
const COMPLETE_WITHIN_MS = 10_000;

export interface WatchedSession {
  readonly agent: string;
  readonly session: string;
  readonly steps: readonly Step[];
}

type OnStep = (watched: WatchedSession, step: Step) => Promise<void> | void;

/**
 * Reads until every session is closed.
 *
 * @param played resolves when nothing more is going to be sent
 * @param onStep sees each step once, in the order of its session
 * @throws what `played` throws
 */
export async function watchSessions(
  place: Place,
  sessions: readonly Omit<WatchedSession, "steps">[],
  { played, stopped, onStep }: { played: Promise<void>; stopped: AbortSignal; onStep: OnStep },
): Promise<readonly WatchedSession[]> {
  const watched = sessions.map((session) => ({ ...session, steps: [] as Step[] }));
  let deadline = Number.POSITIVE_INFINITY;
  played.then(
    () => {
      deadline = performance.now() + COMPLETE_WITHIN_MS;
    },
    () => {
      deadline = 0;
    },
  );
  while (!stopped.aborted && performance.now() < deadline && !watched.every(isClosed)) {
    for (const one of watched) {
      for (const step of await stepsFrom(place, one.session, one.steps.length)) {
        one.steps.push(step);
        if (step.step !== undefined) await onStep(one, step);
      }
    }
    await sleep(ASK_EVERY_MS);
  }
  await played;
  return watched;
}

function isClosed({ steps }: WatchedSession): boolean {
  return steps.at(-1)?.kind === "close";
}
