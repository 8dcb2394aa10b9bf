import { describe, expect, test } from "vitest";
import { compareSides, MAX_LOOP_KINDS, MAX_TOOLS, type SessionProfile } from "../../src/index.ts";
import { loopOf, profileOf, sessionOf, toolOf } from "../compare/profile-of.ts";

const one = sessionOf("one", ["read read_file", "write edit", "test run_tests"]);
const other = sessionOf(
  "other",
  ["read read_file", "read read_file", "read read_file", "test run_tests"],
  { loops: 1, loopSteps: 3, tokens: 1_200, costNanoUsd: 20_000_000, startedMs: 1, endedMs: 61_001 },
  { failures: 2, loopKinds: [loopOf(["read_file"])] },
);

function compared(a: readonly SessionProfile[], b: readonly SessionProfile[]) {
  return compareSides({ profiles: a }, { profiles: b });
}

function figureOf({ figures }: ReturnType<typeof compared>, name: string) {
  return figures.find(({ figure }) => figure === name);
}

describe("two sessions", () => {
  const found = compareSides(
    { profiles: [one], order: ["read_file", "edit", "run_tests"] },
    { profiles: [other], order: ["read_file", "read_file", "read_file", "run_tests"] },
  );

  test("differ in figures, and by how much", () => {
    expect(found.a).toEqual({ sessions: 1, withoutSteps: 0, notEnded: 0, session: "one" });
    expect(figureOf(found, "steps")).toMatchObject({
      words: "steps",
      a: { mean: 3, median: 3, known: 1 },
      b: { mean: 4 },
      difference: 1,
      typical: null,
    });
    expect(figureOf(found, "loops")).toMatchObject({ difference: 1 });
    expect(figureOf(found, "failures")).toMatchObject({ a: { mean: 0 }, b: { mean: 2 } });
    expect(found.shares).toEqual([]);
  });

  test("what nobody said is not known, and no 0", () => {
    for (const [name, mean] of [
      ["tokens", 1_200],
      ["costUsd", 0.02],
      ["tookMs", 61_000],
    ] as const) {
      expect(figureOf(found, name)).toMatchObject({ a: null, b: { mean }, difference: null });
    }
  });

  test("part at a step, which is named", () => {
    expect(found.order).toEqual({
      sameSteps: 1,
      a: "edit",
      b: "read_file",
      unnamedSteps: 0,
      said: "The first step is alike; step 2 is edit in A and read_file in B.",
    });
  });

  test("tools, transitions and loops that differ the most come first", () => {
    expect(found.tools.map(({ tool, a, b }) => [tool, a?.calls, b?.calls])).toEqual([
      ["read_file", 1, 3],
      ["edit", 1, 0],
      ["run_tests", 1, 1],
    ]);
    const [first] = found.transitions;
    expect(first).toEqual({ from: "read", to: "read", a: 0, b: 2 / 3 });
    expect(found.loops).toEqual([
      expect.objectContaining({
        tools: ["read_file"],
        words: "read_file: periodic",
        a: { sessions: 0, loops: 0, known: 1 },
        b: { sessions: 1, loops: 1, known: 1 },
      }),
    ]);
    expect(found.distance?.distance).toBeGreaterThan(0);
  });

  test("of one session and itself nothing differs, and it is said that it is one", () => {
    const same = compared([one], [one]);
    expect(same.distance?.distance).toBe(0);
    expect(same.figures.every(({ difference }) => difference === 0 || difference === null)).toBe(
      true,
    );
    expect(same.notes).toEqual(["1 session is on both sides"]);
    expect(same.order).toBeNull();
  });

  test("where nothing followed anything, no transition has a share", () => {
    const short = sessionOf("short", ["read read_file"]);
    expect(compared([short], [one]).transitions[0]).toMatchObject({ a: null, b: 0.5 });
    expect(compared([short], [short]).transitions).toEqual([]);
  });
});

describe("keyed names", () => {
  const keyed = (tag: string) =>
    profileOf(
      { sessionId: tag, steps: 6, loops: 1 },
      {
        calls: 7,
        tools: [toolOf(`x-${tag}`, 6)],
        loopKinds: [loopOf([`x-${tag}`]), loopOf([`x-${tag}`, "named"])],
      },
    );

  test("stand in one row, and their loops are counted and not told apart", () => {
    const found = compared([keyed("00000001")], [keyed("00000002")]);
    expect(found.tools).toEqual([
      expect.objectContaining({ tool: null, a: expect.objectContaining({ calls: 6 }) }),
    ]);
    expect(found.loops).toEqual([]);
    expect(found.unnamedLoops).toEqual({ a: 1, b: 1 });
    expect(found.otherCalls).toEqual({ a: 1, b: 1 });
  });

  test("are alike in the order of steps, as far as anybody can tell", () => {
    const { order } = compareSides(
      { profiles: [keyed("00000001")], order: ["x-00000001", "edit"] },
      { profiles: [keyed("00000002")], order: ["x-00000002"] },
    );
    expect(order).toMatchObject({ sameSteps: 1, a: "edit", b: null, unnamedSteps: 1 });
    expect(order?.said).toBe("The first step is alike; step 2 is edit in A and nothing more in B.");
  });
});

