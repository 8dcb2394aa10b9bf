import type { StructuralRecord } from "@caum/core/verify";
import { expect, test } from "vitest";
import { newRow } from "../../src/ingest/session-row.ts";
import { SessionState } from "../../src/ingest/session-state.ts";

const START_MS = Date.parse("2026-01-01T00:00:00Z");
const PLACE = { key: 1, tenant: 1, id: "s" };
let leaves = 0;

function newSession(): SessionState {
  const beginning = { receivedMs: START_MS, startedMs: START_MS };
  return new SessionState(newRow(PLACE, { agentId: "agent" }, beginning));
}

/** A record of the session; only what the tests look at is true of it. */
function recordOf(category: string, payload: object): StructuralRecord {
  return {
    category,
    payload: { seq: 0, ...payload },
    runId: "0".repeat(32),
    sourceTimestamp: "2026-01-01T00:00:00.000Z",
  } as unknown as StructuralRecord;
}

function take(session: SessionState, record: StructuralRecord, receivedMs = START_MS): void {
  leaves += 1;
  session.take(record, leaves.toString(16).padStart(64, "0"), receivedMs);
}

const call = (facts: object = {}) =>
  recordOf("tool_api", { toolName: "t", status: "ok", ...facts });

test("the first sixteen writers' keys are kept, each once", () => {
  const session = newSession();
  for (let writer = 0; writer < 20; writer++) {
    const opened = { type: "open", layer: "mcp", view: "full", digestKeyCommitment: "c" };
    const open = { ...opened, writerKey: `key ${writer}` };
    take(session, recordOf("lifecycle", open));
    take(session, recordOf("lifecycle", open));
  }
  const { writerKeys } = session.row.origins;
  expect(writerKeys).toEqual(Array.from({ length: 16 }, (_, writer) => `key ${writer}`));
});

test("the last arrival never goes back, whatever the clock does", () => {
  const session = newSession();
  take(session, call(), START_MS + 5_000);
  take(session, call(), START_MS + 1_000);
  expect(session.row.lastMs).toBe(START_MS + 5_000);
});

test("sums of hostile numbers stay integers", () => {
  const session = newSession();
  const huge = Number.MAX_SAFE_INTEGER;
  const used = { inputTokens: huge, outputTokens: huge, costNanoUsd: huge, durationMs: huge };
  take(session, call(used));
  take(session, call(used));
  take(session, recordOf("lifecycle", { type: "drop", count: huge, reason: "full" }));
  take(session, recordOf("lifecycle", { type: "drop", count: huge, reason: "full" }));
  const { layer: _, ...sums } = session.row.totals;
  expect(Object.values(sums)).toEqual(Array(6).fill(huge));
});

test("a judgement that was stored before a sender started over is stored anew", () => {
  const session = newSession();
  take(session, call());
  session.judgedAt = session.size;
  session.beginSegment();
  // At the size that was stored last, so that nothing but the segment says that it is another.
  expect(session.judgedAt).not.toBe(session.size);
  expect(session.row.segmentStart).toBe(session.size);
});
