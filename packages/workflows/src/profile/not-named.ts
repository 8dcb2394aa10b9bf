/** What a profile counts without naming it: it keeps so many tools and kinds of loops. */
import type { SessionProfile, SessionStructure } from "./session-profile.ts";

/** Calls of tools beyond the first ones of the session. */
export function callsNotNamed({ calls, tools }: Pick<SessionStructure, "calls" | "tools">): number {
  return Math.max(0, calls - tools.reduce((sum, tool) => sum + tool.calls, 0));
}

/** Loops of kinds beyond the first ones, and of attempts before the last one. */
export function loopsNotNamed({
  loops,
  structure,
}: Pick<SessionProfile, "loops" | "structure">): number {
  return Math.max(0, loops - structure.loopKinds.reduce((sum, { count }) => sum + count, 0));
}
