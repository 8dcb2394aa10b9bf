/** Counts by place as bytes: whole numbers of seven bits a byte, the lowest first. */

/** Place and count, one after the other, in the order of the places; no count is 0. */
export type SparseCounts = readonly number[];

const SEVEN_BITS = 128;

/** Each place is written as how far it is behind the one before. */
export function writeSparse(head: readonly number[], pairs: SparseCounts): Uint8Array {
  const bytes: number[] = [...head];
  let before = -1;
  for (let at = 0; at < pairs.length; at += 2) {
    const place = pairs[at] ?? 0;
    push(bytes, place - before - 1);
    push(bytes, pairs[at + 1] ?? 0);
    before = place;
  }
  return new Uint8Array(bytes);
}

function push(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= SEVEN_BITS) {
    bytes.push((rest % SEVEN_BITS) + SEVEN_BITS);
    rest = Math.floor(rest / SEVEN_BITS);
  }
  bytes.push(rest);
}

/**
 * @param from where the pairs begin
 * @throws {RangeError} when the bytes end within a number
 */
export function readSparse(bytes: Uint8Array, from: number): SparseCounts {
  const numbers: number[] = [];
  let value = 0;
  let weight = 1;
  let place = -1;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte >= SEVEN_BITS) {
      value += (byte - SEVEN_BITS) * weight;
      weight *= SEVEN_BITS;
      continue;
    }
    value += byte * weight;
    if (numbers.length % 2 === 0) {
      place += value + 1;
      numbers.push(place);
    } else numbers.push(value);
    value = 0;
    weight = 1;
  }
  if (weight > 1 || numbers.length % 2 === 1) throw new RangeError("the sketch is cut off");
  return numbers;
}
