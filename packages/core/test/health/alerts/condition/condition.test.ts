import fc from "fast-check";
import { expect, test } from "vitest";
import { isIdentifier } from "../../../../src/capture/identifier.ts";
import {
  type Condition,
  formatCondition,
  isMeant,
  openCallSeconds,
  parseCondition,
} from "../../../../src/health/alerts/condition/condition.ts";
import { ConditionError } from "../../../../src/health/alerts/condition/condition-reader.ts";
import type { Measure } from "../../../../src/health/alerts/condition/measure.ts";

const only = (measure: Measure): Condition => ({ anyOf: [{ measures: [measure], within: {} }] });

const READ: readonly (readonly [string, Measure])[] = [
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

test.each(READ)("%s is read, and written as it was", (text, measure) => {
  expect(parseCondition(text)).toEqual(only(measure));
  expect(formatCondition(only(measure))).toBe(text);
});

const HARD: Measure = { kind: "class", publicClass: "hard_alert" };
const COST: Measure = { kind: "cost", overNanoUsd: 5_000_000_000 };
const STEPS: Measure = { kind: "steps", over: 200 };

const JOINED: readonly (readonly [string, Condition])[] = [
  ["cost>5 and steps>200", { anyOf: [{ measures: [COST, STEPS], within: {} }] }],
  [
    "class=hard_alert or cost>5 and steps>200",
    {
      anyOf: [
        { measures: [HARD], within: {} },
        { measures: [COST, STEPS], within: {} },
      ],
    },
  ],
  ["cost>5 and agent=helper", { anyOf: [{ measures: [COST], within: { agent: "helper" } }] }],
  [
    'cost>5 and agent="Claude \\"Code\\" \\\\" and workflow=team/tickets and server=@scope/server-1.2',
    {
      anyOf: [
        {
          measures: [COST],
          within: {
            agent: 'Claude "Code" \\',
            workflow: "team/tickets",
            server: "@scope/server-1.2",
          },
        },
      ],
    },
  ],
  [
    "drift and workflow=and",
    { anyOf: [{ measures: [{ kind: "drift" }], within: { workflow: "and" } }] },
  ],
];

test.each(JOINED)("%s is read, and written as it was", (text, condition) => {
  expect(parseCondition(text)).toEqual(condition);
  expect(formatCondition(condition)).toBe(text);
});

test("what is joined is written in one order, each part once", () => {
  for (const [text, written] of [
    ["steps>200 and cost>5 and steps>200", "cost>5 and steps>200"],
    ["tier>=T4 or class=hard_alert or tier >= T4", "class=hard_alert or tier>=T4"],
    ['server=b and agent="a" and  tier>=T4', "tier>=T4 and agent=a and server=b"],
  ] as const) {
    expect(formatCondition(parseCondition(text))).toBe(written);
  }
});

test("any name of any characters is read as it was written", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }), (name) => {
      fc.pre(isIdentifier(name));
      const condition: Condition = { anyOf: [{ measures: [HARD], within: { agent: name } }] };
      expect(parseCondition(formatCondition(condition))).toEqual(condition);
    }),
  );
});

test("what is meant has each name that is asked for", () => {
  const names = { agents: ["id", "Helper"], workflow: "tickets", servers: ["github", "files"] };
  for (const within of [
    {},
    { agent: "id" },
    { agent: "Helper", workflow: "tickets", server: "files" },
  ]) {
    expect(isMeant(within, names)).toBe(true);
  }
  for (const within of [{ agent: "helper" }, { workflow: "" }, { agent: "id", server: "mail" }]) {
    expect(isMeant(within, names)).toBe(false);
  }
  expect(isMeant({ agent: "id" }, { ...names, agents: [undefined] })).toBe(false);
});

