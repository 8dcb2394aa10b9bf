import { expect, test } from "vitest";
import type { Command, CommandAnswer } from "../../src/store/command.ts";
import { KeyUses } from "../../src/tenants/key-uses.ts";

const HOUR_MS = 3_600_000;
const KEY = { tenant: 1, keyId: "key_1" };

function opened() {
  const written: Command[] = [];
  const failures: Error[] = [];
  const state = { nowMs: 0, answer: { kind: "done", value: 1 } as CommandAnswer };
  const administer = async (command: Command) => {
    if (state.answer.kind === "done") written.push(command);
    return state.answer;
  };
  const uses = new KeyUses({
    store: { administer },
    clock: () => state.nowMs,
    onFailure: (failure) => failures.push(failure),
  });
  return { uses, written, failures, state };
}

test("a key that is always in use is written once an hour", async () => {
  const { uses, written, state } = opened();
  for (let minute = 0; minute < 150; minute++) {
    state.nowMs = minute * 60_000;
    for (let use = 0; use < 10; use++) uses.note(KEY);
    await uses.write(HOUR_MS);
  }
  const usedAt = [0, HOUR_MS, 2 * HOUR_MS];
  expect(written).toEqual(
    usedAt.map((usedMs) => ({
      kind: "note_key_uses",
      tenant: 1,
      uses: [{ keyId: "key_1", usedMs }],
    })),
  );
  expect(uses.latest(KEY)).toBe(149 * 60_000);
});

test("noting writes nothing, and keys of a tenant are written together", async () => {
  const { uses, written } = opened();
  for (const tenant of [1, 2]) {
    for (const keyId of ["key_1", "key_2"]) uses.note({ tenant, keyId });
  }
  await new Promise((resolve) => setImmediate(resolve));
  expect(written).toEqual([]);
  await uses.write(HOUR_MS);
  expect(written).toMatchObject([{ tenant: 1 }, { tenant: 2 }]);
  const [first] = written;
  expect(first?.kind === "note_key_uses" && first.uses).toHaveLength(2);
  expect(uses.latest({ tenant: 3, keyId: "key_1" })).toBeUndefined();
});

test("what the store refused is written by the next round, and the end writes what is left", async () => {
  const { uses, written, failures, state } = opened();
  uses.note(KEY);
  state.answer = { kind: "refused", code: "STORAGE_FULL" };
  await expect(uses.write(HOUR_MS)).rejects.toThrow();
  await uses.stop();
  expect(failures).toHaveLength(1);
  state.answer = { kind: "done", value: 1 };
  await uses.write(HOUR_MS);
  state.nowMs = 5;
  uses.note(KEY);
  await uses.write(HOUR_MS);
  expect(written).toHaveLength(1);
  await uses.stop();
  expect(written.at(-1)).toMatchObject({ uses: [{ keyId: "key_1", usedMs: 5 }] });
});

test("of very many keys the first ones are forgotten", async () => {
  const { uses } = opened();
  for (let key = 0; key <= 10_000; key++) uses.note({ tenant: 1, keyId: `key_${key}` });
  expect(uses.latest({ tenant: 1, keyId: "key_0" })).toBeUndefined();
  expect(uses.latest({ tenant: 1, keyId: "key_10000" })).toBe(0);
});
