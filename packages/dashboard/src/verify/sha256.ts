/** SHA-256 (FIPS 180-4) that answers at once: the browser's own answers later, one hash at a time. */
import { type Platform, toHex, toUtf8 } from "@caum/core/verify/rules";

const BLOCK_BYTES = 64;
const ROUNDS = 64;
const LENGTH_BYTES = 8;

/** The first 32 bits of the fractions of roots of the first primes. */
const primes = firstPrimes(ROUNDS);
const START = Int32Array.from(primes.slice(0, 8), (prime) => fraction(prime ** (1 / 2)));
const CONSTANTS = Int32Array.from(primes, (prime) => fraction(prime ** (1 / 3)));
/** Signed words: unsigned ones would leave the small integers that engines add fast. */
const words = new Int32Array(ROUNDS);

export const sha256: Platform["sha256"] = (data) => {
  const message = typeof data === "string" ? toUtf8(data) : data;
  const rest = message.length % BLOCK_BYTES;
  const state = START.slice();
  const whole = message.length - rest;
  for (let at = 0; at < whole; at += BLOCK_BYTES) mix(state, message, at);
  const isLong = rest + 1 + LENGTH_BYTES > BLOCK_BYTES;
  const last = new Uint8Array(isLong ? 2 * BLOCK_BYTES : BLOCK_BYTES);
  last.set(message.subarray(whole));
  last[rest] = 0x80;
  new DataView(last.buffer).setBigUint64(last.length - LENGTH_BYTES, BigInt(message.length) * 8n);
  for (let at = 0; at < last.length; at += BLOCK_BYTES) mix(state, last, at);
  const digest = new DataView(new ArrayBuffer(state.byteLength));
  for (const [index, word] of state.entries()) digest.setInt32(4 * index, word);
  return toHex(new Uint8Array(digest.buffer));
};

function mix(state: Int32Array, message: Uint8Array, at: number): void {
  // Every index is within its array: the blocks have 64 bytes, the tables 64 words.
  for (let t = 0, i = at; t < 16; t += 1, i += 4) {
    const upper = ((message[i] as number) << 24) | ((message[i + 1] as number) << 16);
    words[t] = upper | ((message[i + 2] as number) << 8) | (message[i + 3] as number);
  }
  for (let t = 16; t < ROUNDS; t += 1) {
    const far = words[t - 15] as number;
    const near = words[t - 2] as number;
    const low = turned(far, 7) ^ turned(far, 18) ^ (far >>> 3);
    const high = turned(near, 17) ^ turned(near, 19) ^ (near >>> 10);
    words[t] = ((words[t - 16] as number) + low + (words[t - 7] as number) + high) | 0;
  }
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  let e = state[4] as number;
  let f = state[5] as number;
  let g = state[6] as number;
  let h = state[7] as number;
  for (let t = 0; t < ROUNDS; t += 1) {
    const choice = (e & f) ^ (~e & g);
    const high = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
    const first = (h + high + choice + (CONSTANTS[t] as number) + (words[t] as number)) | 0;
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const second = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + majority) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  state[0] = (state[0] as number) + a;
  state[1] = (state[1] as number) + b;
  state[2] = (state[2] as number) + c;
  state[3] = (state[3] as number) + d;
  state[4] = (state[4] as number) + e;
  state[5] = (state[5] as number) + f;
  state[6] = (state[6] as number) + g;
  state[7] = (state[7] as number) + h;
}

function turned(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

function fraction(number: number): number {
  return Math.floor((number % 1) * 2 ** 32);
}

function firstPrimes(count: number): number[] {
  const found: number[] = [];
  for (let number = 2; found.length < count; number += 1) {
    if (found.every((prime) => number % prime !== 0)) found.push(number);
  }
  return found;
}
