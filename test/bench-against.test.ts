/** What the bench against another build says of its figures, and what it writes into the document. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withRows } from "../bench/against/document.ts";
import { judge, TARGETS, type Target } from "../bench/against/targets.ts";

const MOST: Target = { what: "a", part: "p", compared: "ratio to before", limit: 0.5 };
const LEAST: Target = {
  what: "b",
  part: "p",
  compared: "ratio to before",
  limit: 2,
  isLeast: true,
};
const FLOOR: Target = { what: "c", part: "p", compared: "ratio to the floor", limit: 1.1 };
const FIGURE: Target = { what: "d", part: "p", compared: "figure", limit: 8 };
const DOCUMENT = readFileSync(join(import.meta.dirname, "../docs/benchmarks.md"), "utf8");

test.each([
  ["a ratio of half is met", MOST, [5, 5, 5], [10, 10, 10], true],
  ["a ratio over half is not", MOST, [6, 6, 6], [10, 10, 10], false],
  ["the median of the rounds counts", MOST, [1, 6, 6], [10, 10, 10], false],
  ["rounds are compared one by one", MOST, [5, 50, 500], [10, 100, 1_000], true],
  ["twice as much is met", LEAST, [20], [10], true],
  ["less than twice is not", LEAST, [19], [10], false],
  ["a figure is held against its limit alone", FIGURE, [8], [1], true],
  ["a figure beyond it is not met", FIGURE, [9], [100], false],
] as const)("%s", (_what, target, now, before, isMet) => {
  expect(judge(target, { now, before }).isMet).toBe(isMet);
});

test("a floor is what the target is relative to, and nothing measured meets nothing", () => {
  expect(judge(FLOOR, { now: [11], before: [30], floor: [10] })).toMatchObject({ isMet: true });
  expect(judge(FLOOR, { now: [12], before: [30], floor: [10] })).toMatchObject({ isMet: false });
  expect(judge(FLOOR, { now: [12], before: [30] }).isMet).toBe(false);
  expect(judge(MOST, { now: [], before: [] }).isMet).toBe(false);
});

test("rows are written into the document, and what else is there stays as it is", () => {
  const [target = MOST] = TARGETS;
  const first = withRows(DOCUMENT, [judge(target, { now: [3, 4], before: [1, 2] })], TARGETS);
  const other = TARGETS[1] ?? MOST;
  const second = withRows(first, [judge(other, { now: [7], before: [2] })], TARGETS);
  const rowOf = (document: string, { what }: Target) =>
    document.split("\n").find((line) => line.startsWith(`| ${what} `));
  expect(rowOf(second, target)?.replaceAll(/ +/g, " ")).toBe(
    rowOf(first, target)?.replaceAll(/ +/g, " "),
  );
  expect(rowOf(second, other)).toMatch(/\| 2\.00 +\| 7\.00 +\| 3\.50 +\| at least 1\.5 x before/);
  const around = (document: string) => document.split(/<!-- npm run bench: [a-z ]+ -->/);
  expect(around(second)[0]).toBe(around(DOCUMENT)[0]);
  expect(around(second)[2]).toBe(around(DOCUMENT)[2]);
});

test("a document without the marks is refused", () => {
  expect(() => withRows("# Benchmarks\n", [], TARGETS)).toThrow(/has no line/);
});

test("the document has a row for every target", () => {
  for (const { what } of TARGETS) expect(DOCUMENT).toContain(`| ${what} `);
});
