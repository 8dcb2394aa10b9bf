/** What is checked session by session. */
import { comparableName } from "../compare/comparable-name.ts";
import { KEYED_TOOL, loopWords } from "../compare/loop-words.ts";
import { bucketMiddle } from "../profile/log-histogram.ts";
import { callsNotNamed, loopsNotNamed } from "../profile/not-named.ts";
import { MAX_TOOLS, type SessionProfile, type ToolFigures } from "../profile/session-profile.ts";
import { checkSessions, type Sighting } from "./check-sessions.ts";
import type { GateCheck } from "./gate-limits.ts";
import { counted, dollars, durationOf, sessionsOf } from "./words.ts";

const EVERY_TOOL = `not every tool is known by its name: a profile keeps ${MAX_TOOLS}, and names may be keyed`;

export function checkLoops(sessions: readonly SessionProfile[]): GateCheck {
  return checkSessions(sessions, {
    rule: "loop",
    look: loopsIn,
    found: (what, amount, count) => `${what}; ${counted(amount, "loop")} in ${sessionsOf(count)}`,
  });
}

function loopsIn(session: SessionProfile): readonly Sighting[] {
  const kinds = session.structure.loopKinds.filter(({ count }) => count > 0);
  const others = loopsNotNamed(session);
  const seen = kinds.map((kind) => ({ what: loopWords(kind), amount: kind.count }));
  return others > 0 ? [...seen, { what: "another loop", amount: others }] : seen;
}

export function checkReviews(sessions: readonly SessionProfile[]): GateCheck {
  return checkSessions(sessions, {
    rule: "review",
    look: reviewsIn,
    found: (_, amount, count) =>
      `${counted(amount, "step")} to be reviewed in ${sessionsOf(count)}`,
  });
}

function reviewsIn({ reviewed, structure: { reviewSteps } }: SessionProfile): readonly Sighting[] {
  return reviewed ? [{ what: "review", amount: Math.max(1, reviewSteps) }] : [];
}

export function checkErrors(sessions: readonly SessionProfile[]): GateCheck {
  return checkSessions(sessions, {
    rule: "error",
    look: errorsIn,
    found: (what, amount, count) =>
      `${what}: ${counted(amount, "call")} failed in ${sessionsOf(count)}`,
  });
}

function errorsIn({ structure }: SessionProfile): readonly Sighting[] {
  const seen: Sighting[] = [];
  let rest = structure.failures;
  for (const tool of structure.tools) {
    for (const [amount, whose] of [
      [tool.toolErrors, "the tool answered with an error"],
      [tool.protocolErrors, "an error of the protocol or on the way"],
    ] as const) {
      if (amount > 0) seen.push({ what: `${nameOf(tool)}, ${whose}`, amount });
      rest -= amount;
    }
  }
  return rest > 0 ? [...seen, { what: "other tools", amount: rest }] : seen;
}

export function checkDenied(sessions: readonly SessionProfile[]): GateCheck {
  const look = ({ structure: { denied } }: SessionProfile) => some("denied", denied);
  return checkSessions(sessions, {
    rule: "denied",
    look,
    found: (_, amount, count) => `${counted(amount, "call")} denied in ${sessionsOf(count)}`,
  });
}

export function checkPending(sessions: readonly SessionProfile[]): GateCheck {
  const look = ({ structure: { pending } }: SessionProfile) => some("pending", pending);
  return checkSessions(sessions, {
    rule: "pending",
    look,
    found: (_, amount, count) =>
      `${counted(amount, "call")} without an answer in ${sessionsOf(count)}`,
  });
}

/** By buckets of durations: one that lies around the limit counts by its middle. */
export function checkSlow(sessions: readonly SessionProfile[], slowMs: number): GateCheck {
  const look = ({ structure: { tools } }: SessionProfile) => {
    const isTimed = tools.some(({ durations }) => Object.keys(durations).length > 0);
    if (!isTimed) return undefined;
    return tools.flatMap((tool) => some(nameOf(tool), slowCalls(tool, slowMs)));
  };
  return checkSessions(sessions, {
    rule: "slow",
    look,
    found: (what, amount, count) =>
      `${what}: ${counted(amount, "call")} of ${durationOf(slowMs)} or more in ${sessionsOf(count)}`,
    unknown: "how long calls took is not known",
  });
}

