import { SLOT } from "../memory/layout.ts";
import type { Step } from "../step/step.ts";
import type { AgentLanes } from "./lanes.ts";

/**
 * Tells the next memory what a handoff carries on: the work of all agents so far. So one agent that
 * hands on again and again repeats itself only while nothing is done in between; and where agents do
 * nothing but hand on to each other, that is counted.
 */
export function learnHandoff(lanes: AgentLanes, memory: Float64Array, step: Step): void {
  if (lanes.count === 1) return;
  const work = lanes.sum(SLOT.newSteps);
  const isHandoff = step.op === "end";
  memory[SLOT.carried] = isHandoff ? work + 1 : 0;
  const { first } = lanes;
  const goesOn =
    isHandoff &&
    first[SLOT.handoffWork] === work &&
    first[SLOT.handoffAgent] !== memory[SLOT.agent];
  const length = goesOn ? (first[SLOT.handoffs] ?? 0) + 1 : Number(isHandoff);
  first[SLOT.handoffs] = length;
  first[SLOT.handoffWork] = work;
  first[SLOT.handoffAgent] = memory[SLOT.agent] ?? 0;
  memory[SLOT.handedOn] = length;
}
