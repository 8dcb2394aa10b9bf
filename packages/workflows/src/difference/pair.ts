/** Two sides of one thing. */
export interface Pair<T> {
  readonly a: T;
  readonly b: T;
}

/** In an order of their own, so that those that differ alike stand in the same one each time. */
export function keysOf<Key extends string | number>(
  one: ReadonlyMap<Key, unknown>,
  other: ReadonlyMap<Key, unknown>,
): readonly Key[] {
  return [...new Set([...one.keys(), ...other.keys()])].sort((first, second) =>
    first < second ? -1 : 1,
  );
}

export function apart(one: number, other: number): number {
  return Math.abs(other - one);
}
