import { afterEach, expect, test, vi } from "vitest";
import { keepRetention } from "../../src/operation/retention.ts";
import type { Store } from "../../src/store/store.ts";

afterEach(() => {
  vi.useRealTimers();
});

test("a store that cannot be asked is told, asked again, and brings nothing down", async () => {
  vi.useFakeTimers();
  let rounds = 0;
  const retentions = async () => {
    rounds++;
    throw new Error("the database does not answer");
  };
  const failures: Error[] = [];
  // The one read with which a round begins.
  const store = { reader: { retentions } } as unknown as Store;
  const stop = keepRetention(store, Date.now, (failure) => failures.push(failure));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(rounds, "also where a collector never runs for an hour").toBe(1);
  await vi.advanceTimersByTimeAsync(2 * 3_600_000);
  expect(rounds).toBe(3);
  expect(failures).toHaveLength(3);
  stop();
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(rounds).toBe(3);
});
