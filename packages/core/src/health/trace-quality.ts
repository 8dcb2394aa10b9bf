import { SLOT } from "./memory/layout.ts";
import type { StepIdentity } from "./step/identity.ts";
import type { Recognition } from "./step/substance.ts";

/**
 * How much of a session's calls is known.
 *
 * `partial`: no arguments, or no results. `labels`: tool and status only. `unstable_hashes`: calls
 * repeat and their results never do, as when a client digests a clock into every result.
 */
export type TraceQuality = "full" | "partial" | "labels" | "unstable_hashes";

/** Repeated calls after which "never the same result" says something. */
const TELLING_REPEATS = 12;
const SAME_RESULTS = 0.02;
/** From this share of the calls on, what is not known decides. */
const SUBSTANTIAL = 0.1;

const CALLS = SLOT.quality;
const PARTIAL = SLOT.quality + 1;
const LABELS = SLOT.quality + 2;
const REPEATED_CALLS = SLOT.quality + 3;
const SAME_ANSWERS = SLOT.quality + 4;

/** Counts what is known of one call. */
export function learnQuality(
  memory: Float64Array,
  identity: StepIdentity,
  recognition: Recognition,
): void {
  add(memory, CALLS, true);
  add(memory, PARTIAL, identity.knowledge !== "full");
  add(memory, LABELS, identity.knowledge === "labels");
  if (identity.knowledge !== "full" || recognition.isNewCall) return;
  add(memory, REPEATED_CALLS, true);
  add(memory, SAME_ANSWERS, !recognition.isNewAnswer);
}

export function qualityOf(memory: Float64Array): TraceQuality {
  const calls = read(memory, CALLS);
  if (calls === 0) return "full";
  if (read(memory, LABELS) > calls / 2) return "labels";
  if (read(memory, PARTIAL) > SUBSTANTIAL * calls) return "partial";
  const repeated = read(memory, REPEATED_CALLS);
  const same = read(memory, SAME_ANSWERS);
  const unstable = repeated >= TELLING_REPEATS && same < SAME_RESULTS * repeated;
  return unstable ? "unstable_hashes" : "full";
}

function add(memory: Float64Array, slot: number, counts: boolean): void {
  if (counts) memory[slot] = read(memory, slot) + 1;
}

function read(memory: Float64Array, slot: number): number {
  return memory[slot] ?? 0;
}
