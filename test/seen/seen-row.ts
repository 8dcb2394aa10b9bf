import type { StructuralRecord } from "@caum/core/verify";
import { toolCallsIn } from "../records.ts";

/** What can become of a call, as the table of docs/adapters tells it. */
export const FATES = {
  requested: "a model asks for it and nobody executes it",
  executed: "it runs",
  answered: "only a later request says what came of it",
  denied: "a person or a rule says no",
  cancelled: "its run is aborted while it is under way",
  "provider-executed": "the model's provider runs it",
  retried: "it fails and runs again",
  edited: "a person changes it before it runs",
  approved: "a person allows it",
} as const;

/**
 * One way to observe one host. A cell lets the host do it and gives what was recorded; without a
 * cell the way cannot see it, or the host has no such thing.
 */
export interface SeenRow {
  readonly host: string;
  readonly way: string;
  readonly cells: Partial<
    Readonly<Record<keyof typeof FATES, () => Promise<readonly StructuralRecord[]>>>
  >;
}

/** The statuses of the calls that were recorded, in their order. */
export async function statusesOf(cell: SeenRow["cells"][keyof typeof FATES]): Promise<string> {
  if (cell === undefined) return "–";
  return toolCallsIn(await cell())
    .map(({ status }) => status)
    .join(", ");
}
