import type { StructuralRecord } from "@caum/core/verify";
import { describe, expect, test } from "vitest";
import { newRow } from "../../src/ingest/session-row.ts";
import { SessionState } from "../../src/ingest/session-state.ts";
import { NO_TOTALS, totalsWith } from "../../src/ingest/totals.ts";

/** A record of a run; only what the tests look at is true of it. */
function recordOf(runId: string, category: string, payload: object): StructuralRecord {
  return {
    category,
    payload: { seq: 0, ...payload },
    runId,
    sourceTimestamp: "2026-01-01T00:00:00.000Z",
  } as unknown as StructuralRecord;
}

const turn = (runId: string, costNanoUsd = 5) =>
  recordOf(runId, "reasoning", { inputTokens: 100, outputTokens: 20, costNanoUsd });

/** A session that a framework and a client below it tell of. */
function newSession(): SessionState {
  const beginning = { receivedMs: 0, startedMs: 0 };
  const session = new SessionState(newRow({ key: 1, tenant: 1, id: "s" }, {} as never, beginning));
  for (const layer of ["framework", "model"]) {
    take(session, open(layer));
  }
  return session;
}

const open = (layer: string) =>
  recordOf(layer, "lifecycle", { type: "open", layer, view: "full", digestKeyCommitment: "c" });

let leaves = 0;
function take(session: SessionState, record: StructuralRecord): void {
  leaves += 1;
  session.take(record, leaves.toString(16).padStart(64, "0"), 0);
}

describe("what two layers tell of is counted once", () => {
  test("a model turn that a framework and the client below it tell of", () => {
    const session = newSession();
    for (let told = 0; told < 3; told++) {
      take(session, turn("model"));
      take(session, turn("framework"));
    }
    expect(session.row.totals).toMatchObject({ totalTokens: 360, costNanoUsd: 15 });
  });

  test("in whatever order they come", () => {
    const records = ["model", "model", "framework", "framework", "framework"] as const;
    const there = records.reduce((sum, layer) => totalsWith(sum, turn(layer), layer), NO_TOTALS);
    const back = records
      .toReversed()
      .reduce((sum, layer) => totalsWith(sum, turn(layer), layer), NO_TOTALS);
    const { layer: _first, byLayer, ...figures } = there;
    expect(back).toMatchObject({ ...figures, byLayer });
    expect(figures).toMatchObject({ inputTokens: 300, outputTokens: 60 });
  });

  test("tokens that only one layer tells of stand beside durations that only the other does", () => {
    const session = newSession();
    take(
      session,
      recordOf("framework", "tool_api", { toolName: "t", status: "ok", durationMs: 7 }),
    );
    take(session, turn("model"));
    expect(session.row.totals).toMatchObject({ durationMs: 7, inputTokens: 100 });
  });

  test("a loop costs what one layer tells, also when it was stored in between", () => {
    let session = newSession();
    for (let step = 0; step < 12; step++) {
      take(session, turn("model"));
      take(session, turn("framework"));
      take(session, failing("framework"));
      const { row, judgement, size } = session;
      session = new SessionState(row, JSON.parse(JSON.stringify(judgement)), size);
    }
    expect(session.loops.count).toBe(1);
    expect(session.loops.costNanoUsd).toBe(60);
  });
});

test("what an earlier version summed is of the layer that goes on", () => {
  const { layer: _unknown, ...earlier } = totalsWith(NO_TOTALS, turn("mcp"), "mcp");
  expect(totalsWith(earlier, turn("mcp"), "mcp")).toMatchObject({ totalTokens: 240, layer: "mcp" });
});

function failing(runId: string): StructuralRecord {
  const request = { argumentsNormHash: "a".repeat(32), argumentsShapeHash: "b".repeat(32) };
  const result = { resultNormHash: "c".repeat(32), resultBytes: 40, errorClass: "timeout" };
  return recordOf(runId, "tool_api", {
    toolName: "search",
    status: "error",
    ...request,
    ...result,
  });
}
