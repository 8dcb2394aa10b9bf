import { expect, test } from "vitest";
import { recurringLoops } from "../../src/index.ts";
import { loopOf, profileOf } from "./profile-of.ts";

const loop = loopOf(["edit", "run"]);

test("the same loop is found in several sessions, with when and what it cost", () => {
  const { loops, sessions, loopingSessions } = recurringLoops(
    [
      profileOf(
        { sessionId: "a", startedMs: 100, endedMs: 900, workflow: "fix", costNanoUsd: 9 },
        { loopKinds: [{ ...loop, count: 2, costNanoUsd: 5 }] },
      ),
      profileOf(
        { sessionId: "b", startedMs: 500, endedMs: 600, workflow: "fix", agent: "coder" },
        { loopKinds: [loopOf(["run", "edit"]), loopOf(["open"])] },
      ),
      profileOf(
        { sessionId: "c", startedMs: 50, endedMs: 1_000, workflow: "port", costNanoUsd: 9 },
        { loopKinds: [{ ...loop, costNanoUsd: 2 }] },
      ),
      profileOf({ sessionId: "fine" }),
    ],
    2,
  );
  expect(loops).toEqual([
    {
      rule: "periodic",
      period: 2,
      tools: ["edit", "run"],
      sessions: 3,
      loops: 4,
      steps: 18,
      firstSeenMs: 50,
      lastSeenMs: 1_000,
      costNanoUsd: 7,
      costKnown: 2,
      latest: ["c", "a", "b"],
      workflows: ["fix", "port"],
      agents: ["coder"],
    },
  ]);
  expect([sessions, loopingSessions]).toEqual([4, 3]);
});

test("cycles of one session that begin elsewhere are one kind, in one session", () => {
  const kinds = [loop, loopOf(["run", "edit"], { count: 3, steps: 20 })];
  const [found] = recurringLoops([profileOf({}, { loopKinds: kinds })], 1).loops;
  expect(found).toMatchObject({ sessions: 1, loops: 4, steps: 26 });
});

test("what nobody priced has no cost, rather than none", () => {
  const [found] = recurringLoops([profileOf({}, { loopKinds: [loop] })], 1).loops;
  expect(found).not.toHaveProperty("costNanoUsd");
  expect(found?.costKnown).toBe(0);
});

test("loops of tools without a readable name are counted, and not taken for each other", () => {
  const hidden = (tag: string) => profileOf({}, { loopKinds: [loopOf([tag])] });
  const found = recurringLoops([hidden("x-0123abcd"), hidden("x-ffff0000")], 1);
  expect(found).toMatchObject({ loops: [], loopingSessions: 2, unnamedSessions: 2 });
});

test("loops of another rule or period are another kind", () => {
  const kinds = [loop, { ...loop, period: 4 }, { ...loop, rule: "recurrence" as const }];
  expect(recurringLoops([profileOf({}, { loopKinds: kinds })], 1).loops).toHaveLength(3);
});

test("the most frequent come first", () => {
  const sessions = ["a", "b", "b", "c", "c", "c"].map((tool, at) =>
    profileOf({ sessionId: `s${at}` }, { loopKinds: [loopOf([tool])] }),
  );
  const tools = recurringLoops(sessions, 2).loops.map((found) => found.tools[0]);
  expect(tools).toEqual(["c", "b"]);
});
