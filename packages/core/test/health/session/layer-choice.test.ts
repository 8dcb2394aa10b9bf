/** Whose telling of a session is judged. */
import { describe, expect, test } from "vitest";
import { LAYERS, type Layer, type StructuralRecord } from "../../../src/capture/record.ts";
import {
  type Fullest,
  isApart,
  isFuller,
  isJudged,
  isNamelessCall,
  mayJoin,
  openedBy,
  type RunFacts,
  viewOf,
} from "../../../src/health/session/layer-choice.ts";
import { RunBuilder } from "./records.ts";

const ORDER: readonly Layer[] = [
  "framework",
  "hook",
  "model",
  "mcp",
  "telemetry",
  "door",
  "import",
];

/** A call of a run; its id, unless one is given, is the one of its client. */
function call(more: Parameters<RunBuilder["call"]>[3] = {}, tool = "read"): StructuralRecord {
  const [, record] = new RunBuilder("a", "mcp").call(0, tool, "text", {
    toolCallId: "c1",
    ...more,
  }).records;
  if (record === undefined) throw new Error("no record was built");
  return record;
}
const nameless = (tool?: string): StructuralRecord => {
  const [, record] = new RunBuilder("a", "mcp").call(0, tool ?? "read", "text").records;
  if (record === undefined) throw new Error("no record was built");
  return record;
};
const run = (facts: Partial<RunFacts> = {}): RunFacts => {
  return { layer: "mcp", view: "one_server", lastMs: 0, key: "k", ...facts };
};
const fullest = (facts: Partial<Fullest> = {}): Fullest => {
  return { layer: "hook", keys: ["k"], isNameless: false, ...facts };
};

test("of two layers the fuller one is the earlier of docs/signals.md", () => {
  expect(ORDER.toSorted()).toEqual([...LAYERS].sort());
  for (const [at, one] of ORDER.entries()) {
    for (const [than, other] of ORDER.entries()) expect(isFuller(one, other)).toBe(at < than);
  }
});

test("a run is begun by its open record, and known by the start of its key", () => {
  const key = "0123456789abcdefgh";
  const [open, other] = new RunBuilder("a", "hook", "one_client", key).call(0, "t", "x").records;
  expect(open && openedBy(open)).toEqual({
    layer: "hook",
    view: "one_client",
    lastMs: 0,
    key: key.slice(0, 16),
  });
  expect(other && openedBy(other)).toBeUndefined();
  const close = { ...open, payload: { ...open?.payload, type: "close" } } as StructuralRecord;
  expect(openedBy(close)).toBeUndefined();
});

test.each([
  ["a call with its client's id", call(), false],
  ["a call without one", nameless(), true],
  [
    "a call without one that waits",
    call({ toolCallId: undefined, status: "pending" } as never),
    false,
  ],
  ["a request that is no tool call", nameless("mcp:initialize"), false],
  ["the begin of a run", new RunBuilder("a", "mcp").records[0] as StructuralRecord, false],
])("%s cannot be known again: %s", (_what, record, expected) => {
  expect(isNamelessCall(record)).toBe(expected);
});

describe("what a run tells is judged, or not", () => {
  const [open] = new RunBuilder("a", "mcp").records as [StructuralRecord];

  test.each<[string, StructuralRecord, Partial<RunFacts>, Partial<Fullest>, boolean]>([
    ["all of the fullest layer", open, { layer: "hook" }, {}, true],
    ["its calls without an id", nameless(), { layer: "hook" }, {}, true],
    ["of a lesser one, a call that can be known again", call(), {}, {}, true],
    ["of a lesser one, what is no call", open, {}, {}, false],
    ["of a lesser one, a call without an id", nameless(), {}, {}, false],
    ["of a lesser one, a call whose end may come", call({ status: "unresolved" }), {}, {}, false],
    ["a call under another key", call(), { key: "other" }, {}, false],
    ["a call under no key", call(), { key: undefined as never }, {}, false],
    ["a call of a run that has others without an id", call(), { isNameless: true }, {}, false],
    ["a proxy's call, beside hooks that give no ids", call(), {}, { isNameless: true }, true],
    [
      "telemetry's call, beside hooks that give no ids",
      call(),
      { layer: "telemetry" },
      { isNameless: true },
      false,
    ],
    [
      "telemetry's call without a server, beside a proxy that gives no ids",
      call(),
      { layer: "telemetry" },
      { layer: "mcp", isNameless: true },
      true,
    ],
    [
      "telemetry's call of a server, beside a proxy that gives no ids",
      call({ serverTag: "x-s" }),
      { layer: "telemetry" },
      { layer: "mcp", isNameless: true },
      false,
    ],
    [
      "telemetry's call of a server, beside a proxy that gives ids",
      call({ serverTag: "x-s" }),
      { layer: "telemetry" },
      { layer: "mcp" },
      true,
    ],
  ])("%s", (_what, record, facts, than, expected) => {
    expect(isJudged(record, run(facts), fullest(than))).toBe(expected);
  });

  test("telemetry's calls join those of any layer that gives ids", () => {
    const telemetry = run({ layer: "telemetry" });
    expect(mayJoin(telemetry, fullest())).toBe(true);
    expect(mayJoin(telemetry, fullest({ isNameless: true }))).toBe(false);
    expect(mayJoin(telemetry, fullest({ isNameless: true, layer: "mcp" }))).toBe(true);
  });

  test("only telemetry tells what another layer may tell as well", () => {
    const ofServer = call({ serverTag: "x-s" });
    expect(isApart(ofServer, run(), fullest())).toBe(true);
    expect(isApart(ofServer, run({ layer: "telemetry" }), fullest({ layer: "mcp" }))).toBe(false);
    expect(isApart(call(), run({ layer: "telemetry" }), fullest({ layer: "mcp" }))).toBe(true);
    expect(isApart(call(), run({ layer: "telemetry" }), fullest())).toBe(false);
  });
});

test.each([
  ["the fullest layer", { layer: "hook" }, "one_server"],
  ["telemetry", { layer: "telemetry" }, "one_server"],
  ["a lesser layer", { layer: "mcp" }, "full"],
] as const)("what %s sees is what its own run says, or the session's: %s", (_what, facts, view) => {
  expect(viewOf(run(facts), fullest(), "full")).toBe(view);
});
