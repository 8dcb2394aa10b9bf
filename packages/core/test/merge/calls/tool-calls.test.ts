/** What becomes of one tool call: its times, its values, and who may report it. */
import { beforeEach, describe, expect, test } from "vitest";
import type { CallFacts } from "../../../src/merge/calls/call-facts.ts";
import type { ToolCalls } from "../../../src/merge/calls/tool-calls.ts";
import { own, responseKey } from "../../../src/merge/process/process-registry.ts";
import { callsOf, digested } from "./calls-of.ts";

const MINUTE_MS = 60_000;
let tests = 0;
let run = "";
beforeEach(() => {
  run = `run of test ${tests++}`;
});

const key = (toolCallId?: string) => ({ session: "s", toolCallId });
const asked: CallFacts = { tool: "search", arguments: { q: "x" }, response: "r" };
/** Requests of one test alone: who reports a response is known in the whole process. */
const factsOf = (facts: Partial<CallFacts> = {}): CallFacts => ({
  ...asked,
  response: run,
  ...facts,
});

describe("the duration of a call", () => {
  test("is what the host measured, before our own clock", () => {
    const { calls, seen, clock } = callsOf();
    calls.started(key("a"), factsOf({ run }));
    clock.now += 90;
    calls.ended(key("a"), { status: "ok", durationMs: 40 });
    expect(seen).toMatchObject([{ status: "ok", durationMs: 40 }]);
    expect(seen[0]?.durationIsBound).toBeUndefined();
  });

  test("is not known where nobody told of its start", () => {
    const { calls, seen, clock } = callsOf();
    calls.requested(key("a"), factsOf());
    clock.now += 90;
    calls.ended(key("a"), { status: "rejected" });
    expect(seen[0]).toMatchObject({ status: "rejected", durationMs: undefined });
  });

  test("is at most the time from its start to its answer, where that is all that is heard", () => {
    const { calls, seen, clock } = callsOf();
    calls.requested(key("a"), factsOf());
    clock.now += 1_000;
    calls.started(key("a"), factsOf({ run }));
    clock.now += 30;
    calls.answered(key("a"));
    expect(seen).toMatchObject([{ status: "answered", durationMs: 30, durationIsBound: "upper" }]);
  });

  test("has no bound where the answer is the first that is heard of it", () => {
    const { calls, seen } = callsOf();
    calls.answered(key("a"), { status: "error" }, factsOf());
    expect(seen).toMatchObject([{ tool: "search", status: "error" }]);
    expect([seen[0]?.durationMs, seen[0]?.durationIsBound]).toEqual([undefined, undefined]);
  });

  test.each([
    ["its start", true, 30],
    ["its request", false, 1_030],
  ])("is at least the time from %s where it was given up", (_since, starts, durationMs) => {
    const { calls, seen, clock } = callsOf();
    calls.requested(key("a"), factsOf());
    clock.now += 1_000;
    if (starts) calls.started(key("a"), factsOf({ run }));
    clock.now += 30;
    calls.close();
    expect(seen).toMatchObject([{ status: "unresolved", durationMs, durationIsBound: "lower" }]);
  });
});

describe("a call that nobody ends", () => {
  const lead = {
    requested: (calls: ToolCalls) => calls.requested(key("a"), factsOf({ owner: "o" })),
    running: (calls: ToolCalls) => calls.started(key("a"), factsOf({ owner: "o", run })),
    "running, its operation over": (calls: ToolCalls) => {
      calls.started(key("a"), factsOf({ owner: "o", run }));
      calls.abandoned("o");
    },
  };

  test.each([
    ["requested", 10 * MINUTE_MS],
    ["running", 60 * MINUTE_MS],
    ["running, its operation over", 10 * MINUTE_MS],
  ] as const)("and that is %s is given up after %i ms", (state, ms) => {
    const { calls, statuses, clock } = callsOf();
    lead[state](calls);
    calls.sweep(clock.now + ms - 1);
    expect(statuses()).toEqual([]);
    calls.sweep(clock.now + ms);
    expect(statuses()).toEqual(["unresolved"]);
  });

  test.each([
    [undefined, "unresolved"],
    ["unresolved", "unresolved"],
    ["cancelled", "cancelled"],
  ] as const)("whose operation is over, as %s, is %s, running or not", (as, status) => {
    const { calls, statuses } = callsOf();
    calls.requested(key("a"), factsOf({ owner: "o" }));
    calls.started(key("b"), factsOf({ owner: "o", run }));
    calls.abandoned("o", as);
    expect(statuses()).toEqual([status]);
    calls.close();
    expect(statuses()).toEqual([status, status]);
  });

  test("may end by itself after its operation", () => {
    const { calls, statuses } = callsOf();
    calls.started(key("a"), factsOf({ owner: "o", run }));
    calls.abandoned("o", "cancelled");
    calls.ended(key("a"), { status: "ok" });
    calls.close();
    expect(statuses()).toEqual(["ok"]);
  });

  test("stays open when another operation is over", () => {
    const { calls, statuses } = callsOf();
    calls.requested(key("a"), factsOf({ owner: "o" }));
    calls.requested(key("b"), factsOf());
    calls.abandoned("another");
    expect([statuses(), calls.openCount]).toEqual([[], 2]);
  });

  test("is given up for newer ones when ten thousand are open", () => {
    const { calls, seen } = callsOf();
    for (let at = 0; at <= 10_000; at++) calls.requested(key(`c${at}`), factsOf());
    expect(seen).toMatchObject([{ toolCallId: "c0", status: "unresolved" }]);
    expect(calls.openCount).toBe(10_000);
  });
});

