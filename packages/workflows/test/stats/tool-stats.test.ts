import { expect, test } from "vitest";
import { bucketOf, StatsCounter } from "../../src/index.ts";
import { profileOf } from "../compare/profile-of.ts";

const durations = (...times: readonly number[]) => {
  const counts: Record<number, number> = {};
  for (const ms of times) counts[bucketOf(ms)] = (counts[bucketOf(ms)] ?? 0) + 1;
  return counts;
};
const NONE = { toolErrors: 0, protocolErrors: 0, loopSteps: 0, durations: {} };

test("calls, failed sessions, both kinds of errors, times and loops of each tool and server", () => {
  const counter = new StatsCounter();
  const hundred = Array.from({ length: 100 }, (_, at) => (at + 1) * 10);
  counter.take(
    profileOf(
      { loops: 1 },
      {
        calls: 107,
        tools: [
          { ...NONE, tool: "read", server: "fs", calls: 100, durations: durations(...hundred) },
          { ...NONE, tool: "write", server: "fs", calls: 5, toolErrors: 2, loopSteps: 4 },
        ],
      },
    ),
  );
  counter.take(
    profileOf(
      {},
      {
        calls: 4,
        tools: [
          { ...NONE, tool: "write", server: "fs", calls: 3, toolErrors: 1, protocolErrors: 1 },
          { ...NONE, tool: "write", calls: 1 },
        ],
      },
    ),
  );
  const { tools, servers, ...all } = counter.stats;
  expect(all).toEqual({
    schema: "caum.stats.v1.0",
    sessions: 2,
    calls: 111,
    otherCalls: 2,
    looping: 1,
  });
  expect(tools.map(({ tool, server, calls }) => [tool, server, calls])).toEqual([
    ["read", "fs", 100],
    ["write", "fs", 8],
    ["write", null, 1],
  ]);
  const [read, write] = tools;
  expect(read).toMatchObject({ timedCalls: 100, failedSessions: 0, loopingSessions: 0 });
  for (const [told, exact] of [
    [read?.p50Ms, 500],
    [read?.p95Ms, 950],
    [read?.p99Ms, 990],
  ] as const) {
    expect(Math.abs((told ?? 0) - exact) / exact).toBeLessThan(1 / 8);
  }
  expect(write).toMatchObject({
    sessions: 2,
    failedSessions: 2,
    toolErrors: 3,
    protocolErrors: 1,
    loopingSessions: 1,
    loopSteps: 4,
    p50Ms: null,
  });
  expect(servers).toMatchObject([{ server: "fs", tools: 2, calls: 108, sessions: 2 }]);
});

test("names that are keyed are another one in every session: they are one row", () => {
  const counter = new StatsCounter();
  for (const tag of ["x-0123abcd", "x-dcba3210"]) {
    const tools = [
      { ...NONE, tool: tag, calls: 2 },
      { ...NONE, tool: "read", server: tag, calls: 1 },
    ];
    counter.take(profileOf({}, { calls: 3, tools }));
  }
  expect(counter.stats.tools).toMatchObject([
    { tool: null, server: null, calls: 4, sessions: 2 },
    { tool: "read", server: null, calls: 2, sessions: 2 },
  ]);
  expect(counter.stats.servers).toEqual([]);
});
