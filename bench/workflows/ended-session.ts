/** A session as a client's hooks record it, with what is stored of it. */
import type { StructuralRecord } from "@caum/core/verify";
import { newRow } from "../../packages/collector/src/ingest/session-row.ts";
import { SessionState } from "../../packages/collector/src/ingest/session-state.ts";

const OPS = ["read", "search", "write", "test", "run", "vcs"] as const;

/** Numbers that are the same each time. */
export function numbersFrom(seed: number): (below: number) => number {
  let state = seed + 1;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

/** @param seed another one gives another session */
export function endedSession(seed: number): SessionState {
  const next = numbersFrom(seed);
  const facts = { agentId: `agent-${seed % 8}`, workflow: "w" };
  const beginning = { receivedMs: 0, startedMs: 0 };
  const session = new SessionState(newRow({ key: 0, tenant: 1, id: "s" }, facts, beginning));
  const steps = 10 + next(60);
  for (let at = 0; at < steps; at++) {
    for (const record of recordsOf(at, next)) {
      const leaf = next(2 ** 30)
        .toString(16)
        .padStart(64, "0");
      session.take(record, leaf, at * 1_000);
    }
  }
  const end = { type: "end", seq: steps, resolved: next(3) === 0 ? "false" : "true" };
  session.take(recordOf("lifecycle", end, steps), "0".repeat(64), steps * 1_000);
  return session;
}

function recordsOf(at: number, next: (below: number) => number): readonly StructuralRecord[] {
  const tool = next(7);
  const digest = (kinds: number) => next(kinds).toString(16).padStart(64, "0");
  const turn = { kind: "turn", status: "ok", role: "assistant", model: "m", requestedTools: 1 };
  const spent = { inputTokens: 900 + next(9_000), outputTokens: next(400), costNanoUsd: 1_000 };
  const call = {
    toolName: `tool_${tool}`,
    serverTag: `server-${tool % 2}`,
    status: next(7) === 0 ? "error" : "ok",
    op: OPS[tool % OPS.length],
    argumentsHash: digest(40),
    argumentsBytes: 90,
    resultHash: digest(200),
    resultBytes: 700,
    durationMs: next(4_000),
  };
  return [
    recordOf("reasoning", { ...turn, ...spent, durationMs: next(3_000) }, at),
    recordOf("tool_api", call, at),
  ];
}

function recordOf(category: string, payload: object, at: number): StructuralRecord {
  return {
    category,
    payload: { seq: at, ...payload },
    runId: "0".repeat(32),
    sourceFramework: "client",
    sourceTimestamp: new Date(at * 1_000).toISOString(),
  } as unknown as StructuralRecord; // What is judged and counted of a record is there.
}
