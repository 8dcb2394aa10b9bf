import { describe, expect, test } from "vitest";
import { decideGate, type GateLimits, type SessionProfile } from "../../src/index.ts";
import { loopOf, profileOf } from "../compare/profile-of.ts";

const LOOP = { loops: 1, loopSteps: 6 };

/** So many sessions, the first of them with a loop. */
function sessions(count: number, looping: number, said: Partial<SessionProfile> = {}) {
  return Array.from({ length: count }, (_, at) =>
    profileOf({
      sessionId: `s${at}`,
      steps: 10,
      startedMs: at,
      endedMs: at + 1_000,
      ...(at < looping && LOOP),
      ...said,
    }),
  );
}

function only(
  candidate: readonly SessionProfile[],
  limits: GateLimits,
  baseline?: readonly SessionProfile[],
) {
  const { checks, outcome } = decideGate(baseline, candidate, limits);
  expect(checks).toHaveLength(1);
  expect(checks[0]?.outcome).toBe(outcome);
  return checks[0];
}

describe("against a baseline", () => {
  test("loops that became more frequent are found, with how much", () => {
    const check = only(sessions(200, 14), {}, sessions(200, 4));
    expect(check).toMatchObject({ rule: "loop-growth", outcome: "found" });
    expect(check?.said).toBe(
      "sessions with a loop became more frequent, by 5 percentage points: " +
        "14 of 200 sessions (7 %) of the candidate, 4 of 200 sessions (2 %) of the baseline",
    );
  });

  test("a difference that chance makes passes, and it is told what would have been found", () => {
    const check = only(sessions(200, 7), {}, sessions(200, 4));
    expect(check?.outcome).toBe("passed");
    expect(check?.said).toMatch(
      /; a growth by 4\.8 percentage points would be found about 8 times in 10$/,
    );
  });

  test("a growth that is allowed passes, and is found where it is larger", () => {
    const baseline = sessions(1_000, 10);
    expect(only(sessions(1_000, 60), { maxLoopGrowth: 0.05 }, baseline)?.outcome).toBe("passed");
    expect(only(sessions(1_000, 90), { maxLoopGrowth: 0.05 }, baseline)?.outcome).toBe("found");
  });

  test("what is not shown to hold is not judged where it must be shown", () => {
    const limits = { isStrict: true, maxLoopGrowth: 0.05 };
    const before = (count: number, looping: number) => sessions(count, looping, { tokens: 5 });
    expect(only(sessions(50, 1), limits, before(50, 1))?.said).toContain("not shown to grow");
    expect(only(sessions(1_000, 20), limits, before(1_000, 20))?.outcome).toBe("passed");
  });

  test("too few sessions are not judged, and so are sessions without a step", () => {
    expect(only(sessions(19, 9), {}, sessions(200, 0))?.said).toContain(
      "19 sessions of the candidate and 200 of the baseline, and 20 of each are needed",
    );
    const empty = sessions(200, 0, { steps: 0 });
    expect(only(empty, {}, sessions(200, 0))?.outcome).toBe("not_judged");
    expect(only(sessions(8, 8), { minSessions: 8 }, sessions(8, 0))?.outcome).toBe("found");
    expect(only([], { minSessions: 0 }, [])?.outcome).toBe("not_judged");
  });

  test("costs that grew more than is allowed are found", () => {
    const priced = (from: number) =>
      sessions(100, 0).map((session, at) => ({ ...session, costNanoUsd: (from + at) * 1e7 }));
    const costOf = (candidate: readonly SessionProfile[], limits: GateLimits = {}) =>
      decideGate(priced(100), candidate, { maxCostGrowth: 0.2, ...limits }).checks[1];
    expect(costOf(priced(200))).toMatchObject({ rule: "cost-growth", outcome: "found" });
    expect(costOf(priced(200))?.said).toContain("the median is $2.50, and was $1.50 (+66.9 %)");
    expect(costOf(priced(120))?.outcome).toBe("passed");
    expect(costOf(priced(120), { isStrict: true })?.outcome).toBe("passed");
    expect(costOf(priced(129), { isStrict: true })?.outcome).toBe("not_judged");
    expect(costOf(sessions(100, 0))?.said).toContain("the cost is known of 0 sessions");
  });

  test("sessions on both sides, and two versions of the engine, are told", () => {
    const newer = sessions(30, 0, { engine: "9" });
    const { notes, baseline } = decideGate(sessions(30, 0), newer, {});
    expect(notes).toHaveLength(2);
    expect(baseline?.sessions).toBe(30);
  });
});

