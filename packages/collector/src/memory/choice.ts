import type { BaselineChoice } from "@caum/workflows";
import type { MemoryCard } from "../rows/memory-rows.ts";

/** The baseline that a person chose for a workflow; undefined where nobody did. */
export function choiceOf({ choice }: Pick<MemoryCard, "choice">): BaselineChoice | undefined {
  // Only the door of workflows writes it.
  return choice === undefined ? undefined : (JSON.parse(choice) as BaselineChoice);
}
