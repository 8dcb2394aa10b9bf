import { expect, test } from "vitest";
import { ReorderWindow } from "../../../src/health/session/order.ts";

const at = (atMs: number, runId = "a") => ({ atMs, runId, seq: atMs });

test("what comes 64 steps late is put in its place, and what comes later counts as the latest", () => {
  const window = new ReorderWindow();
  for (let atMs = 1; atMs <= 65; atMs++) expect(window.insert(at(atMs), 0)).toBe("last");
  expect(window.settle().map(({ atMs }) => atMs)).toEqual([1]);
  expect(window.insert(at(1, "b"), 1)).toBe("between");
  expect(window.entries[0]).toMatchObject({ atMs: 1, runId: "b" });
  expect(window.insert(at(0, "b"), 1)).toBe("late");
  expect(window.entries.at(-1)).toMatchObject({ atMs: 65, runId: "b" });
});
