import * as fc from "fast-check";
import { expect, test } from "vitest";
import { comparableStructure } from "../../src/compare/comparable-structure.ts";
import { structureDistance } from "../../src/compare/structure-distance.ts";
import type { SessionProfile } from "../../src/index.ts";
import { loopOf, profileOf, sessionOf, toolOf } from "./profile-of.ts";

const between = (one: SessionProfile, other: SessionProfile) =>
  structureDistance(comparableStructure(one), comparableStructure(other));

const WORK = ["read open", "write edit", "test run", "write edit", "test run"] as const;

const sessions = fc
  .record({
    calls: fc.array(
      fc.constantFrom("read open", "read cat", "write edit", "test run", "run bash" as const),
      { maxLength: 30 },
    ),
    loops: fc.uniqueArray(fc.constantFrom("open", "edit", "run"), { maxLength: 3 }),
    count: fc.integer({ min: 1, max: 9 }),
    isHidden: fc.boolean(),
  })
  .map(({ calls, loops, count, isHidden }) =>
    sessionOf(
      "any",
      calls as (typeof WORK)[number][],
      {},
      {
        loopKinds: loops.map((tool) => loopOf([tool], { count })),
        ...(isHidden && { tools: [toolOf("x-0123abcd", calls.length)] }),
      },
    ),
  );

test("a session is at distance 0 from itself, whatever it did", () => {
  fc.assert(
    fc.property(sessions, (session) => {
      expect(between(session, session).distance).toBe(0);
    }),
  );
});

test("a distance is the same from both sides, and lies between 0 and 1", () => {
  fc.assert(
    fc.property(sessions, sessions, (one, other) => {
      const there = between(one, other);
      expect(between(other, one)).toEqual(there);
      for (const part of [there.distance, ...Object.values(there.parts)]) {
        if (part === null) continue;
        expect(part).toBeGreaterThanOrEqual(0);
        expect(part).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test("the order in which things were counted does not move a distance", () => {
  const other = sessionOf("other", ["read cat", "write edit", "run bash"]);
  const one = sessionOf("one", [...WORK, "read cat"]);
  const turned = profileOf(one, { ...one.structure, tools: one.structure.tools.toReversed() });
  expect(between(turned, other)).toEqual(between(one, other));
});

test("sessions with nothing in common are at distance 1 in every mix", () => {
  const other = sessionOf(
    "other",
    ["run bash", "search grep"],
    {},
    { loopKinds: [loopOf(["bash"])] },
  );
  expect(between(sessionOf("one", WORK), other).parts).toMatchObject({
    operations: 1,
    transitions: 1,
    tools: 1,
    loops: 1,
  });
});

test("a mix moves by the share of calls that differ", () => {
  const one = sessionOf("one", ["read open", "read open", "read open", "read open"]);
  const other = sessionOf("other", ["read open", "read open", "read open", "write edit"]);
  expect(between(one, other).parts).toMatchObject({ operations: 0.25, tools: 0.25, length: 0 });
  const twice = sessionOf("twice", [...WORK, ...WORK]);
  expect(between(sessionOf("one", WORK), twice).parts).toMatchObject({
    operations: 0,
    tools: 0,
    length: 1 / 3,
  });
});

test("the same calls in another order differ in their transitions alone", () => {
  const one = sessionOf("one", ["read open", "write edit", "read open", "write edit"]);
  const other = sessionOf("other", ["read open", "read open", "write edit", "write edit"]);
  const { operations, transitions, tools, length, loops } = between(one, other).parts;
  expect([operations, tools, length, loops]).toEqual([0, 0, 0, 0]);
  expect(transitions).toBeGreaterThan(0.5);
});

test("a cycle is the same loop wherever it begins, and another one with another tool", () => {
  const withLoop = (...tools: string[]) => sessionOf("s", WORK, {}, { loopKinds: [loopOf(tools)] });
  expect(between(withLoop("edit", "run"), withLoop("run", "edit")).parts.loops).toBe(0);
  expect(between(withLoop("edit", "run"), withLoop("open", "edit")).parts.loops).toBe(1);
});

test("tools that are keyed per session are unknown, not different", () => {
  const keyed = (tag: string) => sessionOf("s", WORK, {}, { tools: [toolOf(tag, 5)] });
  expect(between(keyed("x-0123abcd"), keyed("x-ffff0000"))).toMatchObject({
    distance: 0,
    parts: { tools: null },
  });
  expect(between(keyed("x-0123abcd"), sessionOf("s", WORK)).parts.tools).toBeNull();
});

test("the same tool of another server is another tool, unless the server is keyed", () => {
  const of = (server: string) =>
    sessionOf("s", WORK, {}, { tools: [{ ...toolOf("search", 5), server }] });
  expect(between(of("github"), of("jira")).parts.tools).toBe(1);
  expect(between(of("x-0123abcd"), of("x-ffff0000")).parts.tools).toBe(0);
});
