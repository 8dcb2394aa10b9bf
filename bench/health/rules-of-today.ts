import type { Step } from "@caum/core/health";

import type { Detector } from "./detector.ts";

/**
 * Rules that tools of today tell of themselves, restated in our own words: counts of equal calls, of
 * failures and of cycles. A call is its tool and its arguments; a message ends nothing.
 */

/** Statuses of calls that did not do what they were asked for. */
const FAILING: ReadonlySet<string | undefined> = new Set([
  "error",
  "not_found",
  "timeout",
  "rate_limited",
  "denied",
  "rejected",
]);

function isFailing(status: Step["status"]): boolean {
  return FAILING.has(status);
}

function callOf(step: Step): string {
  return `${step.tool}|${step.argumentsNorm ?? ""}`;
}

/** Sees calls only; whatever else happens leaves the alert as it was not. */
function onCalls(name: string, begin: () => (call: Step) => boolean): Detector {
  return {
    name,
    begin: () => {
      const judge = begin();
      return ({ observed }) => ({ alert: observed.kind === "call" && judge(observed) });
    },
  };
}

/** A call that comes for the 4th time, anywhere in the session. */
const fourthOccurrence = onCalls("4th occurrence", () => {
  const seen = new Map<string, number>();
  return (call) => {
    const count = (seen.get(callOf(call)) ?? 0) + 1;
    seen.set(callOf(call), count);
    return count >= 4;
  };
});

const WINDOW = 20;

/** Three equal calls in a row; A B A B A; the third call of a tool after two equal errors. */
const threeOrAlternating = onCalls("3 in a row, ABABA, 2 errors", () => {
  let calls: Step[] = [];
  return (call) => {
    const errors = calls.filter((one) => one.tool === call.tool && isFailing(one.status));
    const [latest, before] = [errors.at(-1), errors.at(-2)];
    const isThirdTry =
      latest !== undefined && before !== undefined && latest.resultNorm === before.resultNorm;
    calls = [...calls, call].slice(-WINDOW);
    const names = calls.slice(-5).map(callOf);
    const [a, b] = names.slice(-2);
    const alternates =
      names.length === 5 && a !== b && names.every((name, at) => name === (at % 2 === 0 ? b : a));
    return isThirdTry || (names.length >= 3 && new Set(names.slice(-3)).size === 1) || alternates;
  };
});

/** Five failures in a row of one server. */
const serverFailures = onCalls("5 failures of a server", () => {
  const failures = new Map<string, number>();
  return ({ serverTag = "", status }) => {
    const count = isFailing(status) ? (failures.get(serverTag) ?? 0) + 1 : 0;
    failures.set(serverTag, count);
    return count >= 5;
  };
});

const FIVE_MINUTES_MS = 300_000;

/** Five equal calls within five minutes. Without a clock all calls are of one moment. */
const fiveInFiveMinutes = onCalls("5 equal in 5 minutes", () => {
  const times = new Map<string, readonly number[]>();
  return (call) => {
    const now = call.atMs ?? 0;
    const recent = [...(times.get(callOf(call)) ?? []), now].filter(
      (at) => now - at <= FIVE_MINUTES_MS,
    );
    times.set(callOf(call), recent.slice(-5));
    return recent.length >= 5;
  };
});

const LONGEST_PERIOD = 6;

/** Periods of 2 to 6 with three whole cycles; said again at twice the count that was said last. */
const cycles = onCalls("3 cycles of 2 to 6", () => {
  let calls: string[] = [];
  let said = 0;
  return (call) => {
    calls = [...calls, callOf(call)].slice(-LONGEST_PERIOD * 50);
    const count = longestCycles(calls);
    if (count < 3) said = 0;
    if (count < Math.max(3, 2 * said)) return false;
    said = count;
    return true;
  };
});

function longestCycles(calls: readonly string[]): number {
  let most = 0;
  for (let period = 2; period <= LONGEST_PERIOD; period++) {
    let matches = 0;
    for (let at = calls.length - 1; at >= period && calls[at] === calls[at - period]; at--) {
      matches += 1;
    }
    const isOneCall = new Set(calls.slice(-period)).size === 1;
    if (!isOneCall && matches >= period) most = Math.max(most, Math.floor(matches / period) + 1);
  }
  return most;
}

export const rulesOfToday: readonly Detector[] = [
  fourthOccurrence,
  threeOrAlternating,
  serverFailures,
  fiveInFiveMinutes,
  cycles,
];
