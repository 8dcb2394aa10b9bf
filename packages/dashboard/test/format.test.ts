import { expect, test } from "vitest";
import { clock, moment } from "../src/parts/format.ts";

test("a time of another day carries its day, one of today does not", () => {
  const at = new Date(2026, 3, 3, 10, 15, 20).getTime();
  expect(moment(at, at + 60_000)).toBe("10:15:20");
  expect(moment(at, new Date(2026, 3, 4, 0, 0, 1).getTime())).toBe("3 Apr 10:15:20");
  expect(clock(at)).toBe("10:15:20");
});
