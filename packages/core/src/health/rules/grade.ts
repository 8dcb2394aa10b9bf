/** How much is known of the steps that a rule goes by. */
import { has, spansServers, TRAIT } from "../step/trait.ts";
import type { RuleFinding } from "./finding.ts";

/** Too little is known of the steps, or of what came between them. */
export function isDoubtful(traits: number): boolean {
  return has(traits, TRAIT.doubt) || (has(traits, TRAIT.narrow) && !spansServers(traits));
}

/** What is doubtful must happen twice as often. */
export function times(traits: number): number {
  return isDoubtful(traits) ? 2 : 1;
}

/** A loop of steps of which far too little is known is something to look at, never an alert. */
export function gradeOf(traits: number): RuleFinding["grade"] {
  return has(traits, TRAIT.review) ? "review" : "hard";
}
