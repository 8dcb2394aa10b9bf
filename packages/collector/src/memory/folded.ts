/** Sums of the names that some sessions are remembered under, with these sessions in them. */
import { DaySketch, type SessionProfile } from "@caum/workflows";
import type {
  FoldCandidate,
  FoldedSession,
  MemoryCard,
  MemoryDay,
  MemoryName,
} from "../rows/memory-rows.ts";

const DAY_MS = 86_400_000;

/** Days since 1970, in UTC. */
export function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

/** What a session is remembered under. */
export function namesOf({ workflow, agent, client, servers }: SessionProfile): MemoryName[] {
  const one = (kind: MemoryName["kind"], name: string | undefined) =>
    name === undefined ? [] : [{ kind, name }];
  return [
    ...one("workflow", workflow),
    ...one("agent", agent),
    ...one("client", client),
    ...[...new Set(servers)].flatMap((name) => one("server", name)),
  ];
}

export type DayPlace = Pick<MemoryDay, "kind" | "name" | "day">;

/** A session with what it adds, and what it added before. */
interface Change {
  readonly candidate: FoldCandidate;
  readonly names: readonly MemoryName[];
  readonly day: number;
  readonly sketch: DaySketch;
}

const keyOf = ({ kind, name }: MemoryName) => `${kind}\n${name}`;
const keyOfDay = (place: DayPlace) => `${keyOf(place)}\n${place.day}`;

/** Some sessions that are folded at once. */
export class Folding {
  readonly #changes: readonly Change[];

  constructor(candidates: readonly FoldCandidate[]) {
    this.#changes = candidates.map((candidate) => ({
      candidate,
      names: namesOf(candidate.profile),
      day: dayOf(candidate.profile.startedMs),
      sketch: DaySketch.of(candidate.profile),
    }));
  }

  /** Days whose sums change, each once. */
  get places(): readonly DayPlace[] {
    const places = new Map<string, DayPlace>();
    for (const { names, day, candidate } of this.#changes) {
      for (const name of names) places.set(keyOfDay({ ...name, day }), { ...name, day });
      for (const name of candidate.before?.names ?? []) {
        const place = { ...name, day: candidate.before?.day ?? day };
        places.set(keyOfDay(place), place);
      }
    }
    return [...places.values()];
  }

  /** Names whose cards change, each once. */
  get names(): readonly MemoryName[] {
    return [
      ...new Map(
        this.places.map(({ kind, name }) => [keyOf({ kind, name }), { kind, name }]),
      ).values(),
    ];
  }

  /** @param known those of the days that are there */
  days(known: readonly MemoryDay[]): readonly MemoryDay[] {
    const sketches = new Map(this.places.map((place) => [keyOfDay(place), new DaySketch()]));
    for (const day of known) sketches.set(keyOfDay(day), DaySketch.decode(day.sketch));
    for (const { names, day, sketch, candidate } of this.#changes) {
      const { before } = candidate;
      if (before !== undefined) {
        const gone = DaySketch.decode(before.sketch);
        for (const name of before.names) {
          sketches.get(keyOfDay({ ...name, day: before.day }))?.add(gone, -1);
        }
      }
      for (const name of names) sketches.get(keyOfDay({ ...name, day }))?.add(sketch);
    }
    return this.places.map((place) => {
      const sketch = sketches.get(keyOfDay(place)) ?? new DaySketch();
      const [sessions, looped] = [sketch.sum("sessions"), sketch.sum("looped")];
      return { ...place, sessions, looped, sketch: sketch.encode() };
    });
  }

  /** @param known those of the cards that are there */
  cards(known: readonly MemoryCard[]): readonly MemoryCard[] {
    const cards = new Map(known.map((card) => [keyOf(card), card]));
    for (const { names, candidate } of this.#changes) {
      for (const name of candidate.before?.names ?? []) {
        const card = cards.get(keyOf(name));
        if (card) cards.set(keyOf(name), { ...card, sessions: card.sessions - 1 });
      }
      const { startedMs, endedMs } = candidate.profile;
      for (const name of names) {
        const card = cards.get(keyOf(name)) ?? {
          ...name,
          sessions: 0,
          firstMs: startedMs,
          lastMs: endedMs,
        };
        cards.set(keyOf(name), {
          ...card,
          sessions: card.sessions + 1,
          firstMs: Math.min(card.firstMs, startedMs),
          lastMs: Math.max(card.lastMs, endedMs),
        });
      }
    }
    return [...cards.values()];
  }

  get folded(): readonly FoldedSession[] {
    return this.#changes.map(({ candidate: { key, size }, day, names, sketch }) => {
      return { key, size, day, names, sketch: sketch.encode() };
    });
  }
}
