/** Room for so many ids at the start; it grows when it is half full. */
const FIRST_SLOTS = 1 << 14;
const GROWTH = 4;
/** FNV-1a, 32 bits: its start and its factor. */
const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;
/** A second, independent start. */
const OTHER_OFFSET = 0x9747b28c;

/**
 * Which ids were seen, in 16 to 64 bytes each.
 *
 * An id is kept as 53 bits of it: of a million ids, two that differ are taken for one with a chance
 * of one in ten thousand.
 */
export class SeenIds {
  #slots = new Float64Array(FIRST_SLOTS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @returns false when it was seen before */
  add(id: string): boolean {
    return this.addHash(hashOf(id));
  }

  has(id: string): boolean {
    const hash = hashOf(id);
    return this.#slots[this.#find(this.#slots, hash)] === hash;
  }

  addHash(hash: number): boolean {
    const slot = this.#find(this.#slots, hash);
    if (this.#slots[slot] === hash) return false;
    this.#slots[slot] = hash;
    this.#size += 1;
    if (this.#size * 2 > this.#slots.length) this.#grow();
    return true;
  }

  #find(slots: Float64Array, hash: number): number {
    const mask = slots.length - 1;
    let slot = (hash % 0x7fffffff) & mask;
    while (slots[slot] !== 0 && slots[slot] !== hash) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const larger = new Float64Array(this.#slots.length * GROWTH);
    for (const hash of this.#slots) if (hash !== 0) larger[this.#find(larger, hash)] = hash;
    this.#slots = larger;
  }
}

/** 53 bits of a text, never 0. */
export function hashOf(text: string): number {
  let low = OFFSET;
  let high = OTHER_OFFSET;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    low = Math.imul(low ^ unit, PRIME);
    high = Math.imul(high ^ (unit + at), PRIME);
  }
  return (high >>> 11) * 2 ** 32 + (low >>> 0) + 1;
}
