import type { StepIdentity } from "./identity.ts";
import { has, TRAIT } from "./trait.ts";

/** What the memory of the session says about a step. */
export interface Recognition {
  /** Its full key was seen before. */
  readonly isRepeat: boolean;
  readonly isNewCall: boolean;
  readonly isNewAnswer: boolean;
  /** It goes over the same ground: a repeat since the user's last word, outside a wait. */
  readonly isStale: boolean;
}

/** How far two equal steps are the same: half, where the arguments are out of sight. */
export function sameness(identity: StepIdentity): number {
  return identity.knowledge === "no_arguments" && has(identity.traits, TRAIT.doubt) ? 0.5 : 1;
}

/** How much a step did, from 0 to 1. */
export function substanceOf(identity: StepIdentity, recognition: Recognition): number {
  const failing = has(identity.traits, TRAIT.failing);
  if (identity.knowledge === "labels") return failing ? 0.6 : 0.7;
  if (recognition.isStale) return sameness(identity) < 1 ? 0.5 : 0.05;
  if (has(identity.traits, TRAIT.talk)) return 0.6;
  const somethingNew = recognition.isNewCall || recognition.isNewAnswer;
  if (failing) return somethingNew ? 0.6 : 0.15;
  const cameBack = !identity.empty || identity.knowledge === "no_results";
  return somethingNew && (cameBack || has(identity.traits, TRAIT.write)) ? 1 : 0.5;
}
