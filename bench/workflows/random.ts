/** Random numbers that are the same in every run (mulberry32). */
export type Random = () => number;

export function randomFrom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One of them, each as likely as another. */
export function draw<T>(random: Random, from: readonly T[]): T {
  const drawn = from[Math.floor(random() * from.length)];
  if (drawn === undefined) throw new RangeError("nothing to draw from");
  return drawn;
}
