/**
 * What the latest rounds saved, as it is worked with: whoever goes on from there has nothing to read and
 * nothing to decode. Nothing is kept that is not saved too.
 */
import type { DaySketch, WorkflowState } from "@caum/workflows";
import type { MemoryCard, MemoryDay, MemoryName } from "../rows/memory-rows.ts";

/** Of all tenants together; a state is some 20 KiB, a day 5 KiB. */
const MOST_CARDS = 1_500;
const MOST_DAYS = 3_000;

/** A card, which a round changes in place. */
export interface KeptCard {
  readonly card: { -readonly [Field in keyof MemoryCard]: MemoryCard[Field] };
  /** What drift of a workflow is told from; undefined where nothing is. */
  state: WorkflowState | undefined;
}

/** The sums of one name and day. */
export type DayPlace = Pick<MemoryDay, "kind" | "name" | "day">;

export const keyOfCard = ({ kind, name }: MemoryName) => `${kind}\n${name}`;
export const keyOfDay = ({ kind, name, day }: DayPlace) => `${day}\n${kind}\n${name}`;

/** What is kept of one tenant, the longest unused first. A round works on it in place. */
export class KeptRows {
  readonly cards = new Map<string, KeptCard>();
  readonly days = new Map<string, DaySketch>();
  /** The round that saved it; undefined while one works on it. */
  round: number | undefined;
  /** Nothing is known of what others saved. */
  isNew = true;

  setCard(kept: KeptCard): void {
    const key = keyOfCard(kept.card);
    this.cards.delete(key);
    this.cards.set(key, kept);
  }

  setDay(place: DayPlace, sketch: DaySketch): void {
    const key = keyOfDay(place);
    this.days.delete(key);
    this.days.set(key, sketch);
  }
}

export class KeptMemory {
  readonly #tenants = new Map<number, KeptRows>();

  /**
   * What is kept of a tenant, to work on. Unless {@link saved} is called before the next time, it is
   * dropped: then nobody knows what of it came to be saved.
   *
   * @param round the latest one that was saved; where it is another node's, nothing is kept
   */
  open(tenant: number, round: number): KeptRows {
    const known = this.#tenants.get(tenant);
    const rows = known?.round === round ? known : new KeptRows();
    rows.round = undefined;
    this.#tenants.delete(tenant);
    this.#tenants.set(tenant, rows);
    return rows;
  }

  saved(rows: KeptRows, round: number): void {
    rows.round = round;
    rows.isNew = false;
    this.#evict((kept) => kept.cards, MOST_CARDS);
    this.#evict((kept) => kept.days, MOST_DAYS);
  }

  forget(tenant: number): void {
    this.#tenants.delete(tenant);
  }

  /** The tenants that were worked on the longest ago lose theirs first. */
  #evict(of: (rows: KeptRows) => Map<string, unknown>, most: number): void {
    let all = 0;
    for (const rows of this.#tenants.values()) all += of(rows).size;
    for (const rows of this.#tenants.values()) {
      const kept = of(rows);
      for (const key of kept.keys()) {
        if (all <= most) return;
        kept.delete(key);
        all -= 1;
      }
    }
  }
}