test("outcomes and calls without one are counted", () => {
  const { calls } = callsOf();
  for (const id of ["a", "b", "c", "d"]) calls.requested(key(id), factsOf());
  calls.ended(key("a"), { status: "error" });
  calls.answered(key("b"));
  calls.pending(key("c"));
  expect(calls.seen).toEqual({ outcomes: 2, givenUp: 0 });
  calls.close();
  // What was recorded as waiting leaves in silence.
  expect(calls.seen).toEqual({ outcomes: 2, givenUp: 1 });
});

describe("what a call is recorded with", () => {
  const hashOf = (values: unknown) =>
    digested({ tool: "search", arguments: values }).argumentsShape?.hash;
  const recorded = (request: CallFacts, execution: CallFacts) => {
    const { calls, seen } = callsOf();
    calls.requested(key("a"), request);
    calls.started(key("a"), execution);
    calls.ended(key("a"), { status: "ok" });
    return seen[0];
  };
  const tried: readonly [what: string, execution: Partial<CallFacts>, hash: string | undefined][] =
    [
      ["the same arguments", { arguments: { q: "x" } }, hashOf({ q: "x" })],
      ["other ones", { arguments: { q: "y" } }, hashOf({ q: "y" })],
      ["none that are known", { arguments: undefined }, hashOf({ q: "x" })],
      [
        "other ones as a text",
        { argumentsText: '{"q":"z"}', arguments: undefined },
        hashOf({ q: "z" }),
      ],
      ["a text that is no JSON", { argumentsText: "q=z", arguments: undefined }, hashOf("q=z")],
    ];

  test.each(tried)("of one that runs with %s are those", (_what, execution, hash) => {
    expect(recorded(factsOf(), factsOf({ run, ...execution }))?.argumentsShape?.hash).toBe(hash);
  });

  test("of one that was asked for with a text are those of the text", () => {
    const text = { arguments: undefined, argumentsText: '{"q":"x"}' };
    const call = recorded(factsOf(text), factsOf({ run, ...text }));
    expect(call?.argumentsShape?.hash).toBe(hashOf({ q: "x" }));
  });

  test("of one that runs as another tool, the arguments stay where nobody says others", () => {
    const call = recorded(factsOf(), factsOf({ run, tool: "find", arguments: undefined }));
    expect(call).toMatchObject({ tool: "find", toolCallId: "a", parent: run });
    expect(call?.argumentsShape?.hash).toBe(hashOf({ q: "x" }));
  });

  test("is under the agent that asked, else the one that runs it", () => {
    const ran = { run, arguments: { q: "y" }, agent: "runner" };
    expect(recorded(factsOf({ agent: "asker" }), factsOf(ran))?.agent).toBe("asker");
    expect(
      recorded(factsOf({ response: `${run} 2` }), factsOf({ ...ran, run: `${run} 2` }))?.agent,
    ).toBe("runner");
  });

  test("is the text itself where it is longer than 256 KiB", () => {
    const [fits, isLonger] = [256 * 1024, 256 * 1024 + 1].map((length) => {
      const text = `{"q":"${"x".repeat(length - 8)}"}`;
      const { calls, seen } = callsOf();
      const told = { tool: "search", argumentsText: text, run: `${run} ${length}` };
      calls.ended(key(), { status: "ok" }, told);
      return [seen[0]?.argumentsShape?.hash, hashOf(text), hashOf(JSON.parse(text))];
    });
    expect(fits?.[0]).toBe(fits?.[2]);
    expect(isLonger?.[0]).toBe(isLonger?.[1]);
  });
});

