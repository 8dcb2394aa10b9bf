import type { SessionState } from "../ingest/session-state.ts";
import type { SessionView } from "../store/store.ts";

/** A session in memory as lists and pages show it. */
export function viewOf(
  session: SessionState,
  acknowledged: SessionView["acknowledged"],
): SessionView {
  const { row, standing, figures, loops, structure, isOver } = session;
  return {
    ...row,
    tree: row.tree.state,
    ended: isOver,
    standing,
    figures,
    loops,
    structure,
    acknowledged,
  };
}
