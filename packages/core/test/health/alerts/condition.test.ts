import { expect, test } from "vitest";
import {
  type Condition,
  ConditionError,
  formatCondition,
  parseCondition,
} from "../../../src/health/alerts/condition.ts";

const READ: readonly (readonly [string, Condition])[] = [
  ["tier>=T4", { kind: "tier", orWorse: true, rank: 4 }],
  ["tier>=T3", { kind: "tier", orWorse: true, rank: 3 }],
  ["tier=T5", { kind: "tier", orWorse: false, rank: 5 }],
  ["regime=LOOP", { kind: "regime", regime: "LOOP" }],
  ["regime=GRIND", { kind: "regime", regime: "GRIND" }],
  ["uds<0.3", { kind: "uds", below: 0.3 }],
  ["uds<0.5", { kind: "uds", below: 0.5 }],
  ["class=hard_alert", { kind: "class", publicClass: "hard_alert" }],
  ["cost>5", { kind: "cost", overNanoUsd: 5_000_000_000 }],
  ["cost>0.000001", { kind: "cost", overNanoUsd: 1_000 }],
  ["steps>200", { kind: "steps", over: 200 }],
  ["open_call>120", { kind: "open_call", overSeconds: 120 }],
  ["tool_definition_changed", { kind: "tool_definition_changed" }],
  ["drift", { kind: "drift" }],
  ["loop_rate>0.2", { kind: "loop_rate", over: 0.2 }],
  ["loop_rate>0", { kind: "loop_rate", over: 0 }],
];

test.each(READ)("%s is read, and written as it was", (text, condition) => {
  expect(parseCondition(text)).toEqual(condition);
  expect(formatCondition(condition)).toBe(text);
});

test("equal conditions are written in one way", () => {
  expect(formatCondition(parseCondition("  tier >= T4 "))).toBe("tier>=T4");
  expect(formatCondition(parseCondition("uds<.30"))).toBe("uds<0.3");
  expect(formatCondition(parseCondition("cost>2.50"))).toBe("cost>2.5");
});

const REFUSED: readonly (readonly [text: string, position: number, expected: string])[] = [
  ["", 1, "one of tier>=T1..T5"],
  ["Tier>=T4", 1, "one of tier>=T1..T5"],
  ["mood=bad", 1, "one of tier>=T1..T5"],
  ["tier>T4", 5, '">=" or "="'],
  ["tier<=T4", 5, '">=" or "="'],
  ["tier>=T6", 7, "one of T1, T2, T3, T4, T5"],
  ["tier>=t4", 7, "one of T1, T2, T3, T4, T5"],
  ["tier>=T4 or regime=LOOP", 10, "the end of the condition"],
  ["regime=HAPPY", 8, "one of WARMING_UP"],
  ["regime>=LOOP", 7, '"="'],
  ["uds>0.3", 4, '"<"'],
  ["uds<0", 5, "a number over 0 and up to 1"],
  ["uds<1.2", 5, "a number over 0 and up to 1"],
  ["uds<0.3.4", 8, "the end of the condition"],
  ["class=review_only", 7, "one of hard_alert"],
  ["cost>1e9", 7, "the end of the condition"],
  ["cost>-1", 6, "an amount in US dollars"],
  ["steps>1.5", 7, "a whole number of steps"],
  ["open_call>soon", 11, "a whole number of seconds"],
  ["tool_definition_changed!", 24, "the end of the condition"],
  ["drift>0.5", 6, "the end of the condition"],
  ["loop_rate=0.2", 10, '">"'],
  ["loop_rate>1.5", 11, "a share from 0 to 1"],
  [`cost>${"1".repeat(200)}`, 101, "at most 100 characters"],
];

test("a condition may have a hundred characters, spaces and all", () => {
  expect(parseCondition("steps>200".padEnd(100))).toEqual({ kind: "steps", over: 200 });
  expect(() => parseCondition("steps>200".padEnd(101))).toThrow(ConditionError);
});

test.each([
  ["uds<1", { kind: "uds", below: 1 }],
  ["cost>0", { kind: "cost", overNanoUsd: 0 }],
  ["cost>9000000", { kind: "cost", overNanoUsd: 9_000_000 * 1e9 }],
  ["steps>0", { kind: "steps", over: 0 }],
  ["steps>999999999", { kind: "steps", over: 999_999_999 }],
  ["uds < .000000001", { kind: "uds", below: 1e-9 }],
])("%s is as far as a number may go", (text, condition) => {
  expect(parseCondition(text)).toEqual(condition);
});

test.each(["cost>9000001", "cost>9000000.01", "steps>1000000000", "cost>", "steps>"])(
  "%s is farther, or none",
  (text) => {
    expect(() => parseCondition(text)).toThrow(ConditionError);
  },
);

test.each([
  [0.1, "cost>0.1"],
  [2.5e-7, "cost>0.00000025"],
  [1e-9, "cost>0.000000001"],
  [1_000_000, "cost>1000000"],
])("an amount of %d dollars is written without an exponent", (usd, text) => {
  expect(formatCondition({ kind: "cost", overNanoUsd: Math.round(usd * 1e9) })).toBe(text);
});

test.each(REFUSED)("%j is refused at position %i", (text, position, expected) => {
  const refused = (() => {
    try {
      return parseCondition(text);
    } catch (failure) {
      return failure;
    }
  })();
  expect(refused).toBeInstanceOf(ConditionError);
  expect(refused).toMatchObject({ position, expected: expect.stringContaining(expected) });
});