describe("rates of the gate, over resamples with seeds", () => {
  const RESAMPLES = 400;
  const random = randomFrom(20_261_129);
  const drawn = (from: readonly SessionProfile[], count: number) =>
    Array.from({ length: count }, () => from[Math.floor(random() * from.length)] as SessionProfile);
  const found = (sides: () => readonly [SessionProfile[], SessionProfile[]]) => {
    let times = 0;
    for (let at = 0; at < RESAMPLES; at++) {
      const [baseline, candidate] = sides();
      if (decideGate(baseline, candidate, {}).outcome === "found") times += 1;
    }
    return times / RESAMPLES;
  };

  test.each([
    [200, 0.02],
    [1_000, 0.05],
    [1_000, 0.3],
  ])("a baseline of %i sessions, %f of them with a loop, passes against itself", (size, share) => {
    const history = sessions(10_000, 10_000 * share);
    const alarms = found(() => [drawn(history, size), drawn(history, 200)]);
    expect(alarms).toBeLessThanOrEqual(0.05);
  });

  test.each([
    [200, 0.01],
    [1_000, 0.04],
  ])("5 %% more of 200 sessions are found against %i with %f looping", (size, share) => {
    const history = sessions(10_000, 10_000 * share);
    const worse = sessions(10_000, 10_000 * (share + 0.05));
    const detected = found(() => [drawn(history, size), drawn(worse, 200)]);
    expect(detected).toBeGreaterThanOrEqual(0.8);
  });
});

test("the very same sessions are no comparison, and those of the same ids are", () => {
  const first = sessions(30, 1);
  const outcome = (other: readonly SessionProfile[]) => decideGate(first, other, {});
  expect(outcome(first.toReversed())).toMatchObject({
    outcome: "not_judged",
    checks: [{ said: expect.stringContaining("the same 30 sessions on both sides") }],
  });
  // A benchmark that was repeated, and a part of the baseline.
  const again = first.map((one) => ({ ...one, startedMs: one.startedMs + 1 }));
  for (const other of [again, first.slice(1)]) {
    expect(outcome(other).outcome).toBe("passed");
    expect(outcome(other).notes[0]).toMatch(/^(30|29) sessions on both sides$/u);
  }
});

