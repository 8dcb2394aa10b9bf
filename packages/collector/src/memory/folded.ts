/** Sums of the names that some sessions are remembered under, with these sessions in them. */
import {
  DaySketch,
  decodeSketch,
  encodeSketch,
  type SessionProfile,
  type SparseCounts,
  sketchOf,
} from "@caum/workflows";
import type {
  FoldCandidate,
  FoldedSession,
  MemoryCard,
  MemoryDay,
  MemoryName,
} from "../rows/memory-rows.ts";
import { digitsOf } from "./digits.ts";
import { mapInTurns } from "./in-turns.ts";
import { type DayPlace, type KeptRows, keyOfCard, keyOfDay } from "./kept-memory.ts";

const DAY_MS = 86_400_000;

/** Days since 1970, in UTC. */
export function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

/** What a session is remembered under. */
export function namesOf({ workflow, agent, client, servers }: SessionProfile): MemoryName[] {
  const names: MemoryName[] = [];
  if (workflow !== undefined) names.push({ kind: "workflow", name: workflow });
  if (agent !== undefined) names.push({ kind: "agent", name: agent });
  if (client !== undefined) names.push({ kind: "client", name: client });
  for (const name of new Set(servers)) names.push({ kind: "server", name });
  return names;
}

/** A session that comes in or goes out. */
interface Move {
  readonly sketch: SparseCounts;
  readonly times: 1 | -1;
}

const bytesOf = (digits: string) => Buffer.from(digits, "hex");

/** Some sessions that are folded at once. */
export class Folding {
  readonly #candidates: readonly FoldCandidate[];
  readonly #days = new Map<string, { readonly place: DayPlace; readonly moves: Move[] }>();
  readonly #names = new Map<string, MemoryName>();
  readonly folded: readonly FoldedSession[];

  constructor(candidates: readonly FoldCandidate[]) {
    this.#candidates = candidates;
    this.folded = candidates.map((candidate) => this.#fold(candidate));
  }

  /** Days whose sums change, each once. */
  get places(): readonly DayPlace[] {
    return Array.from(this.#days.values(), ({ place }) => place);
  }

  /** Names whose cards change, each once. */
  get names(): readonly MemoryName[] {
    return [...this.#names.values()];
  }

  /** @param kept has those of the days that are there, and has all of them afterwards */
  days(kept: KeptRows): Promise<readonly MemoryDay[]> {
    return mapInTurns([...this.#days], ([key, { place, moves }]) => {
      const sketch = kept.days.get(key) ?? new DaySketch();
      for (const { sketch: session, times } of moves) sketch.add(session, times);
      kept.setDay(key, sketch);
      const [sessions, looped] = [sketch.sum("sessions"), sketch.sum("looped")];
      return { ...place, sessions, looped, sketch: digitsOf(sketch.encode()) };
    });
  }

  /** @param kept has those of the cards that are there */
  cards(kept: KeptRows): readonly MemoryCard[] {
    const cards = new Map<string, MemoryCard>();
    const cardOf = (key: string) => cards.get(key) ?? kept.cards.get(key)?.card;
    for (const [at, { before, profile }] of this.#candidates.entries()) {
      for (const name of before?.names ?? []) {
        const key = keyOfCard(name);
        const card = cardOf(key);
        if (card) cards.set(key, { ...card, sessions: card.sessions - 1 });
      }
      for (const name of this.folded[at]?.names ?? []) {
        const key = keyOfCard(name);
        cards.set(key, withSession(cardOf(key) ?? newCard(name, profile), profile));
      }
    }
    return [...cards.values()];
  }

  #fold({ key, size, profile, before }: FoldCandidate): FoldedSession {
    if (before !== undefined) {
      const move: Move = { sketch: decodeSketch(bytesOf(before.sketch)), times: -1 };
      for (const name of before.names) this.#move(name, before.day, move);
    }
    const day = dayOf(profile.startedMs);
    const names = namesOf(profile);
    const sketch = sketchOf(profile);
    for (const name of names) this.#move(name, day, { sketch, times: 1 });
    return { key, size, day, names, sketch: digitsOf(encodeSketch(sketch)) };
  }

  #move(name: MemoryName, day: number, move: Move): void {
    const place = { ...name, day };
    const key = keyOfDay(place);
    const known = this.#days.get(key);
    if (known !== undefined) {
      known.moves.push(move);
      return;
    }
    this.#days.set(key, { place, moves: [move] });
    this.#names.set(keyOfCard(name), name);
  }
}

function newCard(name: MemoryName, { startedMs, endedMs }: SessionProfile): MemoryCard {
  return { ...name, sessions: 0, firstMs: startedMs, lastMs: endedMs };
}

function withSession(card: MemoryCard, { startedMs, endedMs }: SessionProfile): MemoryCard {
  return {
    ...card,
    sessions: card.sessions + 1,
    firstMs: Math.min(card.firstMs, startedMs),
    lastMs: Math.max(card.lastMs, endedMs),
  };
}
