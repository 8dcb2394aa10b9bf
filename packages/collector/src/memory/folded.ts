/** Sums of the names that sessions are remembered under, with these sessions in them. */
import { setImmediate } from "node:timers/promises";
import {
  bytesOfState,
  cardOf,
  DaySketch,
  decodeSketch,
  encodeSketch,
  type RememberedSession,
  type SparseCounts,
  sketchOf,
} from "@caum/workflows";
import type {
  FoldCandidate,
  MemoryCard,
  MemoryKind,
  MemoryName,
  MemoryReader,
} from "../rows/memory-rows.ts";
import {
  encodeCard,
  encodeDay,
  encodeFolded,
  encodeName,
} from "../store/columns/memory-columns.ts";
import type { CommandOf } from "../store/command-answers.ts";
import { choiceOf } from "./choice.ts";
import { learnState } from "./choose-baseline.ts";
import { digitsOf } from "./digits.ts";
import { keptCardOf, takeSession, type WorkflowMoment } from "./drift.ts";
import { listInTurns } from "./in-turns.ts";
import { type KeptCard, type KeptRows, keyOfCard, keyOfDay } from "./kept-memory.ts";

const DAY_MS = 86_400_000;

/** Days since 1970, in UTC. */
export function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

/** What a session is remembered under. */
export function namesOf({ workflow, agent, client, servers }: RememberedSession): MemoryName[] {
  const names: MemoryName[] = [];
  if (workflow !== undefined) names.push({ kind: "workflow", name: workflow });
  if (agent !== undefined) names.push({ kind: "agent", name: agent });
  if (client !== undefined) names.push({ kind: "client", name: client });
  for (const name of servers.length > 1 ? new Set(servers) : servers) {
    names.push({ kind: "server", name });
  }
  return names;
}

/** A name under which something changes. */
interface ChangingName extends MemoryName {
  readonly encoded: string;
  /** Undefined until it was read, and where there is none. */
  kept: KeptCard | undefined;
  readonly days: Map<number, ChangingDay>;
}

interface ChangingDay {
  readonly of: MemoryName;
  readonly day: number;
  /** Undefined until it was read, and where it is not there. */
  sketch: DaySketch | undefined;
}

/** A session that comes in or goes out. */
interface Move {
  readonly sketch: SparseCounts;
  readonly names: readonly ChangingName[];
  readonly days: readonly ChangingDay[];
}

interface Moves {
  readonly before: Move | undefined;
  readonly after: Move;
  /** What is kept of it. */
  readonly row: string;
}

/** What stands in place of a state of which a session was deleted. */
const TO_BE_LEARNED = "";

const bytesOf = (digits: string) => Buffer.from(digits, "hex");

type FoldingReader = Pick<MemoryReader, "cardsAt" | "daysAt" | "profiles">;

/** What is folded at once: page by page, written together. */
export class Folding {
  readonly #reader: FoldingReader;
  readonly #tenant: number;
  readonly #kept: KeptRows;
  readonly #names = new Map<MemoryKind, Map<string, ChangingName>>();
  readonly #days: ChangingDay[] = [];
  readonly #changing: ChangingName[] = [];
  readonly #keys = new Set<number>();
  readonly #folded: string[] = [];
  readonly moments: WorkflowMoment[] = [];

  /** @param kept what is known; has all that changed afterwards */
  constructor(reader: FoldingReader, tenant: number, kept: KeptRows) {
    this.#reader = reader;
    this.#tenant = tenant;
    this.#kept = kept;
  }

  /** Names under which something changes: each is a card that is written. */
  get names(): number {
    return this.#changing.length;
  }

