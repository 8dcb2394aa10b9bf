import { expect, test } from "vitest";
import { SIBLINGS } from "../../../src/health/memory/layout.ts";
import { newMemory } from "../../../src/health/memory/saved-memory.ts";
import { attemptOf, joinAttempt } from "../../../src/health/signals/attempt.ts";

const TURN = { kind: "call", tool: "t", parentEventId: "the turn" } as const;

test("equal calls of one turn count once, also behind seven others", () => {
  const memory = newMemory();
  expect(SIBLINGS).toBe(8);
  for (let key = 1; key <= 8; key++) expect(joinAttempt(memory, TURN, key)).toBe(1);
  for (let key = 1; key <= 8; key++) expect(joinAttempt(memory, TURN, key)).toBe(0);
  expect(joinAttempt(memory, TURN, 9)).toBe(1);
  // The first one has been forgotten.
  expect(joinAttempt(memory, TURN, 1)).toBe(1);
});

test("calls of another turn are another attempt", () => {
  const memory = newMemory();
  joinAttempt(memory, TURN, 1);
  expect(joinAttempt(memory, { ...TURN, parentEventId: "the next" }, 1)).toBe(2);
  expect(attemptOf(memory)).toBe(2);
});
