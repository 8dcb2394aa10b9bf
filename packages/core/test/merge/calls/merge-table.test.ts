import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { ToolObservation } from "../../../src/capture/observation/observation.ts";
import { CallMerger } from "../../../src/merge/call-merger.ts";
import type { CallFacts, CallKey } from "../../../src/merge/calls/call-facts.ts";
import { KNOWN_BY, type Signal, STEPS, type State } from "../../../src/merge/calls/merge-table.ts";
import { createObserver } from "../../../src/observer.ts";

const home = mkdtempSync(join(tmpdir(), "caum-table-"));
const identity = { writer: "test", writerVersion: "1", layer: "framework", view: "full" } as const;
const observer = createObserver({ ...identity, home, env: {}, onProblem: () => {} });
let sessions = 0;

afterAll(async () => {
  await observer.close();
  rmSync(home, { recursive: true, force: true });
});

function merger() {
  const session = `session-${sessions++}`;
  const seen: ToolObservation[] = [];
  const real = observer.session(session);
  const sink = {
    session: () => ({
      observe: (observation: ToolObservation) => {
        seen.push(observation);
        return real.observe(observation);
      },
      digestCall: real.digestCall.bind(real),
      digestTurn: real.digestTurn.bind(real),
    }),
  };
  const calls = new CallMerger({ sink, layer: "framework" });
  return { calls, seen, session };
}

const asked = { tool: "search", arguments: { q: "x" }, response: "r1", owner: "o" };

function tell(calls: CallMerger, signal: Signal, key: CallKey, facts: CallFacts): void {
  if (signal === "requested") calls.requested(key, facts);
  if (signal === "started") calls.started(key, facts);
  if (signal === "ended") calls.ended(key, { status: "ok" }, facts);
  if (signal === "answered") calls.answered(key, {}, facts);
  if (signal === "pending") calls.pending(key, facts);
  if (signal === "abandoned") calls.abandoned("o");
  if (signal === "idle") calls.sweep(Date.now() + 2 * 60 * 60_000);
}

/** What leads to a state. */
const LEADS: Record<State, readonly Signal[]> = {
  unheard: [],
  requested: ["requested"],
  running: ["started"],
  waiting: ["pending"],
  settled: ["ended"],
};

/** What a step leaves: the state of the call, and the events it adds. */
const LEAVES: Record<(typeof STEPS)[Signal][State], readonly [state: string, events: RegExp]> = {
  open: ["requested", /^$/u],
  run: ["running", /^$/u],
  settle: ["none", /^(?:ok|answered)$/u],
  wait: ["waiting", /^pending$/u],
  giveUp: ["none", /^unresolved$/u],
  runOn: ["running", /^$/u],
  leave: ["none", /^$/u],
  keep: ["same", /^$/u],
};

const rows = (Object.keys(STEPS) as Signal[]).flatMap((signal) =>
  (Object.keys(STEPS[signal]) as State[]).map((state) => ({
    signal,
    state,
    step: STEPS[signal][state],
  })),
);

test.each(rows)("a call that is $state, and $signal: $step", ({ signal, state, step }) => {
  const { calls, seen, session } = merger();
  const key = { session, toolCallId: "c1" };
  const facts = { ...asked, run: `${session} run` };
  for (const lead of LEADS[state]) tell(calls, lead, key, facts);
  const before = calls.stateOf(key) ?? "none";
  const events = seen.length;
  tell(calls, signal, key, facts);
  const [after, added] = LEAVES[step];
  expect(calls.stateOf(key) ?? "none").toBe(after === "same" ? before : after);
  expect(
    seen
      .slice(events)
      .map(({ status }) => status)
      .join(" "),
  ).toMatch(added);
  calls.close();
});

/** How a second signal knows the call, and what it would be by every better identity. */
const KNOWN: Record<string, { key: object; facts: object }> = {
  run: { key: { toolCallId: "another id" }, facts: { run: "the run" } },
  response: { key: { toolCallId: "c1" }, facts: { response: "r1" } },
  id: { key: { toolCallId: "c1" }, facts: {} },
  likeness: { key: {}, facts: { run: "new run" } },
};

const identities = Object.entries(KNOWN_BY).flatMap(([signal, known]) =>
  Object.keys(KNOWN)
    // A request has no execution.
    .filter((how) => signal !== "requested" || how !== "run")
    .map((how) => ({
      signal: signal as Signal,
      how,
      isOne: (known as readonly string[]).includes(how),
    })),
);

test.each(identities)("$signal, known by $how, means the same call: $isOne", (row) => {
  const { calls, seen, session } = merger();
  const run = `${session} the run`;
  const first = { session, toolCallId: "c1" };
  const facts = { tool: "search", arguments: { q: "x" } };
  if (row.how === "run") calls.started(first, { ...facts, response: "r1", run });
  else calls.requested(first, { ...facts, response: "r1" });
  const { key, facts: said } = KNOWN[row.how] ?? { key: {}, facts: {} };
  const told = { ...facts, ...said } as CallFacts;
  const own = told.run === undefined ? {} : { run: `${session} ${told.run}` };
  tell(calls, row.signal, { session, ...key }, { ...told, ...own });
  calls.close();
  const events = seen.filter(({ status }) => status !== "pending");
  // What waits was recorded as waiting, and has no event at the end.
  const ends = row.signal === "pending" ? 1 : 2;
  expect(events).toHaveLength(row.isOne ? ends - 1 : ends);
});

