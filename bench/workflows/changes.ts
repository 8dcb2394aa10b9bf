/** What is done to a session to see whether it is noticed. */
import type { Random } from "./random.ts";
import type { TracedSession, TracedStep } from "./trace-sessions.ts";

export type Change = (session: TracedSession, random: Random) => TracedSession;

const RETRIED = 0.1;
const LOOPING = 0.05;
const LOOP_STEPS = 8;

/** One call in ten fails at first and is asked again: retries grow by ten points of all calls. */
export const moreRetries: Change = (session, random) => ({
  ...session,
  steps: session.steps.flatMap((traced) =>
    traced.step.kind === "call" && random() < RETRIED ? [failed(traced), traced] : [traced],
  ),
});

function failed({ step }: TracedStep): TracedStep {
  return { step: { ...step, status: "error", resultNorm: "refused", resultShape: "refused" } };
}

/** Of each two calls, the second is made first. */
export const swappedPairs: Change = (session) => {
  const steps = [...session.steps];
  const calls = steps.flatMap(({ step }, at) => (step.kind === "call" ? [at] : []));
  for (let pair = 0; pair + 1 < calls.length; pair += 2) {
    const [one, other] = [calls[pair] ?? 0, calls[pair + 1] ?? 0];
    [steps[one], steps[other]] = [steps[other], steps[one]] as [TracedStep, TracedStep];
  }
  return { ...session, steps };
};

/** The same calls in random order. */
export const shuffledCalls: Change = (session, random) => {
  const steps = [...session.steps];
  const calls = steps.flatMap(({ step }, at) => (step.kind === "call" ? [at] : []));
  for (let last = calls.length - 1; last > 0; last--) {
    const [one, other] = [calls[last] ?? 0, calls[Math.floor(random() * (last + 1))] ?? 0];
    [steps[one], steps[other]] = [steps[other], steps[one]] as [TracedStep, TracedStep];
  }
  return { ...session, steps };
};

/** In one session of twenty, a call is made eight times more, with the same answer. */
export const moreLoops: Change = (session, random) => {
  if (random() >= LOOPING) return session;
  const calls = session.steps.flatMap(({ step }, at) => (step.kind === "call" ? [at] : []));
  const at = calls[Math.floor(random() * calls.length)];
  const call = at === undefined ? undefined : session.steps[at];
  if (at === undefined || call === undefined) return session;
  const loop = new Array<TracedStep>(LOOP_STEPS).fill(call);
  return { ...session, steps: session.steps.toSpliced(at, 0, ...loop) };
};

/** The same sessions under another model's name. */
export const otherName: Change = (session) => ({ ...session, model: "another-model" });