function slowCalls({ durations }: ToolFigures, slowMs: number): number {
  return Object.entries(durations).reduce(
    (sum, [bucket, count]) => (bucketMiddle(Number(bucket)) >= slowMs ? sum + count : sum),
    0,
  );
}

export function checkExpected(
  sessions: readonly SessionProfile[],
  expected: readonly string[],
): GateCheck {
  const look = (session: SessionProfile) => {
    const missing = expected.filter((tool) => !hasTool(session, tool));
    if (missing.length > 0 && isUnnamed(session)) return undefined;
    return missing.map((what) => ({ what, amount: 1 }));
  };
  return checkSessions(sessions, {
    rule: "expected-tool",
    look,
    found: (what, _, count) => `${what} was not called in ${sessionsOf(count)}`,
    unknown: EVERY_TOOL,
    needsAll: true,
  });
}

export function checkForbidden(
  sessions: readonly SessionProfile[],
  forbidden: readonly string[],
): GateCheck {
  const look = (session: SessionProfile) => {
    const called = session.structure.tools.filter(({ tool }) => forbidden.includes(tool));
    if (called.length === 0 && isUnnamed(session)) return undefined;
    return called.map(({ tool: what, calls: amount }) => ({ what, amount }));
  };
  return checkSessions(sessions, {
    rule: "forbidden-tool",
    look,
    found: (what, amount, count) =>
      `${what} was called ${counted(amount, "time")} in ${sessionsOf(count)}`,
    unknown: EVERY_TOOL,
    needsAll: true,
  });
}

function hasTool({ structure }: SessionProfile, name: string): boolean {
  return structure.tools.some(({ tool }) => tool === name);
}

/** It may have called a tool that its profile does not name. */
function isUnnamed({ structure }: SessionProfile): boolean {
  const isKeyed = structure.tools.some(({ tool }) => comparableName(tool) === undefined);
  return isKeyed || callsNotNamed(structure) > 0;
}

export function checkDuration(sessions: readonly SessionProfile[], mostMs: number): GateCheck {
  const look = ({ startedMs, endedMs, steps }: SessionProfile) => {
    // Where nobody keeps times, all of them are one.
    if (endedMs <= startedMs && steps > 1) return undefined;
    return endedMs - startedMs > mostMs ? [{ what: "duration", amount: 1 }] : [];
  };
  return checkSessions(sessions, {
    rule: "duration",
    look,
    found: (_what, _amount, count) => `${sessionsOf(count)} took longer than ${durationOf(mostMs)}`,
    unknown: "how long they took is not known",
  });
}

export function checkSteps(sessions: readonly SessionProfile[], most: number): GateCheck {
  const look = ({ steps }: SessionProfile) => (steps > most ? [{ what: "steps", amount: 1 }] : []);
  return checkSessions(sessions, {
    rule: "steps",
    look,
    found: (_what, _amount, count) =>
      `${sessionsOf(count)} took more than ${counted(most, "step")}`,
  });
}

export function checkCost(sessions: readonly SessionProfile[], mostNanoUsd: number): GateCheck {
  const look = ({ costNanoUsd }: SessionProfile) => {
    if (costNanoUsd === undefined) return undefined;
    return costNanoUsd > mostNanoUsd ? [{ what: "cost", amount: 1 }] : [];
  };
  return checkSessions(sessions, {
    rule: "cost",
    look,
    found: (_what, _amount, count) => `${sessionsOf(count)} cost more than ${dollars(mostNanoUsd)}`,
    unknown: "nobody said what they cost: send costs, or models that have a price",
  });
}

function some(what: string, amount: number): readonly Sighting[] {
  return amount > 0 ? [{ what, amount }] : [];
}

function nameOf({ tool, server }: ToolFigures): string {
  const name = comparableName(tool) ?? KEYED_TOOL;
  const of = server === undefined ? undefined : comparableName(server);
  return of === undefined ? name : `${name} of ${of}`;
}
