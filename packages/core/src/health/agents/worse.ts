import type { AgentStanding } from "../assess.ts";
import { PUBLIC_CLASSES } from "../assessment.ts";

const HEALTHY = ["yes", "warning", "no"] as const;

/** Whether an agent stands worse than another: by what was found, what it does, then by score. */
export function isWorse(one: AgentStanding, than: AgentStanding): boolean {
  const found = PUBLIC_CLASSES.indexOf(one.publicClass) - PUBLIC_CLASSES.indexOf(than.publicClass);
  if (found !== 0) return found > 0;
  const does = HEALTHY.indexOf(one.healthy) - HEALTHY.indexOf(than.healthy);
  return does === 0 ? one.uds < than.uds : does > 0;
}
