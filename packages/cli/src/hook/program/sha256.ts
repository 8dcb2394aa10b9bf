/** SHA-256 (FIPS 180-4) for a process that is gone before `node:crypto` would be loaded. */

const BLOCK_BYTES = 64;
const BLOCK_WORDS = 16;
const ROUNDS = 64;
/** Behind the message: one byte that ends it, and its length in bits. */
const END_BYTES = 9;
const END_OF_MESSAGE = 0x80;

// biome-ignore format: a table
const CONSTANTS = Int32Array.of(
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
);
// biome-ignore format: a table
const INITIAL = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];
/** The message schedule; shared, because a digest is finished when it returns. */
const WORDS = new Int32Array(ROUNDS);

/** @returns 32 bytes */
export function sha256(message: Uint8Array): Buffer {
  const state = Int32Array.from(INITIAL);
  const whole = message.length - (message.length % BLOCK_BYTES);
  for (let at = 0; at < whole; at += BLOCK_BYTES) compress(state, message, at);
  const end = lastBlocks(message, whole);
  for (let at = 0; at < end.length; at += BLOCK_BYTES) compress(state, end, at);
  const digest = Buffer.alloc(state.byteLength);
  for (let index = 0; index < state.length; index++)
    digest.writeInt32BE(state[index] ?? 0, index * 4);
  return digest;
}

function lastBlocks(message: Uint8Array, whole: number): Buffer {
  const rest = message.length - whole;
  const end = Buffer.alloc(rest + END_BYTES > BLOCK_BYTES ? 2 * BLOCK_BYTES : BLOCK_BYTES);
  end.set(message.subarray(whole));
  end[rest] = END_OF_MESSAGE;
  end.writeUInt32BE(message.length * 8, end.length - 4);
  return end;
}

function compress(state: Int32Array, bytes: Uint8Array, from: number): void {
  schedule(bytes, from);
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let round = 0; round < ROUNDS; round++) {
    const big1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const choice = (e & f) ^ (~e & g);
    const first = (h + big1 + choice + (CONSTANTS[round] ?? 0) + (WORDS[round] ?? 0)) | 0;
    const big0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + big0 + majority) | 0;
  }
  const added = [a, b, c, d, e, f, g, h];
  for (let index = 0; index < added.length; index++) {
    state[index] = (state[index] ?? 0) + (added[index] ?? 0);
  }
}

/** Spreads the 16 words of a block over all rounds. */
function schedule(bytes: Uint8Array, from: number): void {
  for (let index = 0, at = from; index < BLOCK_WORDS; index++, at += 4) {
    WORDS[index] =
      ((bytes[at] ?? 0) << 24) |
      ((bytes[at + 1] ?? 0) << 16) |
      ((bytes[at + 2] ?? 0) << 8) |
      (bytes[at + 3] ?? 0);
  }
  for (let index = BLOCK_WORDS; index < ROUNDS; index++) {
    const x = WORDS[index - 15] ?? 0;
    const y = WORDS[index - 2] ?? 0;
    const small0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const small1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    WORDS[index] = (WORDS[index - 16] ?? 0) + small0 + (WORDS[index - 7] ?? 0) + small1;
  }
}
