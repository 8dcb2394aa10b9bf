import { expect, test } from "vitest";
import { alignedTable } from "../../src/terminal/aligned-table.ts";

const ROWS = [
  ["tool", "A", "B"],
  ["a_tool_with_a_long_name", "1", "10"],
  ["b\u202e", "200", "3"],
];

test("figures stand right below each other", () => {
  expect(alignedTable(ROWS)).toEqual([
    "tool                       A   B",
    "a_tool_with_a_long_name    1  10",
    "b\\u202e                  200   3",
  ]);
});

test("in a narrow terminal names are cut, and figures never", () => {
  expect(alignedTable(ROWS, 20)).toEqual([
    "tool           A   B",
    "a_tool_wit…    1  10",
    "b\\u202e      200   3",
  ]);
  for (const line of alignedTable(ROWS, 5)) expect(line.length).toBe(19);
});
