import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import type { Observation, ToolObservation } from "../../src/capture/observation/observation.ts";
import type { Layer } from "../../src/capture/record.ts";
import { CallMerger } from "../../src/merge/call-merger.ts";
import { processRegistry } from "../../src/merge/process/process-registry.ts";
import { createObserver } from "../../src/observer.ts";

const home = mkdtempSync(join(tmpdir(), "caum-merge-"));
const identity = { writer: "test", writerVersion: "1", layer: "framework", view: "full" } as const;
const observer = createObserver({ ...identity, home, env: {}, onProblem: () => {} });
let sessions = 0;

afterAll(async () => {
  await observer.close();
  rmSync(home, { recursive: true, force: true });
});

/** A merger on a session of its own, a clock that is set by hand, and what came out. */
function merger(layer: Layer = "framework") {
  const session = `session-${sessions++}`;
  const seen: Observation[] = [];
  const clock = { now: 1_000 };
  const real = observer.session(session);
  const sink = {
    session: () => ({
      observe: (observation: Observation) => {
        seen.push(observation);
        return real.observe(observation);
      },
      digestCall: real.digestCall.bind(real),
      digestTurn: real.digestTurn.bind(real),
    }),
  };
  const calls = new CallMerger({ sink, layer, clock: () => clock.now });
  const statuses = () =>
    seen.map((event) => ("status" in event ? event.status : undefined)).join(" ");
  return { calls, seen, clock, statuses, session };
}

const key = (session: string, toolCallId = `id-${sessions}`) => ({ session, toolCallId });
const facts = { tool: "search", arguments: { q: "secret" }, response: "r1" };

test("requested, started and ended are one event, with the duration between the last two", () => {
  const { calls, seen, clock, session } = merger();
  calls.requested(key(session), facts);
  clock.now = 2_000;
  calls.started(key(session), { ...facts, run: session });
  clock.now = 2_250;
  calls.ended(key(session), { status: "ok", result: "found" });
  calls.answered(key(session));
  expect(seen).toHaveLength(1);
  expect(seen[0]).toMatchObject({ tool: "search", status: "ok", durationMs: 250 });
  expect((seen[0] as ToolObservation).argumentsShape?.hash).toMatch(/^[0-9a-f]{64}$/);
});

test("a call that was only answered has an upper bound as its duration", () => {
  const { calls, seen, clock, session } = merger();
  calls.requested(key(session), facts);
  clock.now += 400;
  calls.answered(key(session), { result: "found" });
  calls.answered(key(session), { result: "found" });
  expect(seen).toMatchObject([{ status: "answered", durationMs: 400, durationIsBound: "upper" }]);
});

test("the same id in another response is another call", () => {
  const { calls, statuses, session } = merger();
  for (const response of ["r1", "r2"]) {
    calls.requested(key(session, "call_0"), { ...facts, response });
    calls.requested(key(session, "call_0"), { ...facts, response });
    calls.ended(key(session, "call_0"), { status: "ok" });
  }
  expect(statuses()).toBe("ok ok");
});

test("the same id inside of a running call is another call", () => {
  const { calls, statuses, session } = merger();
  const outer = { ...facts, run: `${session} outer` };
  const inner = { ...facts, response: "r2", run: `${session} inner` };
  calls.requested(key(session, "call_0"), outer);
  calls.started(key(session, "call_0"), outer);
  calls.requested(key(session, "call_0"), inner);
  calls.started(key(session, "call_0"), inner);
  calls.ended(key(session, "call_0"), { status: "error" }, inner);
  calls.ended(key(session, "call_0"), { status: "ok" }, outer);
  expect(statuses()).toBe("error ok");
  expect(calls.openCount).toBe(0);
});

test("agents side by side may use the same ids in one session", () => {
  const { calls, seen, session } = merger();
  const [one, two] = ["r1", "r2"].map((response) => ({
    ...facts,
    response,
    tool: `tool of ${response}`,
    run: `${session} ${response}`,
  }));
  if (!one || !two) throw new Error("two");
  calls.requested(key(session, "call_0"), one);
  calls.requested(key(session, "call_0"), two);
  calls.started(key(session, "call_0"), one);
  calls.started(key(session, "call_0"), two);
  calls.ended(key(session, "call_0"), { status: "error" }, two);
  calls.ended(key(session, "call_0"), { status: "ok" }, one);
  expect(seen).toMatchObject([
    { tool: "tool of r2", status: "error" },
    { tool: "tool of r1", status: "ok" },
  ]);
  expect(calls.openCount).toBe(0);
});

