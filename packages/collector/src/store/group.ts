/** A group: intakes that become durable together. */
import type { Intake } from "../ingest/intake.ts";

/** Events in one group; a larger group only makes the first of it wait longer. */
export const MAX_GROUP = 512;

export function eventsIn(intake: Intake | undefined): number {
  return intake?.kind === "records" ? intake.lines.length : 1;
}
