/** One tool, and one text or nothing with it, again and again: weak evidence, and enough of it. */
import type { Run } from "../signals/run.ts";
import { sameContents, sameNames } from "../signals/scant.ts";
import { has, TRAIT } from "../step/trait.ts";
import { isPatient } from "../wait/patience.ts";
import type { RuleFinding } from "./finding.ts";

/** Equal calls in a row before somebody should look, and before it is a loop. */
const REVIEW = 8;
const HARD = 12;
/** A wait has lost its sense. */
const PATIENT = 60;

/**
 * @param waiting cycles of a believed wait, 0 when there is none
 */
export function findSameContent(memory: Float64Array, waiting: number): RuleFinding | undefined {
  const finding = findScant(memory, "same_content", sameContents, waiting);
  if (finding === undefined || finding.cycles < HARD) return finding;
  // A change that worked says the same of many different changes.
  const traits = sameContents.traits(memory);
  const isDone = has(traits, TRAIT.write | TRAIT.act) && !has(traits, TRAIT.failing);
  return isDone ? finding : { ...finding, grade: "hard" };
}

/** A name alone never makes a hard alert: nobody knows what was called. */
export function findSameTool(memory: Float64Array, waiting: number): RuleFinding | undefined {
  return findScant(memory, "same_tool", sameNames, waiting);
}

function findScant(
  memory: Float64Array,
  rule: "same_content" | "same_tool",
  run: Run,
  waiting: number,
): RuleFinding | undefined {
  const length = run.length(memory);
  if (length < REVIEW || waiting > 0) return undefined;
  if (length < PATIENT && isPatient(memory, run.traits(memory))) return undefined;
  const fromStep = run.firstStep(memory);
  return { rule, period: 1, cycles: length, fromStep, grade: "review", talk: false };
}
