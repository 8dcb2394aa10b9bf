/** Which of the open calls a signal means. */
import { beforeEach, describe, expect, test } from "vitest";
import type { CallFacts } from "../../../src/merge/calls/call-facts.ts";
import { callsOf } from "./calls-of.ts";

let tests = 0;
let run = "";
beforeEach(() => {
  run = `which call ${tests++}`;
});

const key = (toolCallId?: string) => ({ session: "s", toolCallId });
const search = (facts: Partial<CallFacts> = {}): CallFacts => {
  return { tool: "search", arguments: { q: "x" }, ...facts };
};

describe("an execution without an id", () => {
  const wanted: readonly [string, Partial<CallFacts>, object, object, boolean][] = [
    ["equal arguments", {}, {}, {}, true],
    ["other arguments", { arguments: { q: "y" } }, {}, {}, false],
    [
      "other arguments, in one operation",
      { arguments: { q: "y" } },
      { within: ["o"] },
      { within: ["o", "t"] },
      true,
    ],
    [
      "other arguments, in another operation",
      { arguments: { q: "y" } },
      { within: ["o"] },
      { within: ["p"] },
      false,
    ],
    ["another tool", { tool: "find" }, { within: ["o"] }, { within: ["o"] }, false],
    ["another session", {}, {}, { session: "another" }, false],
  ];

  test.each(wanted)(
    "with %s is the one that was asked for, or not",
    (_what, ran, asked, at, isOne) => {
      const { calls, seen } = callsOf();
      calls.requested({ ...key("a"), ...asked }, search({ response: run }));
      calls.started({ ...key(), ...at }, search({ ...ran, run }));
      calls.ended({ ...key(), ...at }, { status: "ok" }, search({ ...ran, run }));
      expect(seen).toMatchObject([{ status: "ok", toolCallId: isOne ? "a" : run }]);
      expect(calls.openCount).toBe(isOne ? 0 : 1);
    },
  );

  test("is not one that runs already", () => {
    const { calls, seen } = callsOf();
    calls.requested(key("a"), search({ response: run }));
    for (const id of ["one", "two"]) calls.started(key(), search({ run: `${run} ${id}` }));
    for (const id of ["two", "one"]) {
      calls.ended(key(), { status: "ok" }, search({ run: `${run} ${id}` }));
    }
    expect(seen.map(({ toolCallId }) => toolCallId)).toEqual([`${run} two`, "a"]);
  });

  test("is the first of equal calls in one response, and of two responses the latest one's", () => {
    const first = (responses: readonly string[]) => {
      const { calls, seen } = callsOf();
      for (const [at, response] of responses.entries()) {
        calls.requested(key(`c${at}`), search({ response: `${run} ${response}` }));
      }
      const ran = search({ run: `${run} of ${responses}` });
      calls.started(key(), ran);
      calls.ended(key(), { status: "ok" }, ran);
      return seen[0]?.toolCallId;
    };
    expect([first(["r", "r", "r"]), first(["r", "s", "t"])]).toEqual(["c0", "c2"]);
  });

  test("is known by its execution where it never learns an id", () => {
    const { calls, seen } = callsOf();
    const ran = search({ run, parent: "the turn" });
    calls.started(key(), ran);
    calls.ended(key(), { status: "ok" }, ran);
    expect(seen).toMatchObject([{ toolCallId: run, parent: "the turn" }]);
  });

  test("learns its id at its end, also where nobody asked for that one", () => {
    const { calls, seen } = callsOf();
    calls.started(key(), search({ run }));
    calls.ended(key("a"), { status: "ok" }, search({ run }));
    calls.answered(key("a"));
    expect(seen).toMatchObject([{ toolCallId: "a", status: "ok" }]);
  });
});

test("a call that has an id keeps it, whatever its execution is called later", () => {
  const { calls, seen } = callsOf();
  calls.started(key("a"), search({ run }));
  calls.ended(key("b"), { status: "ok" }, search({ run }));
  expect(seen).toMatchObject([{ toolCallId: "a" }]);
});

describe("of calls with one id", () => {
  test("the one of the latest response is answered", () => {
    const { calls, seen } = callsOf();
    for (const response of ["r1", "r2"]) {
      calls.requested(key("a"), search({ response: `${run} ${response}` }));
    }
    calls.answered(key("a"));
    expect(seen).toMatchObject([{ parent: `${run} r2` }]);
  });

  test("the one that was asked for later runs, though an older one began to wait since", () => {
    const { calls, seen, clock } = callsOf();
    const older = search({ response: `${run} r1` });
    calls.requested(key("a"), older);
    calls.started(key("a"), { ...older, run: `${run} first` });
    clock.now += 10;
    calls.requested(key("a"), search({ response: `${run} r2` }));
    clock.now += 10;
    calls.pending(key("a"), { ...older, run: `${run} first` });
    calls.started(key("a"), search({ run: `${run} second` }));
    calls.ended(key("a"), { status: "ok" }, search({ run: `${run} second` }));
    expect(seen.map(({ status, parent }) => [status, parent])).toEqual([
      ["pending", `${run} r1`],
      ["ok", `${run} r2`],
    ]);
  });

  test("the one with equal arguments runs, though another was asked for later", () => {
    const { calls, seen } = callsOf();
    for (const q of ["x", "y"]) {
      calls.requested(key("a"), search({ arguments: { q }, response: `${run} ${q}` }));
    }
    calls.started(key("a"), search({ run }));
    calls.ended(key("a"), { status: "ok" }, search({ run }));
    expect(seen).toMatchObject([{ parent: `${run} x` }]);
  });

  test("the one inside of the same execution runs, though another is nearer", () => {
    const { calls, seen } = callsOf();
    const places = [{ inside: "agent", within: [] }, { within: ["root", "agent"] }];
    for (const [at, place] of places.entries()) {
      calls.requested({ ...key("a"), ...place }, search({ response: `${run} ${at}` }));
    }
    const at = { ...key("a"), inside: "agent", within: ["root", "agent"] };
    calls.started(at, search({ run }));
    calls.ended(at, { status: "ok" }, search({ run }));
    expect(seen).toMatchObject([{ parent: `${run} 0` }]);
  });
});

test("an end that is told of inside of another execution ends its call, an answer does not", () => {
  const { calls, seen } = callsOf();
  const elsewhere = { ...key("a"), inside: `${run} of an agent` };
  calls.requested(key("a"), search({ response: run }));
  calls.answered(elsewhere);
  expect(seen).toEqual([]);
  calls.ended(elsewhere, { status: "ok" });
  expect(seen).toMatchObject([{ status: "ok" }]);
});
