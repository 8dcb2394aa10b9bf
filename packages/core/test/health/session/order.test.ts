import { describe, expect, test } from "vitest";
import {
  compare,
  isTelemetry,
  placedMs,
  ReorderWindow,
  TELEMETRY,
  WINDOW_STEPS,
} from "../../../src/health/session/order.ts";
import { RunBuilder } from "./records.ts";

const at = (atMs: number, runId = "a") => ({ atMs, runId, seq: atMs });
const timesOf = (window: ReorderWindow<ReturnType<typeof at>>) =>
  window.entries.map(({ atMs, runId }) => `${atMs}${runId}`).join(" ");
const filled = (...entries: readonly ReturnType<typeof at>[]) => {
  const window = new ReorderWindow<ReturnType<typeof at>>();
  window.load(entries);
  return window;
};

test("what comes 64 steps late is put in its place, and what comes later counts as the latest", () => {
  const window = new ReorderWindow();
  for (let atMs = 1; atMs <= 65; atMs++) expect(window.insert(at(atMs), 0)).toBe("last");
  expect(window.settle().map(({ atMs }) => atMs)).toEqual([1]);
  expect(window.insert(at(1, "b"), 1)).toBe("between");
  expect(window.entries[0]).toMatchObject({ atMs: 1, runId: "b" });
  expect(window.insert(at(0, "b"), 1)).toBe("late");
  expect(window.entries.at(-1)).toMatchObject({ atMs: 65, runId: "b" });
});

test("of records, time decides, then the run, then the number in it", () => {
  const places = [
    { atMs: 1, runId: "b", seq: 9 },
    { atMs: 2, runId: "a", seq: 3 },
    { atMs: 2, runId: "a", seq: 4 },
    { atMs: 2, runId: "b", seq: 1 },
  ];
  for (const [first, one] of places.entries()) {
    for (const [second, other] of places.entries()) {
      expect(Math.sign(compare(one, other))).toBe(Math.sign(first - second));
    }
  }
});

describe("the window", () => {
  test.each([
    [at(9, "b"), "between", "5a 9b 10a 20a"],
    [at(10, "b"), "between", "5a 10a 10b 20a"],
    [at(10, "A"), "between", "5a 10A 10a 20a"],
    [at(5, "A"), "between", "5A 5a 10a 20a"],
    [at(20, "b"), "last", "5a 10a 20a 20b"],
    [at(20, "a"), "between", "5a 10a 20a 20a"],
    [at(3, "b"), "late", "5a 10a 20a 20b"],
  ])("takes %j %s: %s", (entry, place, order) => {
    const window = filled(at(5), at(10), at(20));
    expect(window.insert(entry, 4)).toBe(place);
    expect(timesOf(window)).toBe(order);
  });

  test("that is empty takes anything as the last, and what is late at the time of the latest", () => {
    const window = filled();
    expect(window.insert(at(3, "b"), 4)).toBe("late");
    expect(timesOf(window)).toBe("4b");
    expect(filled().insert(at(4), 4)).toBe("last");
  });

  test.each([
    [at(7, "b"), "5a 10a 11b"],
    [at(11, "b"), "5a 10a 11b"],
    [at(30, "b"), "5a 10a 30b"],
  ])("puts %j behind all others: %s", (entry, order) => {
    const window = filled(at(5), at(10));
    expect(window.append(entry)).toBe("last");
    expect(timesOf(window)).toBe(order);
  });

  test("that is empty puts an entry where its time is", () => {
    const window = filled();
    window.append(at(7));
    expect(timesOf(window)).toBe("7a");
  });

  test("gives up the first entry that is meant, and no other", () => {
    const window = filled(at(5), at(6, "b"), at(7, "b"));
    expect(window.remove(({ runId }) => runId === "b")).toEqual(at(6, "b"));
    expect(window.remove(({ runId }) => runId === "c")).toBeUndefined();
    expect(timesOf(window)).toBe("5a 7b");
  });

  test("lets go of what is too old, and of all when it is cleared", () => {
    const window = filled(...Array.from({ length: WINDOW_STEPS + 2 }, (_, index) => at(index)));
    expect(window.settle()).toEqual([at(0), at(1)]);
    expect([window.entries.length, window.settle()]).toEqual([WINDOW_STEPS, []]);
    window.clear();
    expect(window.entries).toEqual([]);
  });

  test("loads a copy", () => {
    const entries = [at(1)];
    const window = filled(...entries);
    window.load(entries);
    window.append(at(2));
    expect(entries).toEqual([at(1)]);
  });
});

test("a clock that was set back does not turn a run around, but telemetry comes in any order", () => {
  const [record] = new RunBuilder("a", "mcp").records;
  const [told] = new RunBuilder("a", "telemetry").records;
  if (record === undefined || told === undefined) throw new Error("no record was built");
  expect([placedMs(record, 5, 9), placedMs(record, 9, 5)]).toEqual([9, 9]);
  expect([placedMs(told, 5, 9), placedMs(told, 9, 5)]).toEqual([5, 9]);
  const named = (sourceFramework: string) => isTelemetry({ ...record, sourceFramework });
  expect([named(`${TELEMETRY}x`), named("x"), isTelemetry(record)]).toEqual([true, false, false]);
});
