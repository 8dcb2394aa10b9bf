/** A session of a trace as a profile, counted as `StructureCounter` counts records. */
import { Health, type Step } from "@caum/core/health";
import { MAX_TOOLS, OPERATIONS, type SessionProfile } from "@caum/workflows";
import type { TracedSession, TracedStep } from "./trace-sessions.ts";

const FAILING: ReadonlySet<string> = new Set([
  "error",
  "not_found",
  "timeout",
  "rate_limited",
  "denied",
  "rejected",
]);

interface Counts {
  calls: number;
  turns: number;
  failures: number;
  retries: number;
  readonly ops: number[];
  readonly transitions: Record<number, number>;
  readonly tools: Map<string, number>;
  readonly failedWith: Map<string, string | undefined>;
  lastOp: number;
}

/** @param startedMs when it began, by the order in which sessions come */
export function profileOf(session: TracedSession, startedMs: number): SessionProfile {
  const { health, counts, found } = judge(session);
  const { loops, loopSteps, reviewSteps, failureRisk } = found;
  const tokens = sumOfTokens(session.steps);
  const durationMs = spanOf(session.steps);
  return {
    sessionId: session.id,
    workflow: session.source,
    servers: [],
    startedMs,
    endedMs: startedMs + (durationMs ?? 0),
    ended: true,
    ...(session.resolved !== undefined && { resolved: session.resolved }),
    steps: health.steps,
    loops,
    loopSteps,
    loopCostNanoUsd: 0,
    reviewed: reviewSteps > 0 && loops === 0,
    ...(tokens !== undefined && { tokens }),
    ...(durationMs !== undefined && { durationMs }),
    failureRisk,
    engine: "bench",
    structure: {
      calls: counts.calls,
      turns: counts.turns,
      reviewSteps,
      failures: counts.failures,
      retries: counts.retries,
      denied: 0,
      pending: 0,
      ops: counts.ops,
      transitions: counts.transitions,
      tools: toolsOf(counts),
      models: { [session.model]: Math.max(1, counts.turns) },
      loopKinds: [],
      inLoops: { tokens: 0, ms: 0 },
      afterAlert: { steps: 0, tokens: 0, costNanoUsd: 0, ms: 0 },
    },
  };
}

function judge(session: TracedSession) {
  const health = new Health();
  const counts: Counts = {
    calls: 0,
    turns: 0,
    failures: 0,
    retries: 0,
    ops: OPERATIONS.map(() => 0),
    transitions: {},
    tools: new Map(),
    failedWith: new Map(),
    lastOp: -1,
  };
  const found = { loops: 0, loopSteps: 0, reviewSteps: 0, failureRisk: null as number | null };
  for (const { step } of session.steps) {
    const { failureRisk, eventType, publicClass } = health.observe(step);
    found.failureRisk = failureRisk;
    if (eventType === "structural_loop_entered") found.loops += 1;
    if (publicClass === "hard_alert") found.loopSteps += 1;
    if (publicClass === "review_only") found.reviewSteps += 1;
    if (step.kind === "call") takeCall(counts, step);
    else if (step.kind !== "user") counts.turns += 1;
  }
  return { health, counts, found };
}

function takeCall(counts: Counts, step: Step): void {
  const op = OPERATIONS.indexOf(step.op ?? "other");
  counts.calls += 1;
  counts.ops[op] = (counts.ops[op] ?? 0) + 1;
  if (counts.lastOp >= 0) {
    const place = counts.lastOp * OPERATIONS.length + op;
    counts.transitions[place] = (counts.transitions[place] ?? 0) + 1;
  }
  counts.lastOp = op;
  counts.tools.set(step.tool, (counts.tools.get(step.tool) ?? 0) + 1);
  const isFailure = FAILING.has(step.status ?? "ok");
  const asked = step.argumentsNorm;
  if (isFailure) counts.failures += 1;
  if (asked !== undefined && counts.failedWith.get(step.tool) === asked) counts.retries += 1;
  counts.failedWith.set(step.tool, isFailure ? asked : undefined);
}

function toolsOf({ tools }: Counts): SessionProfile["structure"]["tools"] {
  return [...tools].slice(0, MAX_TOOLS).map(([tool, calls]) => ({
    tool,
    calls,
    toolErrors: 0,
    protocolErrors: 0,
    loopSteps: 0,
    durations: {},
  }));
}

function sumOfTokens(steps: readonly TracedStep[]): number | undefined {
  const known = steps.flatMap(({ tokens }) => tokens ?? []);
  return known.length === 0 ? undefined : known.reduce((sum, count) => sum + count, 0);
}

function spanOf(steps: readonly TracedStep[]): number | undefined {
  const times = steps.flatMap(({ step }) => step.atMs ?? []);
  const [first, last] = [times[0], times.at(-1)];
  return first === undefined || last === undefined || last <= first ? undefined : last - first;
}
