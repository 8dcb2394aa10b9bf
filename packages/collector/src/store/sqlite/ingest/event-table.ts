/**
 * Events by their ids, in memory, without an object for each: what lives as long as these ids do would
 * be moved to the old generation one by one, and collected there.
 */
import type { KnownEvent } from "../../../ingest/ledger.ts";

const FIRST_CAPACITY = 1_024;
/** Of 32 bits, the first ones first. */
const ID_WORDS = 4;
/** The tenant, the session and the position. */
const NUMBERS = 3;
/** At most half of them are taken, so that few rows have to be passed. */
const SLOTS_A_ROW = 2;

const DASH = 0x2d;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const LETTER_A = 0x61;
const UPPER_TO_LOWER = 0x20;

/** The words of a UUID. */
export type EventId = Uint32Array;

/** @param id a UUID @param words are overwritten */
export function readEventId(id: string, words: EventId): EventId {
  let [word, digits] = [0, 0];
  for (let at = 0; at < id.length; at++) {
    const code = id.charCodeAt(at);
    if (code === DASH) continue;
    const digit = code <= DIGIT_9 ? code - DIGIT_0 : (code | UPPER_TO_LOWER) - LETTER_A + 10;
    word = (word << 4) | digit;
    digits += 1;
    if (digits % 8 === 0) words[digits / 8 - 1] = word;
  }
  return words;
}

export class EventTable {
  #ids = new Uint32Array(FIRST_CAPACITY * ID_WORDS);
  #numbers = new Float64Array(FIRST_CAPACITY * NUMBERS);
  readonly #bodies: (string | undefined)[] = [];
  /** Rows, counted from 1, where their ids lead to; 0 is free. */
  #slots = new Int32Array(FIRST_CAPACITY * SLOTS_A_ROW);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(tenant: number, id: EventId): KnownEvent | undefined {
    const row = (this.#slots[this.#slotOf(tenant, id)] ?? 0) - 1;
    return row < 0 ? undefined : this.eventAt(row);
  }

  /** One that is there already takes what it is given now. */
  set(tenant: number, id: EventId, { session, index, body }: KnownEvent): void {
    if (this.#size * ID_WORDS === this.#ids.length) this.#grow();
    const slot = this.#slotOf(tenant, id);
    let row = (this.#slots[slot] ?? 0) - 1;
    if (row < 0) {
      row = this.#size;
      this.#size += 1;
      this.#slots[slot] = row + 1;
      this.#ids.set(id, row * ID_WORDS);
    }
    const at = row * NUMBERS;
    this.#numbers[at] = tenant;
    this.#numbers[at + 1] = session;
    this.#numbers[at + 2] = index;
    this.#bodies[row] = body;
  }

  /** @param row less than the size; in the order in which they came */
  tenantAt(row: number): number {
    return this.#numbers[row * NUMBERS] ?? 0;
  }

  idAt(row: number): EventId {
    return this.#ids.subarray(row * ID_WORDS, (row + 1) * ID_WORDS);
  }

  eventAt(row: number): KnownEvent {
    const at = row * NUMBERS;
    const body = this.#bodies[row];
    return {
      session: this.#numbers[at + 1] ?? 0,
      index: this.#numbers[at + 2] ?? 0,
      ...(body !== undefined && { body }),
    };
  }

  /** The rows by tenant and id, as their table on the disk has them. */
  sorted(): Uint32Array {
    const rows = Uint32Array.from({ length: this.#size }, (_, row) => row);
    return rows.sort((one, other) => {
      return this.tenantAt(one) - this.tenantAt(other) || this.#compareIds(one, other);
    });
  }

  #compareIds(one: number, other: number): number {
    const ids = this.#ids;
    for (let word = 0; word < ID_WORDS; word++) {
      const difference = (ids[one * ID_WORDS + word] ?? 0) - (ids[other * ID_WORDS + word] ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  }

  /** Where the id is, or the free slot that it would take. */
  #slotOf(tenant: number, id: EventId): number {
    const mask = this.#slots.length - 1;
    const hash = (id[1] ?? 0) ^ (id[3] ?? 0) ^ Math.imul((id[0] ?? 0) ^ (id[2] ?? 0), 0x9e3779b1);
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const row = (this.#slots[slot] ?? 0) - 1;
      if (row < 0 || (this.#isAt(row, id) && this.tenantAt(row) === tenant)) return slot;
    }
  }

  #isAt(row: number, id: EventId): boolean {
    for (let word = 0; word < ID_WORDS; word++) {
      if (this.#ids[row * ID_WORDS + word] !== id[word]) return false;
    }
    return true;
  }

  #grow(): void {
    const ids = new Uint32Array(this.#ids.length * 2);
    ids.set(this.#ids);
    this.#ids = ids;
    const numbers = new Float64Array(this.#numbers.length * 2);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let row = 0; row < this.#size; row++) {
      this.#slots[this.#slotOf(this.tenantAt(row), this.idAt(row))] = row + 1;
    }
  }
}