test("what waits is pending once, and has its outcome later", () => {
  const { calls, statuses, session } = merger();
  calls.requested(key(session), { ...facts, owner: "o" });
  calls.allPending("o");
  calls.allPending("o");
  calls.abandoned("o");
  expect(calls.stateOf(key(session))).toBe("waiting");
  calls.ended(key(session), { status: "denied" });
  expect(statuses()).toBe("pending denied");
});

test("what nobody ends is unresolved, after its time or at the end", () => {
  const { calls, statuses, clock, session } = merger();
  calls.requested(key(session, "a"), facts);
  calls.started(key(session, "b"), { ...facts, run: `${session} b` });
  calls.turnStarted({ session, id: `${session} t` });
  calls.sweep(clock.now + 11 * 60_000);
  expect(statuses()).toBe("unresolved unresolved");
  calls.close();
  expect(statuses()).toBe("unresolved unresolved unresolved");
});

test("an end without a beginning is an event, once", () => {
  const { calls, statuses, session } = merger();
  const run = { ...facts, run: `${session} r` };
  calls.ended(key(session), { status: "ok" }, run);
  calls.ended(key(session), { status: "ok" }, run);
  calls.answered(key(session), {}, run);
  calls.ended(key(session, "never heard of"), { status: "ok" });
  expect(statuses()).toBe("ok");
});

test("a response that a fuller layer reports is not reported again, whoever ends first", () => {
  for (const order of ["client first", "framework first"]) {
    const framework = merger("framework");
    const client = merger("model");
    const responseId = `response ${framework.session}`;
    const ends = [
      () => client.calls.turnEnded({ session: client.session, id: client.session }, { responseId }),
      () => framework.calls.turnEnded({ ...framework, id: framework.session }, { responseId }),
    ];
    framework.calls.turnStarted({ session: framework.session, id: framework.session });
    client.calls.turnStarted({ session: client.session, id: client.session });
    for (const end of order === "client first" ? ends : ends.reverse()) end();
    client.calls.sweep();
    expect([framework.seen.length, client.seen.length], order).toEqual([1, 0]);
  }
});

test("a response that no fuller layer claims is reported when that layer is done", () => {
  const framework = merger("framework");
  const client = merger("model");
  framework.calls.turnStarted({ session: framework.session, id: framework.session });
  client.calls.turnEnded({ session: client.session, id: client.session }, { responseId: "mine" });
  expect(client.seen).toHaveLength(0);
  client.clock.now += 2_000;
  client.calls.sweep();
  expect(client.seen).toHaveLength(1);
  framework.calls.close();
});

test("the calls of a response that a fuller layer reports are not reported again", () => {
  const framework = merger("framework");
  const client = merger("model");
  const response = `response of ${framework.session}`;
  client.calls.requested(key(client.session, "a"), { ...facts, response });
  framework.calls.turnEnded({ ...framework, id: framework.session }, { responseId: response });
  client.calls.answered(key(client.session, "a"));
  client.calls.requested(key(client.session, "a"), { ...facts, response: "another" });
  client.calls.ended(key(client.session, "a"), { status: "error" });
  expect(client.statuses()).toBe("error");
});

test("a call of history that a fuller layer knows is not reported again", () => {
  const framework = merger("framework");
  const client = merger("model");
  const id = `toolu ${framework.session}`;
  framework.calls.requested(key(framework.session, id), facts);
  framework.calls.ended(key(framework.session, id), { status: "ok" });
  client.calls.answered(key(client.session, id), {}, { tool: facts.tool });
  expect([framework.statuses(), client.statuses()]).toEqual(["ok", ""]);
});

test("a turn has a cost where its model has a price, and none where it has not", () => {
  const { calls, seen, session } = merger();
  const tokens = { inputTokens: 1_000, outputTokens: 100 };
  for (const model of ["gpt-5", "some-model"]) {
    calls.turnEnded({ session, id: `${session} ${model}` }, { model, ...tokens });
  }
  const [priced, other] = seen as { costUsd?: number }[];
  expect(priced?.costUsd).toBeCloseTo(0.00225, 12);
  expect(other?.costUsd).toBeUndefined();
});

test("a turn that begins inside of a fuller layer's model call is that layer's", () => {
  const client = merger("model");
  const around = { id: client.session, modelCallOf: "framework" } as const;
  processRegistry().session.run(around, () => {
    client.calls.turnStarted({ session: client.session, id: `${client.session} a` });
  });
  client.calls.turnEnded({ session: client.session, id: `${client.session} a` }, {});
  client.calls.turnEnded({ session: client.session, id: `${client.session} b` }, {});
  expect(client.seen).toHaveLength(1);
});