test("of calls with one id, the nearest in the work of the host is meant", () => {
  const { calls, seen, session } = merger();
  for (const agent of ["a", "b"]) {
    const within = ["root", agent];
    const response = `${session} ${agent}`;
    calls.requested({ session, toolCallId: "0", within }, { ...asked, response, parent: agent });
  }
  for (const agent of ["a", "b"]) {
    const within = ["root", agent, "tools"];
    const { response: _, ...facts } = { ...asked, run: `${session} run ${agent}` };
    const key = { session, toolCallId: "0", within };
    calls.started(key, facts);
    calls.ended(key, { status: agent === "a" ? "error" : "ok" }, facts);
  }
  expect(seen).toMatchObject([
    { status: "error", parent: "a" },
    { status: "ok", parent: "b" },
  ]);
});

test("what happens inside of a call never means that call", () => {
  const { calls, seen, session } = merger();
  const run = `${session} run`;
  calls.requested({ session, toolCallId: "c1", within: ["root"] }, asked);
  calls.started({ session, toolCallId: "c1", within: ["root", run] }, { ...asked, run });
  calls.answered({ session, toolCallId: "c1", within: ["root", run, "agent"] });
  expect(calls.stateOf({ session, toolCallId: "c1", within: ["root", "agent"] })).toBe("running");
  calls.ended({ session, toolCallId: "c1" }, { status: "ok" }, { ...asked, run });
  expect(seen).toMatchObject([{ status: "ok" }]);
});

test("an answer inside of one call never means a call outside of it", () => {
  const { calls, seen, session } = merger();
  const run = (id: string) => `${session} ${id}`;
  for (const [at, id] of ["0", "1"].entries()) {
    const ran = { ...asked, response: "outer", run: run(id) };
    calls.requested({ session, toolCallId: id, within: ["root"] }, { ...ran, run: undefined });
    calls.started({ session, toolCallId: id, within: ["root", run(id)] }, ran);
    const key = { session, toolCallId: "0", inside: run(id), within: ["root", run(id), "agent"] };
    const inner = { ...asked, tool: "inner", response: `inner ${at}` };
    calls.requested(key, inner);
    calls.ended(key, { status: "ok" }, inner);
    calls.answered(key);
  }
  for (const id of ["0", "1"]) {
    calls.ended({ session, toolCallId: id }, { status: "ok" }, { ...asked, run: run(id) });
  }
  expect(seen.map(({ tool, status }) => `${tool} ${status}`)).toEqual([
    "inner ok",
    "inner ok",
    "search ok",
    "search ok",
  ]);
});

test("two calls with one id in one answer are two, each with what it ran with", () => {
  const { calls, seen, session } = merger();
  const key = { session, toolCallId: "c1" };
  for (const [copy, q] of ["x", "y"].entries()) {
    calls.requested(key, { ...asked, arguments: { q }, copy });
    calls.requested(key, { ...asked, arguments: { q }, copy });
  }
  for (const q of ["y", "x"]) {
    const ran = { ...asked, arguments: { q }, run: `${session} ${q}` };
    calls.started(key, ran);
    calls.ended(key, { status: q === "x" ? "ok" : "error" }, ran);
  }
  calls.ended(key, { status: "ok" }, asked);
  expect(seen.map(({ status }) => status)).toEqual(["error", "ok"]);
  expect(new Set(seen.map(({ argumentsShape }) => argumentsShape?.hash)).size).toBe(2);
});

test("what runs is what is recorded, whatever was asked for", () => {
  const { calls, seen, session } = merger();
  const key = { session, toolCallId: "c1" };
  const ran = { ...asked, tool: "remove", arguments: { q: "all" }, run: `${session} run` };
  calls.requested(key, asked);
  calls.pending(key);
  calls.started(key, { ...ran, response: "resumed" });
  calls.ended(key, { status: "ok" }, ran);
  expect(seen).toMatchObject([
    { tool: "search", status: "pending", parent: "r1" },
    { tool: "remove", status: "ok", parent: "r1" },
  ]);
  expect(seen[0]?.argumentsShape?.hash).not.toBe(seen[1]?.argumentsShape?.hash);
});

test("an execution that learns its id at its end is the request with that id", () => {
  const { calls, seen, session } = merger();
  const ran = { tool: "search", arguments: { q: "changed" }, run: `${session} run` };
  calls.requested({ session, toolCallId: "c1" }, asked);
  calls.started({ session }, ran);
  calls.ended({ session, toolCallId: "c1" }, { status: "ok" }, ran);
  calls.answered({ session, toolCallId: "c1" });
  calls.close();
  expect(seen).toMatchObject([{ status: "ok", toolCallId: "c1", parent: "r1" }]);
});

test("arguments that come as text are compared as text, and else by their structure", () => {
  const { calls, seen, session } = merger();
  calls.requested({ session, toolCallId: "c1" }, { ...asked, argumentsText: '{"q":"x"}' });
  calls.requested({ session, toolCallId: "c2" }, { ...asked, arguments: { q: "y" } });
  for (const q of ["y", "x"]) {
    const ran = { tool: "search", argumentsText: `{ "q": "${q}" }`, run: `${session} ${q}` };
    calls.started({ session }, ran);
    calls.ended({ session }, { status: "ok" }, ran);
  }
  calls.close();
  expect(seen.map(({ toolCallId }) => toolCallId)).toEqual(["c2", "c1"]);
});

test("docs/architecture.md shows the table as it is", () => {
  const docs = readFileSync(
    join(import.meta.dirname, "../../../../../docs/architecture.md"),
    "utf8",
  );
  const others = { abandoned: ["its operation"], idle: ["its age"] };
  const known: Record<Signal, readonly string[]> = { ...KNOWN_BY, ...others };
  const states: readonly State[] = ["unheard", "requested", "running", "waiting", "settled"];
  for (const signal of Object.keys(STEPS) as Signal[]) {
    const cells = [known[signal].join(", "), ...states.map((state) => STEPS[signal][state])];
    expect(docs).toContain(`| ${signal} | ${cells.join(" | ")} |\n`);
  }
});
