/** The sessions of a source as the history of a workflow. */
import type { SessionProfile } from "@caum/workflows";
import type { Change } from "./changes.ts";
import { draw, type Random, randomFrom } from "./random.ts";
import { profileOf } from "./trace-profile.ts";
import type { TracedSession } from "./trace-sessions.ts";

/** An hour between sessions, from some day on. */
const BEGIN_MS = 1_750_000_000_000;
const HOUR_MS = 3_600_000;

export interface Workflow {
  readonly name: string;
  readonly sessions: readonly TracedSession[];
}

/** Sessions by source and model, and by source, where there are as many as asked for. */
export function workflowsOf(sessions: readonly TracedSession[], fewest: number): Workflow[] {
  const byName = new Map<string, TracedSession[]>();
  for (const session of sessions) {
    if (session.steps.length === 0) continue;
    for (const name of [session.source, `${session.source} ${session.model}`]) {
      byName.set(name, [...(byName.get(name) ?? []), session]);
    }
  }
  const named = [...byName].map(([name, own]) => ({ name, sessions: own }));
  // A source with one model is listed once.
  const isTwice = ({ name, sessions: own }: Workflow) =>
    named.some(
      (other) => name.startsWith(`${other.name} `) && other.sessions.length === own.length,
    );
  return named.filter((one) => one.sessions.length >= fewest && !isTwice(one));
}

/** Profiles of sessions, each made once. */
export class Profiles {
  readonly #made = new Map<TracedSession, SessionProfile>();

  of(session: TracedSession): SessionProfile {
    const known = this.#made.get(session) ?? profileOf(session, BEGIN_MS);
    this.#made.set(session, known);
    return known;
  }
}

/** Sessions in random order, drawn anew each time, so that a history has no end. */
export class ShuffledHistory {
  readonly #sessions: readonly TracedSession[];
  readonly #profiles: Profiles;
  readonly #random: Random;
  #count = 0;

  constructor(sessions: readonly TracedSession[], profiles: Profiles, seed: number) {
    this.#sessions = sessions;
    this.#profiles = profiles;
    this.#random = randomFrom(seed);
  }

  /** @param change what is done to it; a changed session has a profile of its own */
  next(from: readonly TracedSession[] = this.#sessions, change?: Change): SessionProfile {
    const drawn = draw(this.#random, from);
    const session = change === undefined ? drawn : change(drawn, this.#random);
    const profile = session === drawn ? this.#profiles.of(drawn) : profileOf(session, BEGIN_MS);
    this.#count += 1;
    const startedMs = BEGIN_MS + this.#count * HOUR_MS;
    return { ...profile, sessionId: `session-${this.#count}`, startedMs };
  }
}