test("two observers of one execution report it once", () => {
  const first = merger();
  const second = merger();
  const run = `run ${first.session}`;
  for (const { calls, session } of [first, second]) {
    calls.started(key(session, "a"), { ...facts, run });
  }
  for (const { calls, session } of [first, second]) {
    calls.ended(key(session, "a"), { status: "ok" });
  }
  expect([first.statuses(), second.statuses()]).toEqual(["ok", ""]);
});

test.each([
  ["one id to all of them", (at: number) => ({ response: `r${at}` })],
  ["one id in one response", (at: number) => ({ response: "r", run: `run ${at}` })],
])("calls of a server that gives %s do not look at each other", (_what, factsAt) => {
  const { calls, session } = merger();
  let looks = 0;
  for (let at = 0; at < 500; at += 1) {
    const { response, run = undefined } = { run: undefined, ...factsAt(at) };
    const counting = {
      ...facts,
      get response() {
        looks += 1;
        return response;
      },
      get run() {
        looks += 1;
        return run;
      },
    };
    calls.requested(key(session, "call"), counting);
    calls.requested(key(session, "call"), counting);
  }
  expect(calls.openCount).toBe(500);
  expect(looks).toBeLessThan(20_000);
});

test("a sink that throws is not noticed", () => {
  const failures: unknown[] = [];
  const sink = {
    session: () => {
      throw new Error("broken");
    },
  };
  const calls = new CallMerger({
    sink,
    layer: "framework",
    onFailure: (failure) => {
      failures.push(failure);
      throw new Error("the handler as well");
    },
  });
  calls.requested(key("s"), facts);
  calls.ended(key("s"), { status: "ok" }, facts);
  calls.turnEnded({ session: "s", id: "t" }, {});
  expect(failures.length).toBeGreaterThan(0);
});

test("whatever is told in whatever order, a call has at most one outcome per response", () => {
  const steps = fc.array(
    fc.record({
      what: fc.constantFrom("requested", "started", "ended", "answered", "pending", "abandoned"),
      id: fc.constantFrom("a", "b"),
    }),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(steps, (told) => {
      const { calls, seen, session } = merger();
      for (const { what, id } of told) {
        const at = key(session, id);
        const all = { ...facts, owner: "o", run: `${session} ${id}` };
        if (what === "requested") calls.requested(at, all);
        if (what === "started") calls.started(at, all);
        if (what === "ended") calls.ended(at, { status: "ok" }, all);
        if (what === "answered") calls.answered(at, {}, all);
        if (what === "pending") calls.pending(at, all);
        if (what === "abandoned") calls.abandoned("o");
      }
      calls.close();
      expect(calls.openCount).toBe(0);
      for (const id of ["a", "b"]) {
        const own = (seen as ToolObservation[]).filter(({ toolCallId }) => toolCallId === id);
        const outcomes = own.filter(({ status }) => status !== "pending");
        expect(outcomes.length).toBeLessThanOrEqual(1);
        expect(own.length - outcomes.length).toBeLessThanOrEqual(1);
      }
    }),
    { numRuns: 200 },
  );
});

test("what belongs to an owner and was not started waits, and nothing else does", () => {
  const { calls, statuses, session } = merger();
  calls.requested(key(session, "own"), { ...facts, owner: "one" });
  calls.requested(key(session, "other"), { ...facts, owner: "two", response: "r2" });
  const running = { ...facts, owner: "one", response: "r3" };
  calls.requested(key(session, "running"), running);
  calls.started(key(session, "running"), { ...running, run: `${session} run` });
  calls.allPending("one");
  expect(statuses()).toBe("pending");
  expect(["own", "other", "running"].map((id) => calls.stateOf(key(session, id)))).toEqual([
    "waiting",
    "requested",
    "running",
  ]);
});

test("of calls that are alike in all but when they were asked, the latest one runs", () => {
  const { calls, session } = merger();
  const asked = [{ q: "x" }, { q: "x" }];
  for (const [number, values] of asked.entries()) {
    const response = `${session} response ${number}`;
    calls.requested(key(session, `asked ${number}`), {
      tool: "search",
      arguments: values,
      response,
    });
  }
  const run = `${session} run`;
  calls.started({ session }, { tool: "search", arguments: asked[0], run });
  calls.ended({ session }, { status: "ok" }, { tool: "search", run });
  const states = asked.map((_, number) => calls.stateOf(key(session, `asked ${number}`)));
  expect(states).toEqual(["requested", undefined]);
});
