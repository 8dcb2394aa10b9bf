/** Counts by place as bytes: whole numbers of seven bits a byte, the lowest first. */

/** Place and count, one after the other, in the order of the places; no count is 0. */
export type SparseCounts = readonly number[];

const SEVEN_BITS = 128;

/** Each place is written as how far it is behind the one before. */
export function writeSparse(head: readonly number[], pairs: SparseCounts): Uint8Array {
  let length = 0;
  for (const byte of head) room[length++] = byte;
  let before = -1;
  for (let at = 0; at < pairs.length; at += 2) {
    if (length + LONGEST_PAIR > room.length) room = widened(room);
    const place = pairs[at] ?? 0;
    length = write(place - before - 1, length);
    length = write(pairs[at + 1] ?? 0, length);
    before = place;
  }
  return room.slice(0, length);
}

/** Two numbers of eight bytes each. */
const LONGEST_PAIR = 16;
/** Of one sketch after the other. */
let room = new Uint8Array(4_096);

function widened(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const wider = new Uint8Array(2 * bytes.length);
  wider.set(bytes);
  return wider;
}

/** @returns where the next number goes */
function write(value: number, from: number): number {
  let [rest, at] = [value, from];
  while (rest >= SEVEN_BITS) {
    room[at++] = (rest % SEVEN_BITS) + SEVEN_BITS;
    rest = Math.floor(rest / SEVEN_BITS);
  }
  room[at++] = rest;
  return at;
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
