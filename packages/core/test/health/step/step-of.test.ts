import { describe, expect, test } from "vitest";
import {
  CATEGORIES,
  type ReasoningPayload,
  type StructuralRecord,
} from "../../../src/capture/record.ts";
import { isStepRecord, stepOf } from "../../../src/health/step/step-of.ts";
import { RunBuilder } from "../session/records.ts";

const [open, call] = new RunBuilder("a", "mcp").call(0, "read", "text").records as [
  StructuralRecord,
  StructuralRecord,
];

function said(payload: Partial<ReasoningPayload>): ReturnType<typeof stepOf> {
  const { payload: _, ...envelope } = open;
  return stepOf({
    ...envelope,
    category: "reasoning",
    payload: { seq: 1, kind: "message", status: "ok", ...payload },
  } as StructuralRecord);
}

describe("the step of a record", () => {
  test("is a call, with hashes that are absent standing for the wider ones", () => {
    const step = stepOf(call, { view: "one_server", weakContent: true });
    expect(step).toMatchObject({
      kind: "call",
      tool: "read",
      op: "read",
      view: "one_server",
      weakContent: true,
    });
    expect(step?.argumentsShape).toBe(step?.argumentsNorm);
    expect(step?.resultShape).toBe(step?.resultNorm);
    expect(step?.argumentsHash).toBeUndefined();
    expect(step?.atMs).toBe(1_700_000_000_000);
  });

  test("has of a call what its record has, and nothing else", () => {
    const told = (payload: object) => {
      const {
        kind: _,
        atMs: __,
        ...step
      } = stepOf({
        ...call,
        payload: { seq: 1, toolName: "t", status: "ok", ...payload },
      } as never) ?? {};
      return step;
    };
    const bare = told({});
    expect(Object.keys(bare).toSorted()).toEqual(["status", "tool"]);
    const facts = { op: "read", resultBytes: 5, durationMs: 7, stateId: "s" } as const;
    const tags = { agentTag: "x-a", serverTag: "x-s" };
    expect(told({ ...facts, ...tags })).toEqual({ ...bare, ...facts, ...tags });
    // A bound of a duration says little of when the call began.
    expect(told({ durationMs: 7, durationIsBound: "true" })).toEqual(bare);
    expect(told({ resultHash: "h" })).toEqual({ ...bare, resultNorm: "h", resultShape: "h" });
    expect(told({ resultHash: "h", resultNormHash: "n", resultShapeHash: "p" })).toEqual({
      ...bare,
      resultNorm: "n",
      resultShape: "p",
    });
    expect(told({ argumentsHash: "h", argumentsNormHash: "n", argumentsBytes: 9 })).toMatchObject({
      argumentsHash: "h",
      argumentsNorm: "n",
      argumentsShape: "n",
      argumentsBytes: 9,
    });
  });

  test("is none for what happens around an agent, or is not answered yet", () => {
    expect(stepOf(open)).toBeUndefined();
    const pending = {
      ...call,
      payload: { ...call.payload, status: "pending" },
    } as StructuralRecord;
    expect(stepOf(pending)).toBeUndefined();
  });

  test("is a turn or message of the agent; of the user, a message that is no step", () => {
    expect(said({ kind: "turn", messageHash: "m" })).toMatchObject({
      kind: "turn",
      tool: "assistant",
    });
    expect(said({ role: "agent", messageHash: "m" })).toMatchObject({
      kind: "message",
      tool: "agent",
    });
    expect(said({ role: "user" })).toMatchObject({ kind: "user" });
    expect(said({ role: "system", messageHash: "m" })).toBeUndefined();
    expect(said({ kind: "turn" })).toBeUndefined();
    expect(said({ kind: "turn", messageHash: "m", requestedTools: 1 })).toBeUndefined();
  });

  test("is looked for in calls and in what was said, and in nothing else", () => {
    const judged = CATEGORIES.filter((category) => isStepRecord({ category }));
    expect(judged).toEqual(["tool_api", "reasoning"]);
    // A tombstone has none.
    expect(isStepRecord({})).toBe(false);
    expect(stepOf(call)).toBeDefined();
    expect(isStepRecord(open)).toBe(false);
  });
});
