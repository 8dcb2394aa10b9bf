/** Profiles that say nothing but what a test is about. */
import type { LoopKind, SessionProfile, SessionStructure } from "../../src/index.ts";

const NO_STRUCTURE: SessionStructure = {
  calls: 0,
  turns: 0,
  failures: 0,
  retries: 0,
  reviewSteps: 0,
  denied: 0,
  pending: 0,
  ops: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  transitions: {},
  tools: [],
  models: {},
  loopKinds: [],
  inLoops: { tokens: 0, ms: 0 },
  afterAlert: { steps: 0, tokens: 0, costNanoUsd: 0, ms: 0 },
};

export function profileOf(
  said: Partial<SessionProfile> = {},
  structure: Partial<SessionStructure> = {},
): SessionProfile {
  return {
    sessionId: "session",
    servers: [],
    startedMs: 0,
    endedMs: 0,
    ended: true,
    steps: 0,
    loops: 0,
    loopSteps: 0,
    loopCostNanoUsd: 0,
    reviewed: false,
    failureRisk: null,
    engine: "test",
    ...said,
    structure: { ...NO_STRUCTURE, ...structure },
  };
}

const OPS = { read: 0, search: 1, write: 2, test: 3, run: 4 } as const;
const ALL_OPS = 13;

/** A session of these calls, each `operation tool`. */
export function sessionOf(
  sessionId: string,
  calls: readonly `${keyof typeof OPS} ${string}`[],
  said: Partial<SessionProfile> = {},
  structure: Partial<SessionStructure> = {},
): SessionProfile {
  const ops = new Array<number>(ALL_OPS).fill(0);
  const transitions: Record<number, number> = {};
  const tools = new Map<string, number>();
  let before: number | undefined;
  for (const call of calls) {
    const [name = "", tool = ""] = call.split(" ");
    const op = OPS[name as keyof typeof OPS]; // As the type of a call says.
    ops[op] = (ops[op] ?? 0) + 1;
    tools.set(tool, (tools.get(tool) ?? 0) + 1);
    if (before !== undefined) {
      const pair = before * ALL_OPS + op;
      transitions[pair] = (transitions[pair] ?? 0) + 1;
    }
    before = op;
  }
  return profileOf(
    { sessionId, steps: calls.length, ...said },
    {
      calls: calls.length,
      ops,
      transitions,
      tools: [...tools].map(([tool, times]) => toolOf(tool, times)),
      ...structure,
    },
  );
}

export function toolOf(tool: string, calls: number) {
  return { tool, calls, toolErrors: 0, protocolErrors: 0, loopSteps: 0, durations: {} };
}

export function loopOf(tools: readonly string[], said: Partial<LoopKind> = {}): LoopKind {
  return {
    rule: "periodic",
    period: tools.length,
    tools,
    count: 1,
    steps: 6,
    costNanoUsd: 0,
    ...said,
  };
}
