/** The steps of a layout only go forward, in the order of their numbers. */

/**
 * The steps that a database lacks.
 *
 * @param present number of the last step that it has; 0 for none
 * @throws {Error} when a newer program wrote it
 */
export function stepsAfter<T extends { readonly version: number }>(
  present: number,
  steps: readonly T[],
  place: string,
): readonly T[] {
  const known = steps.at(-1)?.version ?? 0;
  if (present <= known) return steps.filter(({ version }) => version > present);
  throw new Error(`${place} has layout ${present}, this program knows ${known}: update caum`);
}
