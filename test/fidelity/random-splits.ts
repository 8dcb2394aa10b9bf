/** A few random places to cut, some of them inside of a character. */
export function splitAt(bytes: Buffer, random: () => number): readonly Buffer[] {
  const cuts = Array.from({ length: 4 }, () => Math.floor(random() * bytes.length));
  const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length];
  return edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
}

/** The same numbers in every run (a linear congruential generator, Numerical Recipes). */
export function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
