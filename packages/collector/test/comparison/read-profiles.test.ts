import type { SessionProfile } from "@caum/workflows";
import { expect, test } from "vitest";
import { readProfiles } from "../../src/comparison/read-profiles.ts";
import type { MemoryReader, ProfileFilter } from "../../src/rows/memory-rows.ts";

/** A store of so many sessions, of which each tenth has a client, and how many were read of it. */
function storeOf(sessions: number) {
  const state = { read: 0 };
  const profiles = async (_: number, { limit, after }: ProfileFilter) => {
    const from = after?.key ?? 0;
    const keys = Array.from({ length: Math.min(limit, sessions - from) }, (_, at) => from + at + 1);
    state.read += keys.length;
    return keys.map((key) => {
      const client = key % 10 === 0 ? "desktop" : "other";
      // What reading looks at.
      return { key, profile: { startedMs: 1e6 - key, client } as SessionProfile };
    });
  };
  return { state, reader: { profiles } as unknown as MemoryReader };
}

const ofDesktop = ({ client }: SessionProfile) => client === "desktop";

test("however many are asked for, no more than the newest 5,000 are read", async () => {
  const { state, reader } = storeOf(100_000);
  const { profiles, complete } = await readProfiles(1, {}, reader, { most: 9_999_999 });
  expect([profiles.length, complete, state.read]).toEqual([5_000, false, 5_000]);
});

test("as many as are asked for are counted of those that fit", async () => {
  const { reader } = storeOf(100_000);
  const some = await readProfiles(1, {}, reader, { most: 50, fits: ofDesktop });
  expect([some.profiles.length, some.complete]).toEqual([50, false]);
  expect(some.profiles.every(ofDesktop)).toBe(true);
  const all = await readProfiles(1, {}, storeOf(700).reader, { fits: ofDesktop });
  expect([all.profiles.length, all.complete]).toEqual([70, true]);
  const rare = await readProfiles(1, {}, reader, { fits: () => false });
  expect(rare).toEqual({ profiles: [], complete: false });
});

test.each([0, 1, 249, 250, 251, 5_000])("%i sessions are all of them", async (sessions) => {
  const { profiles, complete } = await readProfiles(1, {}, storeOf(sessions).reader);
  expect([profiles.length, complete]).toEqual([sessions, sessions < 5_000]);
});
