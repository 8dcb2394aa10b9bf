import { expect, test } from "vitest";
import { BoundedQueue } from "../../src/relay/tapped/bounded-queue.ts";
import { LateReader } from "../../src/relay/tapped/late-reader.ts";

test("what there is no time to read at the end is counted as missing", async () => {
  const queue = new BoundedQueue<number>();
  let accepted = 0;
  let forgotten = 0;
  const load = () => ({
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
  });
  const reader = new LateReader(queue, load, () => {});
  for (let item = 1; item <= 1_000; item++) queue.add(item, 1);
  await reader.close(50);
  expect(accepted).toBeGreaterThan(0);
  expect(forgotten).toBe(1_000 - accepted);
  expect(forgotten).toBeGreaterThan(0);
});
