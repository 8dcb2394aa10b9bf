/** An identity as one number: 53 bits, the most that a double holds exactly. 0 means unknown. */
export type Key = number;

export const UNKNOWN: Key = 0;

const TWO_32 = 4_294_967_296;
/** Bits of a key above its low 32. */
const HIGH_MASK = 0x1f_ffff;

/** As much of a digest as tells it from all others of a session. */
const DIGEST_LENGTH = 16;

/** The key of a digest. */
export function keyOfDigest(digest: string): Key {
  return keyFrom(digest, Math.max(0, digest.length - DIGEST_LENGTH));
}

/** The key of a text: equal texts have equal keys, and different ones almost surely differ. */
export function keyOf(text: string): Key {
  return keyFrom(text, 0);
}

/** The key of what stands from `start` on, without a copy of it. */
function keyFrom(text: string, start: number): Key {
  let low = 0x2545_f491 ^ (text.length - start);
  let high = 0x6c07_8965;
  for (let index = start; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x0100_0193);
    high = Math.imul(high ^ unit, 0x5bd1_e995);
    high ^= high >>> 15;
  }
  return seal(low, high);
}

/** One key out of two, in this order. */
export function join(first: Key, second: Key): Key {
  const low = Math.imul((first | 0) ^ 0x3c6e_f372, 0x0100_0193) ^ (second | 0);
  const high =
    Math.imul(highOf(first) ^ 0x1f83_d9ab, 0x5bd1_e995) ^ Math.imul(highOf(second), 0x27d4_eb2f);
  return seal(low, high);
}

/** One key out of a key and a small number, such as a place in a closed list. */
export function tagged(key: Key, tag: number): Key {
  return join(key, tag + 1);
}

function highOf(key: Key): number {
  return Math.floor(key / TWO_32);
}

/** Lets every bit of both halves reach both halves. */
function seal(low: number, high: number): Key {
  let a = low ^ (high >>> 13);
  let b = high ^ (low >>> 11);
  a = Math.imul(a ^ (a >>> 16), 0x85eb_ca6b);
  b = Math.imul(b ^ (b >>> 15), 0xc2b2_ae35);
  a ^= b >>> 13;
  b ^= a >>> 16;
  a = Math.imul(a, 0x9e37_79b1);
  b = Math.imul(b ^ (b >>> 14), 0x27d4_eb2f);
  const key = ((b ^ (a >>> 15)) & HIGH_MASK) * TWO_32 + ((a ^ (b >>> 16)) >>> 0);
  return key === UNKNOWN ? 1 : key;
}
