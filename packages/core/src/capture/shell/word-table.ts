import type { Op } from "../record.ts";

/** Which operation each word stands for, written as one line of words per operation. */
export function wordTable(words: { readonly [op in Op]?: string }): ReadonlyMap<string, Op> {
  const lines = Object.entries(words) as [Op, string][]; // The keys are those of the type above.
  return new Map(lines.flatMap(([op, line]) => line.split(" ").map((word) => [word, op] as const)));
}
