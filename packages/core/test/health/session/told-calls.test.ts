/** Each call is judged once, whichever layers tell of it, and however often. */
import { describe, expect, test } from "vitest";
import { LAYERS, type Layer, type StructuralRecord } from "../../../src/capture/record.ts";
import { echoOf, isEcho, ToldCalls, tellingOf } from "../../../src/health/session/told-calls.ts";
import { RunBuilder } from "./records.ts";

function recordOf(toolCallId: string | undefined): StructuralRecord {
  const more = toolCallId === undefined ? {} : { toolCallId };
  const [, record] = new RunBuilder("a", "hook").call(0, "read", "text", more).records;
  if (record === undefined) throw new Error("no record was built");
  return record;
}
const told = (id: string, layer: Layer) => {
  const telling = tellingOf(recordOf(id), layer);
  if (telling === undefined) throw new Error("it names no call");
  return telling;
};

describe("a telling", () => {
  test("is of the first eight characters of an id, and of a layer", () => {
    expect(told("12345678 and more", "hook")).toBe(told("12345678", "hook"));
    expect(told("1234567", "hook")).not.toBe(told("12345678", "hook"));
    const all = LAYERS.map((layer) => told("1", layer));
    expect(new Set(all).size).toBe(LAYERS.length);
    expect(new Set(all.map((telling) => telling.length))).toEqual(new Set([9]));
  });

  test("is none of a call without an id, and of what is no call", () => {
    const [open] = new RunBuilder("a", "hook").records;
    expect(
      [recordOf(undefined), open].map((record) => record && tellingOf(record, "hook")),
    ).toEqual([undefined, undefined]);
  });

  test("is telemetry's, or has one of telemetry beside it", () => {
    expect([told("1", "telemetry"), told("1", "hook"), undefined].map(isEcho)).toEqual([
      true,
      false,
      false,
    ]);
    expect(echoOf(told("1", "hook"))).toBe(told("1", "telemetry"));
  });
});

describe("a call is new", () => {
  const news = (...tellings: readonly (readonly [id: string, layer: Layer])[]) => {
    const calls = new ToldCalls();
    return tellings.map(([id, layer]) => calls.add(told(id, layer)));
  };

  test("where no other layer told of it", () => {
    expect(news(["1", "hook"], ["2", "mcp"], ["1", "mcp"], ["2", "hook"], ["3", "hook"])).toEqual([
      true,
      true,
      false,
      false,
      true,
    ]);
  });

  test("as often as the layer tells of one id that tells of it the most", () => {
    const [hook, mcp] = [["1", "hook"] as const, ["1", "mcp"] as const];
    expect(news(hook, hook, mcp, mcp, mcp, hook)).toEqual([true, true, false, false, true, false]);
  });

  test("again when 128 tellings came since", () => {
    const others = (count: number) =>
      Array.from({ length: count }, (_, at) => [`other ${at}`.slice(-8), "hook"] as const);
    expect(news(["1", "hook"], ...others(127), ["1", "mcp"]).at(-1)).toBe(false);
    expect(news(["1", "hook"], ...others(128), ["1", "mcp"]).at(-1)).toBe(true);
  });

  test("for a copy as for what it is a copy of, and neither hears of the other's", () => {
    const calls = new ToldCalls();
    calls.add(told("1", "hook"));
    const [copy, restored] = [calls.copy(), new ToldCalls(calls.save())];
    for (const one of [copy, restored]) expect(one.has(told("1", "mcp"))).toBe(true);
    calls.add(told("2", "hook"));
    for (const one of [copy, restored]) expect(one.has(told("2", "mcp"))).toBe(false);
  });
});
