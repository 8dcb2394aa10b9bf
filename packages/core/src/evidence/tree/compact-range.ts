import { EvidenceError } from "../error.ts";
import { EMPTY_ROOT, HASH_BYTES } from "./inclusion.ts";
import { type ByteText, hashUnder, setRightChild } from "./leaf.ts";

/** Room for hashes is made four at a time, so that a tree of a million leaves takes 640 bytes. */
const STEP = 4;

/** Everything needed to go on with a tree: its size and the roots of its perfect subtrees. */
export interface CompactRangeState {
  readonly size: number;
  /** Hex, largest subtree first; one hash per bit that is set in `size`. */
  readonly hashes: string;
}

/**
 * A growing RFC 6962 tree that keeps only the roots of its perfect subtrees.
 *
 * At most floor(log2 n) + 1 hashes of 32 bytes for n leaves.
 */
export class CompactRange {
  #size = 0;
  #count = 0;
  #hashes = Buffer.alloc(STEP * HASH_BYTES);
  #root: string | undefined = EMPTY_ROOT;

  /** @throws {EvidenceError} when the state does not describe a tree */
  static restore(state: CompactRangeState): CompactRange {
    const count = setBits(state.size);
    if (!/^[0-9a-f]*$/.test(state.hashes) || state.hashes.length !== count * 2 * HASH_BYTES) {
      throw new EvidenceError("invalid_state", "the stored tree state does not fit its size");
    }
    const range = new CompactRange();
    range.#size = state.size;
    range.#count = count;
    range.#hashes = Buffer.alloc(Math.max(STEP, count) * HASH_BYTES);
    range.#hashes.write(state.hashes, 0, "hex");
    range.#root = state.size === 0 ? EMPTY_ROOT : undefined;
    return range;
  }

  get size(): number {
    return this.#size;
  }

  get state(): CompactRangeState {
    return { size: this.#size, hashes: this.#hashes.toString("hex", 0, this.#count * HASH_BYTES) };
  }

  /** Bytes held for the tree, whatever it covers. */
  get byteLength(): number {
    return this.#hashes.buffer.byteLength;
  }

  /** Root over all leaves so far; computed on demand and once per size. */
  get root(): string {
    this.#root ??= this.#fold();
    return this.#root;
  }

  /**
   * @param leaf leaf hash, 64 hex characters
   * @param height of subtrees whose root somebody keeps, at least 1
   * @returns the root of the perfect subtree of 2 ** height leaves that ends with this leaf, if one does
   */
  append(leaf: string, height?: number): string | undefined {
    let rest = this.#size;
    let whole: ByteText | undefined;
    if (rest % 2 === 0) {
      this.#makeRoom().write(leaf, this.#count * HASH_BYTES, "hex");
    } else {
      setRightChild(leaf);
      let carry = "";
      for (let level = 1; rest % 2 === 1; level += 1) {
        this.#count -= 1;
        carry = hashUnder(this.#hashes, this.#count * HASH_BYTES);
        if (level === height) whole = carry;
        rest = (rest - 1) / 2;
      }
      this.#hashes.write(carry, this.#count * HASH_BYTES, "latin1");
    }
    this.#count += 1;
    this.#size += 1;
    this.#root = undefined;
    return whole === undefined ? undefined : Buffer.from(whole, "latin1").toString("hex");
  }

  /** The buffer of the hashes, with room for one more. */
  #makeRoom(): Buffer {
    if (this.#count * HASH_BYTES === this.#hashes.length) {
      // `Buffer.concat` would give a piece of a larger Buffer, and a tree that is kept hold all of it.
      const grown = Buffer.alloc(this.#hashes.length + STEP * HASH_BYTES);
      grown.set(this.#hashes);
      this.#hashes = grown;
    }
    return this.#hashes;
  }

  #fold(): string {
    let index = this.#count - 1;
    const last = this.#hashes.toString("hex", index * HASH_BYTES, (index + 1) * HASH_BYTES);
    if (index === 0) return last;
    setRightChild(last);
    let carry = "";
    while (index > 0) {
      index -= 1;
      carry = hashUnder(this.#hashes, index * HASH_BYTES);
    }
    return Buffer.from(carry, "latin1").toString("hex");
  }
}

function setBits(size: number): number {
  if (!Number.isSafeInteger(size) || size < 0) {
    throw new EvidenceError("invalid_state", "a tree size is an integer from 0");
  }
  let bits = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) {
    bits += rest % 2;
  }
  return bits;
}
