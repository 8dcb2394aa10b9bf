/** What a chart shows, in a sentence. */

interface Extremes {
  readonly first: number;
  readonly last: number;
  readonly low: number;
  readonly lowAt: number;
}

/** Undefined where no value is known. */
function extremesOf(values: readonly number[]): Extremes | undefined {
  let found: Extremes | undefined;
  for (const [at, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    if (found === undefined) found = { first: value, last: value, low: value, lowAt: at };
    else if (value < found.low) found = { ...found, last: value, low: value, lowAt: at };
    else found = { ...found, last: value };
  }
  return found;
}

/** How a score went. */
export function wentWords(values: readonly number[], write: (value: number) => string): string {
  const found = extremesOf(values);
  if (found === undefined) return "Not known.";
  const { first, last, low, lowAt } = found;
  return `From ${write(first)} to ${write(last)}, lowest ${write(low)} at step ${lowAt + 1}.`;
}

/** How a sum grew, and how much of it in loops. */
export function grownWords(
  values: readonly number[],
  loops: readonly { readonly from: number; readonly to: number }[],
  write: (value: number) => string,
): string {
  const all = values.at(-1) ?? 0;
  const inLoops = loops.reduce(
    (sum, { from, to }) => sum + (values[to] ?? 0) - (values[from - 1] ?? 0),
    0,
  );
  if (loops.length === 0 || all <= 0) return `${write(all)} over ${values.length} steps.`;
  const part = Math.min(100, (100 * inLoops) / all).toFixed(0);
  return `${write(all)} over ${values.length} steps, ${write(inLoops)} (${part} %) of it in loops.`;
}
