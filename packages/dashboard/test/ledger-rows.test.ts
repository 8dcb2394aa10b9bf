import { expect, test } from "vitest";
import { fits, withRow } from "../src/ledger/rows.ts";
import type { SessionRow } from "../src/server/answers.ts";

function row(id: string, lastMs: number): SessionRow {
  return {
    id,
    lastMs,
    agent: "Helper",
    workflow: "support",
    team: undefined,
    steps: 1,
    regime: "STABLE",
    tier: "T2",
    uds: 0.7,
    failureRisk: 0.2,
    recentUds: [],
    publicClass: "none",
    tokens: 0,
    costUsd: 0,
    firstMs: 0,
    changedMs: lastMs,
    ended: false,
    title: "Helper",
    isLooping: false,
    message: undefined,
    worstTier: "T2",
    loops: 0,
    loopSteps: 0,
    loopCostUsd: 0,
    isMarked: false,
    acknowledged: undefined,
    failures: undefined,
  };
}

test("a row moves to where its last event puts it, and is there once", () => {
  const rows = [row("c", 3), row("b", 2), row("a", 1)];
  expect(withRow(rows, row("a", 4)).map(({ id }) => id)).toEqual(["a", "c", "b"]);
  expect(withRow(rows, row("d", 0)).map(({ id }) => id)).toEqual(["c", "b", "a", "d"]);
  expect(withRow([], row("a", 1))).toHaveLength(1);
});

test("in the order of a figure a row stands where its value puts it, and of equal ones the newer first", () => {
  const of = (id: string, loops: number, lastMs: number) => ({ ...row(id, lastMs), loops });
  const rows = [of("most", 9, 1), of("some", 3, 2), of("none", 0, 3)];
  const ids = (changed: SessionRow, isAscending = false, isCut = false) =>
    withRow(
      isAscending ? rows.toReversed() : rows,
      changed,
      { by: "loops", isAscending },
      isCut,
    ).map(({ id }) => id);
  expect(ids(of("new", 4, 9))).toEqual(["most", "new", "some", "none"]);
  expect(ids(of("new", 3, 9))).toEqual(["most", "new", "some", "none"]);
  expect(ids(of("new", 3, 0))).toEqual(["most", "some", "new", "none"]);
  expect(ids(of("new", 4, 9), true)).toEqual(["none", "some", "new", "most"]);
  expect(ids(of("none", 10, 9))).toEqual(["none", "most", "some"]);
});

test("where others may stand before it, a row behind the last one is not shown", () => {
  const rows = [{ ...row("dear", 1), costUsd: 2 }];
  const order = { by: "cost", isAscending: false } as const;
  const cheap = { ...row("cheap", 2), costUsd: 1 };
  expect(withRow(rows, cheap, order, true)).toEqual(rows);
  expect(withRow(rows, cheap, order)).toHaveLength(2);
});

test("what nobody said comes last, whichever way", () => {
  const rows = [{ ...row("known", 1), failures: 0 }];
  for (const isAscending of [true, false]) {
    const order = { by: "failures", isAscending } as const;
    expect(withRow(rows, row("unknown", 2), order).map(({ id }) => id)).toEqual([
      "known",
      "unknown",
    ]);
    expect(withRow([row("unknown", 2)], rows[0] as SessionRow, order)[0]?.id).toBe("known");
  }
});

test("a changed row is held against every filter", () => {
  const helper = row("s-1", Date.now());
  expect(fits(helper, {})).toBe(true);
  expect(fits(helper, { search: "SUPPORT", tier: "T2", regime: "STABLE", agent: "Helper" })).toBe(
    true,
  );
  expect(fits(helper, { search: "nothing" })).toBe(false);
  expect(fits(helper, { tier: "T5" })).toBe(false);
  expect(fits(helper, { regime: "LOOP" })).toBe(false);
  expect(fits(helper, { agent: "other" })).toBe(false);
  expect(fits({ ...helper, lastMs: 0 }, { withinMs: "1000" })).toBe(false);
});

test("a session that had a loop is found by it, and by whether somebody has looked", () => {
  const looped = { ...row("s-1", Date.now()), loops: 7, isMarked: true };
  expect(fits(looped, { loops: "had" })).toBe(true);
  expect(fits(looped, { loops: "marked" })).toBe(true);
  expect(fits({ ...looped, isMarked: false }, { loops: "marked" })).toBe(false);
  expect(fits(row("s-2", 1), { loops: "had" })).toBe(false);
});
