import type { Step } from "@caum/core/health";
import type { Detector, Watch } from "./detector.ts";

/**
 * Loop rules of other tools, restated from how their makers describe them. They see the same
 * structural events as our engine: where they compare texts, equal digests stand for equal texts.
 */

/** Ends its look back at a message of the user, as the tools do. */
function sinceUser(limit: number, judge: (steps: readonly Step[]) => boolean): () => Watch {
  return () => {
    let steps: Step[] = [];
    return ({ observed }) => {
      if (observed.kind === "user") steps = [];
      else steps = [...steps, observed].slice(-limit);
      return { alert: judge(steps) };
    };
  };
}

/** Fields that are not known compare as equal: a rule that looks at them cannot tell. */
function action(step: Step | undefined): string | undefined {
  return step && [step.kind, step.tool, step.argumentsNorm, step.messageHash].join("|");
}

function outcome(step: Step | undefined): string | undefined {
  return step && [action(step), step.resultNorm, step.status].join("|");
}

function lastEqual(
  steps: readonly Step[],
  count: number,
  of: (step: Step | undefined) => string | undefined,
): boolean {
  if (steps.length < count) return false;
  const last = of(steps.at(-1));
  return steps.slice(-count).every((step) => of(step) === last);
}

/**
 * OpenHands, StuckDetector: one action with one observation four times; one action three times with
 * errors; two that alternate six times; one message of the agent three times.
 */
const openHands: Detector = {
  name: "OpenHands rules",
  begin: sinceUser(20, (steps) => {
    const last = steps.at(-1);
    if (last === undefined) return false;
    if (last.kind !== "call") return lastEqual(steps, 3, action);
    if (lastEqual(steps, 4, outcome)) return true;
    const failing = steps.slice(-3).every((step) => (step.status ?? "ok") !== "ok");
    if (failing && lastEqual(steps, 3, action)) return true;
    const pair = steps.slice(-6);
    return (
      pair.length === 6 &&
      outcome(pair[0]) !== outcome(pair[1]) &&
      pair.every((step, index) => outcome(step) === outcome(pair[index % 2]))
    );
  }),
};

/** Gemini CLI's heuristic and Cline's hard limit at 5, Roo Code's at 4, opencode's at 3. */
function identicalCalls(count: number): Detector {
  return {
    name: `${count} identical calls`,
    begin: sinceUser(count, (steps) => {
      const calls = steps.every((step) => step.kind === "call");
      return calls && lastEqual(steps, count, action);
    }),
  };
}

/** browser-use: in a window of 20 actions one comes 5 times. */
const windowOf20: Detector = {
  name: "window of 20, 5 equal",
  begin: sinceUser(20, (steps) => {
    const last = action(steps.at(-1));
    return steps.filter((step) => action(step) === last).length >= 5;
  }),
};

export const peers: readonly Detector[] = [
  openHands,
  identicalCalls(5),
  identicalCalls(4),
  identicalCalls(3),
  windowOf20,
];
