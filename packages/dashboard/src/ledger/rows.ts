import type { SessionRow } from "../server/answers.ts";
import type { SessionFilter } from "../server/session-filter.ts";

/** The rows with this one in its place; the latest come first. */
export function withRow(rows: readonly SessionRow[], row: SessionRow): readonly SessionRow[] {
  const others = rows.filter(({ id }) => id !== row.id);
  const at = others.findIndex(({ changedMs }) => changedMs <= row.changedMs);
  return others.toSpliced(at < 0 ? others.length : at, 0, row);
}

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
