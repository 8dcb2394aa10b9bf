/** One run alone needs no memory of what came before its latest steps; anything else does. */
import { expect, test } from "vitest";
import type { StructuralRecord } from "../../../src/capture/record.ts";
import { SessionHealth } from "../../../src/health/session/session-health.ts";
import { RunBuilder } from "./records.ts";

const runs = {
  hook: new RunBuilder("a", "hook").call(0, "t", "x", { toolCallId: "1" }),
  "second hook": new RunBuilder("b", "hook").call(0, "t", "y", { toolCallId: "2" }),
  proxy: new RunBuilder("c", "mcp", "one_server").call(0, "t", "z", { toolCallId: "3" }),
  "proxy under another key": new RunBuilder("d", "mcp", "full", "k").call(0, "t", "z"),
  telemetry: new RunBuilder("e", "telemetry").call(0, "t", "z", { toolCallId: "4" }),
} satisfies Record<string, RunBuilder>;

function waitingOf(...names: readonly (keyof typeof runs)[]) {
  const session = new SessionHealth();
  const records = names.flatMap((name) => runs[name].records);
  const isOpen = (record: StructuralRecord) => record.category === "lifecycle";
  // All runs are open before the first of them tells anything.
  for (const record of [...records.filter(isOpen), ...records.filter((one) => !isOpen(one))]) {
    session.observe(record);
  }
  const { settled, waiting } = session.save();
  return [settled !== null, waiting.length];
}

test.each<[string, readonly (keyof typeof runs)[], boolean, number]>([
  ["one run that sees all", ["hook"], false, 0],
  ["two runs of the fullest layer", ["hook", "second hook"], true, 2],
  ["a proxy that sees one server", ["proxy"], true, 1],
  ["telemetry, whose records come in any order", ["telemetry"], true, 1],
  ["a run, and a lesser one whose calls could be known again", ["hook", "proxy"], true, 2],
  ["a run, and a lesser one that is not judged", ["hook", "proxy under another key"], false, 0],
])("%s", (_what, names, isKept, waiting) => {
  expect(waitingOf(...names)).toEqual([isKept, waiting]);
});

test("open runs are counted, and what tells of a closed one is a sender that nobody knows", () => {
  const session = new SessionHealth();
  for (const record of [...runs.hook.records, ...runs["second hook"].records])
    session.observe(record);
  const [open] = runs["second hook"].records;
  if (open === undefined) throw new Error("no record was built");
  expect([session.openRuns, session.layerOf(open)]).toEqual([2, "hook"]);
  session.observe({ ...open, payload: { ...open.payload, type: "close" } } as StructuralRecord);
  expect([session.openRuns, session.layerOf(open)]).toEqual([1, "door"]);
});