describe("what a profile has no place for", () => {
  const named = Array.from({ length: MAX_TOOLS }, (_, at) => toolOf(`tool-${at}`, 2));
  const kinds = Array.from({ length: MAX_LOOP_KINDS }, (_, at) => loopOf([`tool-${at}`]));
  /** It called more tools, and had more kinds of loops, than its profile names. */
  const wide = profileOf(
    { sessionId: "wide", steps: 40, loops: 10 },
    { calls: 37, tools: named, loopKinds: kinds },
  );
  const narrow = profileOf(
    { sessionId: "narrow", steps: 4, loops: 1 },
    { calls: 4, tools: [toolOf("seventeenth", 4)], loopKinds: [loopOf(["seventeenth"])] },
  );

  test("is not known, and no 0", () => {
    const found = compared([wide], [narrow]);
    const toolIn = (name: string) => found.tools.find(({ tool }) => tool === name);
    expect(toolIn("seventeenth")).toMatchObject({ a: null, b: { calls: 4, known: 1 } });
    expect(toolIn("tool-0")).toMatchObject({
      a: { calls: 2, known: 1 },
      b: { calls: 0, sessions: 0, known: 1 },
    });
    expect(found.otherCalls).toEqual({ a: 5, b: 0 });
    const loopIn = (name: string) => found.loops.find(({ tools }) => tools[0] === name);
    expect(loopIn("seventeenth")).toMatchObject({ a: null, b: { sessions: 1, loops: 1 } });
    expect(loopIn("tool-0")).toMatchObject({ a: { loops: 1 }, b: { loops: 0, known: 1 } });
    expect(found.otherLoops).toEqual({ a: 2, b: 0 });
    expect(figureOf(found, "tools")).toMatchObject({ a: null, b: { mean: 1 }, difference: null });
  });

  test("is left out of the means of the others", () => {
    const found = compared([wide, narrow, one], [narrow]);
    const tool = found.tools.find((row) => row.tool === "seventeenth");
    expect(tool?.a).toEqual({ calls: 2, failures: 0, sessions: 1, known: 2 });
    const loop = found.loops.find(({ tools }) => tools[0] === "seventeenth");
    expect(loop?.a).toEqual({ sessions: 1, loops: 0.5, known: 2 });
    expect(figureOf(found, "tools")).toMatchObject({ a: { mean: 2, known: 2 } });
    expect(found.otherLoops.a).toBeCloseTo(2 / 3);
  });
});

describe("many sessions", () => {
  const many = (count: number, said: (at: number) => Partial<SessionProfile>) =>
    Array.from({ length: count }, (_, at) =>
      sessionOf(`${at}`, ["read read_file"], { startedMs: at, ...said(at) }),
    );

  test("have means over those that are known, shares and intervals", () => {
    const a = many(20, () => ({ steps: 10, costNanoUsd: 1e7 }));
    const b = many(40, (at) => ({
      sessionId: `b${at}`,
      steps: 20,
      loops: at < 10 ? 2 : 0,
      ended: at > 0,
      ...(at < 10 && { costNanoUsd: 3e7 }),
    }));
    const found = compared(a, b);
    expect(found.b).toEqual({ sessions: 40, withoutSteps: 0, notEnded: 1, session: null });
    expect(figureOf(found, "steps")).toMatchObject({
      difference: 10,
      typical: { estimate: 10, low: 10, high: 10 },
    });
    expect(figureOf(found, "loops")).toMatchObject({ b: { mean: 0.5, median: 0 } });
    // The cost is known of ten of B: too few for an interval.
    expect(figureOf(found, "costUsd")).toMatchObject({
      b: { mean: expect.closeTo(0.03), known: 10 },
      typical: null,
    });
    const [loop] = found.shares;
    expect(loop).toMatchObject({ share: "loop", words: "with a loop", a: { count: 0, of: 20 } });
    expect(loop?.b.estimate).toBe(0.25);
    expect(loop?.b.low).toBeCloseTo(0.1419, 3);
    expect(loop?.difference.low).toBeGreaterThan(0);
    expect(found.order).toBeNull();
    expect(found.distance).toBeNull();
  });

  test("sessions without a step are left out where others have one", () => {
    const found = compared([...many(2, () => ({})), ...many(3, () => ({ steps: 0 }))], [one]);
    expect(found.a).toMatchObject({ sessions: 2, withoutSteps: 3 });
    expect(
      compared(
        many(3, () => ({ steps: 0 })),
        [one],
      ).a,
    ).toMatchObject({ sessions: 3 });
  });

  test("a mixture of engines is told, and a side without a session is none", () => {
    expect(
      compared(
        many(2, () => ({ engine: "older" })),
        [one],
      ).notes,
    ).toEqual(["different versions of the health engine judged these sessions"]);
    expect(() => compared([], [one])).toThrow(RangeError);
  });
});