describe("against limits", () => {
  const CHECKS: readonly (readonly [
    string,
    GateLimits,
    Partial<SessionProfile>,
    Parameters<typeof profileOf>[1],
    string,
  ])[] = [
    ["loop", { failOn: ["loop"] }, LOOP, { loopKinds: [loopOf(["edit"])] }, "edit: periodic"],
    ["loop", { failOn: ["loop"] }, LOOP, {}, "another loop; 1 loop in 1 session"],
    [
      "review",
      { failOn: ["review"] },
      { reviewed: true },
      { reviewSteps: 3 },
      "3 steps to be reviewed",
    ],
    ["denied", { failOn: ["denied"] }, {}, { denied: 2 }, "2 calls denied in 1 session"],
    ["pending", { failOn: ["pending"] }, {}, { pending: 1 }, "1 call without an answer"],
    [
      "error",
      { failOn: ["error"] },
      {},
      { failures: 3, tools: [tool({ toolErrors: 3 })] },
      "edit, the tool answered with an error: 3 calls",
    ],
    [
      "error",
      { failOn: ["error"] },
      {},
      { failures: 1, tools: [tool({ protocolErrors: 1 })] },
      "edit, an error of the protocol",
    ],
    ["error", { failOn: ["error"] }, {}, { failures: 1 }, "other tools: 1 call failed"],
    [
      "slow",
      { failOn: ["slow"], slowMs: 1_000 },
      {},
      { tools: [tool({ durations: { 70: 2 } })] },
      "edit: 2 calls of 1 s or more",
    ],
    [
      "forbidden-tool",
      { forbidTools: ["edit"] },
      {},
      { tools: [tool({})] },
      "edit was called 4 times",
    ],
    [
      "expected-tool",
      { expectTools: ["test"] },
      {},
      { tools: [tool({})] },
      "test was not called in 1 session",
    ],
    ["duration", { maxDurationMs: 900 }, {}, {}, "1 session took longer than 900 ms"],
    ["steps", { maxSteps: 9 }, {}, {}, "1 session took more than 9 steps"],
    ["cost", { maxCostNanoUsd: 5e8 }, { costNanoUsd: 6e8 }, {}, "1 session cost more than $0.50"],
    ["loop-rate", { maxLoopRate: 0.4 }, LOOP, {}, "1 of 1 session (100 %); 40 % are allowed"],
  ];

  test.each(CHECKS)("%s is found: %j", (rule, limits, said, structure, message) => {
    const [session] = sessions(1, 0, said);
    const bad = profileOf(session, { calls: 4, ...structure });
    const check = only([bad], limits);
    expect(check).toMatchObject({ rule, outcome: "found" });
    expect(check?.findings).toHaveLength(1);
    expect(check?.findings[0]?.message).toContain(message);
  });

  test.each(CHECKS)("%s passes where there is none: %j", (rule, limits) => {
    const [session] = sessions(1, 0, { costNanoUsd: 5e8, steps: 9, endedMs: 900 });
    const tools = [tool({ tool: "test", durations: { 10: 1 } })];
    expect(only([profileOf(session, { calls: 4, tools })], limits)).toMatchObject({
      rule,
      outcome: "passed",
    });
  });

  test("what is known of no session is not judged, and of some of them is told", () => {
    const limits = { maxCostNanoUsd: 5e8 };
    expect(only(sessions(3, 0), limits)).toMatchObject({ outcome: "not_judged" });
    const check = only([...sessions(3, 0), ...sessions(1, 0, { costNanoUsd: 1 })], limits);
    expect(check?.outcome).toBe("passed");
    expect(check?.said).toContain("of 3: nobody said what they cost");
    const timeless = sessions(2, 0, { startedMs: 5, endedMs: 5 });
    expect(only(timeless, { maxDurationMs: 1 })?.outcome).toBe("not_judged");
    expect(only(sessions(2, 0), { failOn: ["slow"] })?.outcome).toBe("not_judged");
    expect(only([], { failOn: ["loop"] })?.said).toContain("there is no session with a step");
  });

  test("a tool beyond those that a profile keeps is not known to be called or not", () => {
    const tools = Array.from({ length: 16 }, (_, at) => tool({ tool: `t${at}` }));
    const cut = profileOf(sessions(1, 0)[0], { calls: 100, tools });
    expect(only([cut], { forbidTools: ["edit"] })?.outcome).toBe("not_judged");
    expect(only([cut], { expectTools: ["edit"] })?.outcome).toBe("not_judged");
    expect(only([cut], { forbidTools: ["t3"] })?.outcome).toBe("found");
    expect(only([cut, ...sessions(1, 0)], { forbidTools: ["edit"] })?.outcome).toBe("not_judged");
    const keyed = profileOf(sessions(1, 0)[0], { calls: 4, tools: [tool({ tool: "x-0123abcd" })] });
    expect(only([keyed], { forbidTools: ["edit"] })?.outcome).toBe("not_judged");
    const whole = profileOf(sessions(1, 0)[0], { calls: 64, tools });
    expect(only([whole], { forbidTools: ["edit"] })?.outcome).toBe("passed");
  });

  test("the same finding is the same in whatever order sessions come, and names the first of them", () => {
    const looping = sessions(14, 14).map((session) =>
      profileOf({ ...session, workflow: "w" }, { loopKinds: [loopOf(["edit"])] }),
    );
    const limits: GateLimits = { failOn: ["loop"] };
    const check = only(looping, limits);
    expect(only(looping.toReversed(), limits)).toEqual(check);
    expect(check?.findings[0]).toMatchObject({
      subject: expect.stringMatching(/^w\n/),
      sessionCount: 14,
    });
    expect(check?.findings[0]?.sessions).toHaveLength(10);
  });

  test("something found stands beside something that cannot be judged", () => {
    const limits: GateLimits = { failOn: ["loop"], maxCostNanoUsd: 1 };
    expect(decideGate(undefined, sessions(2, 1), limits).outcome).toBe("found");
    expect(decideGate(undefined, sessions(2, 0), limits).outcome).toBe("not_judged");
    expect(decideGate(undefined, sessions(2, 0), {}).outcome).toBe("not_judged");
  });
});

function tool(figures: object) {
  const none = { toolErrors: 0, protocolErrors: 0, loopSteps: 0, durations: {} };
  return { tool: "edit", calls: 4, ...none, ...figures };
}

/** The same numbers in every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
