import type { HistoryEvent, HistoryFacts, Reading } from "../history.ts";
import type { FormatName } from "../names.ts";

/** What is said first stands. */
export function learnFacts(
  facts: HistoryFacts,
  version: string | undefined,
  project: string | undefined,
): void {
  if (version !== undefined) facts.version ??= version;
  if (project !== undefined) facts.project ??= project;
}

/** Leaves out what another history, or an earlier line of this one, has told. */
export function withoutCopies(
  events: readonly HistoryEvent[],
  format: FormatName,
  { seen, notes }: Reading,
): readonly HistoryEvent[] {
  const fresh = events.filter(({ id }) => seen.add(`${format} ${id}`));
  notes.copies += events.length - fresh.length;
  return fresh;
}