test("of several times for an open call the shortest holds, among those that are meant", () => {
  const condition = parseCondition("open_call>60 and server=github or open_call>120 or cost>1");
  const names = { agents: [], workflow: undefined };
  expect(openCallSeconds(condition, { ...names, servers: ["github"] })).toBe(60);
  expect(openCallSeconds(condition, { ...names, servers: ["files"] })).toBe(120);
  expect(openCallSeconds(parseCondition("cost>1"), { ...names, servers: [] })).toBeUndefined();
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
  ["tier>=T4 or", 12, "one of tier>=T1..T5"],
  ["tier>=T4 regime=LOOP", 10, '"and", "or" or the end'],
  ["tier>=T4 and", 13, "one of tier>=T1..T5"],
  ["and tier>=T4", 1, "one of tier>=T1..T5"],
  ["agent=helper", 13, '"and" and what has to hold'],
  ["cost>5 or agent=helper", 23, '"and" and what has to hold'],
  ["cost>5 and agent=", 18, "a name"],
  ['cost>5 and agent="helper', 18, "a name"],
  ['cost>5 and agent=""', 18, "a name"],
  ["cost>5 and agent=a\nb", 19, '"and", "or" or the end'],
  ['cost>5 and agent="a\nb"', 18, "a name"],
  [`cost>5 and agent=${"x".repeat(256)}`, 18, "a name"],
  ["cost>5 and agent=a and agent=b", 24, "agent only once"],
  ["open_call>60 and cost>5", 18, "nothing but agent=NAME, workflow=NAME or server=NAME"],
  ["tool_definition_changed and server=github", 29, "no server=NAME together with"],
  ["server=github and tool_definition_changed", 19, "no server=NAME together with"],
  ["cost>5 and drift", 12, "nothing but workflow=NAME together with drift"],
  ["drift and agent=a", 11, "nothing but workflow=NAME together with drift"],
  ["drift and loop_rate>0.2", 11, "nothing but workflow=NAME together with drift"],
  [Array.from({ length: 21 }, () => "drift").join(" or "), 181, "at most 20 parts"],
  ["regime=HAPPY", 8, "one of WARMING_UP"],
  ["regime>=LOOP", 7, '"="'],
  ["uds>0.3", 4, '"<"'],
  ["uds<0", 5, "a number over 0 and up to 1"],
  ["uds<1.2", 5, "a number over 0 and up to 1"],
  ["uds<0.3.4", 8, '"and", "or" or the end'],
  ["class=review_only", 7, "one of hard_alert"],
  ["cost>1e9", 7, '"and", "or" or the end'],
  ["cost>-1", 6, "an amount in US dollars"],
  ["steps>1.5", 7, "a whole number of steps"],
  ["open_call>soon", 11, "a whole number of seconds"],
  ["tool_definition_changed!", 24, '"and", "or" or the end'],
  ["drift>0.5", 6, '"and", "or" or the end'],
  ["loop_rate=0.2", 10, '">"'],
  ["loop_rate>1.5", 11, "a share from 0 to 1"],
  [`cost>${"1".repeat(1_000)}`, 1_001, "at most 1000 characters"],
];

test("a condition may have a thousand characters, spaces and all", () => {
  expect(parseCondition("steps>200".padEnd(1_000))).toEqual(only(STEPS));
  expect(() => parseCondition("steps>200".padEnd(1_001))).toThrow(ConditionError);
});

test.each([
  ["uds<1", { kind: "uds", below: 1 }],
  ["cost>0", { kind: "cost", overNanoUsd: 0 }],
  ["cost>9000000", { kind: "cost", overNanoUsd: 9_000_000 * 1e9 }],
  ["steps>0", { kind: "steps", over: 0 }],
  ["steps>999999999", { kind: "steps", over: 999_999_999 }],
  ["uds < .000000001", { kind: "uds", below: 1e-9 }],
] as const)("%s is as far as a number may go", (text, measure) => {
  expect(parseCondition(text)).toEqual(only(measure));
  expect(parseCondition(formatCondition(only(measure)))).toEqual(only(measure));
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
  const measure: Measure = { kind: "cost", overNanoUsd: Math.round(usd * 1e9) };
  expect(formatCondition(only(measure))).toBe(text);
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
