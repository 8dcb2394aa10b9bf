import { expect, test } from "vitest";
import { LateReader, type Loading } from "../../src/backlog/late-reader.ts";
import type { Line } from "../../src/backlog/line-framer.ts";
import { TapQueue } from "../../src/backlog/tap-queue.ts";

test("what there is no time to read at the end is counted as missing", async () => {
  const queue = new TapQueue();
  let accepted = 0;
  let forgotten = 0;
  const reading = {
    accept() {
      accepted++;
      const until = performance.now() + 2;
      while (performance.now() < until);
    },
    forgot(count: number) {
      forgotten += count;
    },
    rest() {},
    interrupt() {},
    async close() {},
  };
  // biome-ignore lint/correctness/useYield: it is loaded in one step
  const load = function* (): Loading<Line> {
    return reading;
  };
  const reader = new LateReader(queue, load, () => {});
  queue.push(true, Buffer.from("line\n".repeat(1_000)), 0);
  await reader.close(50);
  expect(accepted).toBeGreaterThan(0);
  expect(forgotten).toBe(1_000 - accepted);
  expect(forgotten).toBeGreaterThan(0);
});
