import { expect, test } from "vitest";
import { TimedRounds } from "../src/timed-rounds.ts";

const EVERY_MS = 1;

test("one round at a time, and the end waits for the one that runs", async () => {
  const rounds: (() => void)[] = [];
  let running = 0;
  let most = 0;
  const timed = new TimedRounds({
    everyMs: EVERY_MS,
    onFailure: () => {},
    round: async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => rounds.push(resolve));
      running -= 1;
    },
  });
  timed.start();
  timed.start();
  await expect.poll(() => rounds.length).toBe(1);
  rounds[0]?.();
  await expect.poll(() => rounds.length).toBe(2);
  let isOver = false;
  const over = timed.stop().then(() => {
    isOver = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(isOver).toBe(false);
  rounds[1]?.();
  await over;
  expect({ running, most, begun: rounds.length }).toEqual({ running: 0, most: 1, begun: 2 });
});

test("a fault that lasts is reported once, and again after a round that went well", async () => {
  const told: string[] = [];
  let count = 0;
  const faults = ["one", "one", undefined, "two", undefined];
  const round = async () => {
    const fault = faults[count++];
    if (fault !== undefined) throw new Error(fault);
  };
  const onFailure = ({ message }: Error) => told.push(message);
  const timed = new TimedRounds({ everyMs: EVERY_MS, onFailure, round });
  timed.start();
  await expect.poll(() => count).toBeGreaterThanOrEqual(faults.length);
  await timed.stop();
  expect(told).toEqual(["one", "two"]);
});

test("what is thrown and is no error is reported as one, with it as its cause", async () => {
  const told: Error[] = [];
  const timed = new TimedRounds({
    everyMs: EVERY_MS,
    onFailure: (failure) => told.push(failure),
    round: () => Promise.reject("nothing"),
  });
  timed.start();
  await expect.poll(() => told.length).toBe(1);
  await timed.stop();
  expect(told).toMatchObject([
    { message: expect.stringContaining("tried again"), cause: "nothing" },
  ]);
});