  /** What drift of these workflows is told from is learned anew, and saved with the rest. */
  async learnAnew(workflows: readonly string[]): Promise<void> {
    const names = workflows.map((name) => this.#nameOf({ kind: "workflow", name }));
    await this.#read(names, []);
  }

  async take(candidates: readonly FoldCandidate[]): Promise<void> {
    // One that goes on while pages are read may come again; then the next round takes it.
    const page = candidates.filter(({ key }) => !this.#keys.has(key));
    const [firstName, firstDay] = [this.#changing.length, this.#days.length];
    const moves = page.map((candidate) => this.#movesOf(candidate));
    if (moves.length > 0) this.#folded.push(moves.map(({ row }) => row).join());
    await this.#read(this.#changing.slice(firstName), this.#days.slice(firstDay));
    for (const [at, candidate] of page.entries()) {
      const move = moves[at];
      if (move?.before !== undefined) takeOut(move.before);
      if (move !== undefined) this.#putIn(move.after, candidate);
    }
  }

  /** Of the sessions that were taken, each once. */
  get folded(): string {
    return `[${this.#folded.join()}]`;
  }

  /** Rows of days that changed. */
  days(): Promise<string> {
    const all = this.#days.filter(({ sketch }) => isAny(sketch?.sum("sessions")));
    return listInTurns(all, ({ of: { kind, name }, day, sketch = new DaySketch() }) => {
      this.#kept.setDay({ kind, name, day }, sketch);
      const [sessions, looped] = [sketch.sum("sessions"), sketch.sum("looped")];
      return encodeDay({ kind, name, day, sessions, looped, sketch: digitsOf(sketch.encode()) });
    });
  }

  /** Rows of cards that changed. */
  cards(): Promise<string> {
    const all = this.#changing.flatMap(({ kept }) =>
      kept !== undefined && isAny(kept.card.sessions) ? kept : [],
    );
    return listInTurns(all, (kept) => {
      const { card, state } = kept;
      if (state === undefined) {
        this.#kept.setCard(kept);
        return encodeCard(card);
      }
      const { bytes, isWhole } = bytesOfState(state);
      card.card = JSON.stringify(cardOf(state));
      // What does not come back as it is must be read again, as another node has to.
      if (isWhole) this.#kept.setCard(kept);
      else this.#kept.cards.delete(keyOfCard(card));
      return encodeCard({ ...card, state: digitsOf(bytes) });
    });
  }

  /** Under which no session is any more. */
  get empty(): CommandOf<"save_memory">["empty"] {
    const days = this.#days.filter(({ sketch }) => !isAny(sketch?.sum("sessions")));
    const cards = this.#changing.filter(({ kept }) => !isAny(kept?.card.sessions));
    const places = days.map(({ of, day }) => ({ ...of, day }));
    for (const place of places) this.#kept.days.delete(keyOfDay(place));
    for (const name of cards) this.#kept.cards.delete(keyOfCard(name));
    return { days: places, cards: cards.map(({ kind, name }) => ({ kind, name })) };
  }

  #movesOf({ key, size, profile, before }: FoldCandidate): Moves {
    this.#keys.add(key);
    const day = dayOf(profile.startedMs);
    const sketch = sketchOf(profile);
    const digits = digitsOf(encodeSketch(sketch));
    const after = this.#moveOf(namesOf(profile), day, sketch);
    const names = after.names.map(({ encoded }) => encoded);
    return {
      before:
        before && this.#moveOf(before.names, before.day, decodeSketch(bytesOf(before.sketch))),
      after,
      row: encodeFolded({ key, size, day, sketch: digits }, names),
    };
  }

  #moveOf(all: readonly MemoryName[], day: number, sketch: SparseCounts): Move {
    const names = all.map((name) => this.#nameOf(name));
    return { sketch, names, days: names.map((name) => this.#dayOf(name, day)) };
  }

  #nameOf({ kind, name }: MemoryName): ChangingName {
    let named = this.#names.get(kind);
    if (named === undefined) {
      named = new Map();
      this.#names.set(kind, named);
    }
    const known = named.get(name);
    if (known !== undefined) return known;
    const encoded = encodeName({ kind, name });
    const changing = { kind, name, encoded, kept: undefined, days: new Map() };
    named.set(name, changing);
    this.#changing.push(changing);
    return changing;
  }

  #dayOf(of: ChangingName, day: number): ChangingDay {
    const known = of.days.get(day);
    if (known !== undefined) return known;
    const changing = { of: { kind: of.kind, name: of.name }, day, sketch: undefined };
    of.days.set(day, changing);
    this.#days.push(changing);
    return changing;
  }

  /** What is not kept is read. */
  async #read(names: readonly ChangingName[], days: readonly ChangingDay[]): Promise<void> {
    for (const name of names) name.kept = this.#kept.cards.get(keyOfCard(name));
    for (const day of days) day.sketch = this.#kept.days.get(keyOfDay({ ...day.of, day: day.day }));
    const unknown = names.filter(({ kept }) => kept === undefined);
    const missing = days.filter(({ sketch }) => sketch === undefined);
    const places = missing.map(({ of: { kind, name }, day }) => ({ kind, name, day }));
    const [dayRows, cardRows] = await Promise.all([
      places.length === 0 ? [] : this.#reader.daysAt(this.#tenant, places),
      unknown.length === 0 ? [] : this.#reader.cardsAt(this.#tenant, unknown),
    ]);
    const sketches = new Map(dayRows.map((row) => [keyOfDay(row), row.sketch]));
    for (const day of missing) {
      const digits = sketches.get(keyOfDay({ ...day.of, day: day.day }));
      day.sketch = digits === undefined ? undefined : DaySketch.decode(bytesOf(digits));
    }
    for (const row of cardRows) this.#nameOf(row).kept = await this.#keptOf(row);
  }

  async #keptOf(row: MemoryCard): Promise<KeptCard> {
    const kept = keptCardOf(row);
    if (row.state !== TO_BE_LEARNED) return kept;
    const of = { tenant: this.#tenant, workflow: row.name };
    kept.state = await learnState(this.#reader, of, choiceOf(row));
    await setImmediate();
    return kept;
  }

  #putIn({ sketch, names, days }: Move, candidate: FoldCandidate): void {
    const { startedMs, endedMs } = candidate.profile;
    for (const day of days) {
      day.sketch ??= new DaySketch();
      day.sketch.add(sketch, 1);
    }
    for (const name of names) {
      name.kept ??= newCard(name, candidate.profile);
      const { kept } = name;
      kept.card.sessions += 1;
      kept.card.firstMs = Math.min(kept.card.firstMs, startedMs);
      kept.card.lastMs = Math.max(kept.card.lastMs, endedMs);
      if (name.kind !== "workflow" || candidate.before !== undefined) continue;
      const moment = takeSession(kept, candidate);
      if (moment !== undefined) this.moments.push(moment);
    }
  }
}

function takeOut({ sketch, names, days }: Move): void {
  for (const day of days) day.sketch?.add(sketch, -1);
  for (const { kept } of names) if (kept !== undefined) kept.card.sessions -= 1;
}

function isAny(sessions = 0): boolean {
  return sessions > 0;
}

function newCard({ kind, name }: MemoryName, { startedMs, endedMs }: RememberedSession): KeptCard {
  return {
    card: { kind, name, sessions: 0, firstMs: startedMs, lastMs: endedMs },
    state: undefined,
  };
}
