import { describe, expect, test } from "vitest";
import { judge, readCases } from "./field-case.ts";

const cases = readCases();

describe("sessions of the field", () => {
  test("are the ten honest ones and the fourteen loops that were reported", () => {
    expect(cases.filter((one) => one.expect === "work")).toHaveLength(10);
    expect(cases.filter((one) => one.expect === "loop")).toHaveLength(14);
  });

  test.each(cases.filter((one) => one.expect === "loop"))(
    "$name is found in time: $why",
    ({ events, callsItAtStep, latestStep }) => {
      const { hard } = judge(events);
      // Half of the way to where a person is sure, nobody can be.
      expect(hard).toBeGreaterThanOrEqual((callsItAtStep ?? 0) / 2);
      expect(hard).toBeLessThanOrEqual(latestStep ?? 0);
    },
  );

  test.each(cases.filter((one) => one.expect === "work"))(
    "$name is work, and raises no alert of any kind: $why",
    ({ events }) => {
      const { hard, fired } = judge(events);
      expect({ hard, fired }).toEqual({ hard: undefined, fired: undefined });
    },
  );
});
