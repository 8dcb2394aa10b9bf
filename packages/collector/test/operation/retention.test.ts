import { afterEach, expect, test, vi } from "vitest";
import { expireAll, keepRetention } from "../../src/operation/retention.ts";
import type { Command } from "../../src/store/command.ts";
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

test("what cannot be deleted of one tenant is told, and holds up no other", async () => {
  const asked: string[] = [];
  const reader = { retentions: async () => [1, 2].map((tenant) => ({ tenant, days: 1 })) };
  const administer = async (command: Command) => {
    const whose = "tenant" in command ? ` ${command.tenant}` : "";
    asked.push(`${command.kind}${whose}`);
    if (whose === " 1") return { kind: "refused", code: "INTERNAL_ERROR" };
    return { kind: "done", value: 0 };
  };
  // What a round asks of a store.
  const store = { reader, administer } as unknown as Store;
  await expect(expireAll(store, Date.now())).rejects.toThrow("could not be deleted");
  expect(asked).toEqual(["expire 1", "expire 2", "expire_memory 2", "purge"]);
});
