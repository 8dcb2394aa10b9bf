import type { SessionRow } from "../server/answers.ts";
import type { SessionFilter, SessionOrder } from "../server/session-filter.ts";

/**
 * The rows with this one in its place.
 *
 * @param order undefined where the latest come first
 * @param isCut rows that come behind the last one are not shown: others that are not known may be before them
 */
export function withRow(
  rows: readonly SessionRow[],
  row: SessionRow,
  order?: SessionOrder,
  isCut = false,
): readonly SessionRow[] {
  const others = rows.filter(({ id }) => id !== row.id);
  const at = others.findIndex((other) => comesBefore(row, other, order));
  if (at >= 0) return others.toSpliced(at, 0, row);
  return isCut ? others : [...others, row];
}

/** Of equal ones the newer comes first; what is not known comes last, either way. */
function comesBefore(row: SessionRow, other: SessionRow, order: SessionOrder | undefined): boolean {
  const isNewer = row.changedMs >= other.changedMs;
  if (order === undefined) return isNewer;
  const [one, two] = [VALUES[order.by](row), VALUES[order.by](other)];
  if (one === two) return isNewer;
  if (one === undefined || two === undefined) return two === undefined;
  return order.isAscending ? one < two : one > two;
}

const VALUES: Readonly<Record<SessionOrder["by"], (row: SessionRow) => number | undefined>> = {
  last: ({ changedMs }) => changedMs,
  steps: ({ steps }) => steps,
  loops: ({ loops }) => loops,
  failures: ({ failures }) => failures,
  cost: ({ costUsd }) => costUsd || undefined,
};

/** Whether a row that just changed belongs to what is asked for. */
export function fits(
  row: SessionRow,
  { search, tier, regime, agent, withinMs, loops }: SessionFilter,
): boolean {
  const text = `${row.id}\n${row.agent}\n${row.workflow ?? ""}`.toLowerCase();
  return (
    (search === undefined || text.includes(search.toLowerCase())) &&
    (tier === undefined || row.tier === tier) &&
    (regime === undefined || row.regime === regime) &&
    (agent === undefined || row.agent === agent) &&
    (loops !== "had" || row.loops > 0) &&
    (loops !== "marked" || row.isMarked) &&
    (withinMs === undefined || row.lastMs >= Date.now() - Number(withinMs))
  );
}