describe("a call that several tell of", () => {
  test("is not reported by a client whose response a fuller layer reports", () => {
    const { calls, statuses } = callsOf("model");
    calls.requested(key("a"), factsOf());
    own(responseKey(run), "framework");
    calls.ended(key("a"), { status: "ok" });
    expect(statuses()).toEqual([]);
  });

  test("is known by its id and its tool where its response is not", () => {
    const framework = callsOf();
    const [same, otherTool] = [callsOf("model"), callsOf("model")];
    framework.calls.requested(key(run), asked);
    same.calls.ended(key(run), { status: "ok" }, { tool: "search" });
    otherTool.calls.ended(key(run), { status: "ok" }, { tool: "find" });
    expect([same.statuses(), otherTool.statuses()]).toEqual([[], ["ok"]]);
    framework.calls.close();
  });

  test.each([
    ["one response", (_at: number) => ({ response: "one" }), 1],
    ["two responses", (at: number) => ({ response: `of ${at}` }), 2],
    ["one response, as another copy", (at: number) => ({ response: "one", copy: at }), 2],
    ["no response and no execution", () => ({ response: undefined }), 2],
    ["one execution", () => ({ response: undefined, run: "one" }), 1],
  ])("in %s is reported by two adapters %i times", (_what, factsAt, times) => {
    const reports = [0, 1].flatMap((at) => {
      const { calls, statuses } = callsOf();
      const facts: { response?: string | undefined; run?: string } = factsAt(at);
      const mine = {
        ...(facts.response !== undefined && { response: `${run} ${facts.response}` }),
        ...(facts.run !== undefined && { run: `${run} ${facts.run}` }),
      };
      calls.ended(key(run), { status: "ok" }, { tool: "search", ...facts, ...mine });
      return statuses();
    });
    expect(reports).toHaveLength(times);
  });
});

describe("a call that has its event", () => {
  test.each<[string, Partial<CallFacts>, number]>([
    ["in the same response", {}, 1],
    ["in another response", { response: "another" }, 2],
    ["as another copy in its response", { copy: 1 }, 2],
    ["by an execution of its own", { run: "new" }, 2],
  ])("and is asked for %s again has %i events in all", (_what, again, events) => {
    const { calls, statuses } = callsOf();
    calls.requested(key("a"), factsOf());
    calls.ended(key("a"), { status: "ok" });
    const response = again.response === undefined ? run : `${run} ${again.response}`;
    const execution = again.run === undefined ? undefined : `${run} ${again.run}`;
    calls.requested(key("a"), factsOf({ ...again, response, run: execution }));
    calls.close();
    expect(statuses()).toHaveLength(events);
  });

  test("as one copy in its response leaves the other copies to come", () => {
    const { calls, statuses } = callsOf();
    for (const copy of [1, 2, 1]) {
      calls.requested(key("a"), factsOf({ copy }));
      calls.ended(key("a"), { status: "ok" }, factsOf({ copy }));
    }
    expect(statuses()).toEqual(["ok", "ok"]);
  });

  test("and is answered later stays as it is, also where the answer brings facts", () => {
    const { calls, statuses } = callsOf();
    calls.requested(key("a"), factsOf());
    calls.ended(key("a"), { status: "ok" });
    calls.answered(key("a"), {}, { tool: "search" });
    calls.answered(key("a"), {}, factsOf());
    expect(statuses()).toEqual(["ok"]);
  });
});

test("an execution without an id, and a request that it is not, stay two", () => {
  const { calls, seen } = callsOf();
  calls.requested(key("a"), factsOf());
  calls.started(key("a"), factsOf({ run: `${run} a` }));
  calls.started(key(), { tool: "search", run });
  // The call with that id runs already: it is another execution.
  calls.ended(key("a"), { status: "ok" }, { tool: "search", run });
  calls.ended(key("a"), { status: "error" }, factsOf({ run: `${run} a` }));
  expect(seen.map(({ status }) => status)).toEqual(["ok", "error"]);
});
