import * as fc from "fast-check";
import { expect, test } from "vitest";
import { LatestMap, RecentMap } from "../../../src/merge/process/recent-map.ts";

test("is a map whose entry that was set longest ago leaves", () => {
  const steps = fc.array(fc.tuple(fc.boolean(), fc.nat({ max: 12 })), { maxLength: 400 });
  fc.assert(
    fc.property(steps, (told) => {
      const left: number[] = [];
      const map = new RecentMap<number, number>(8, (value) => left.push(value));
      const model = new Map<number, number>();
      const gone: number[] = [];
      for (const [at, [isSet, key]] of told.entries()) {
        model.delete(key);
        if (isSet) {
          map.set(key, at);
          model.set(key, at);
        } else map.delete(key);
        const [oldest] = model.size > 8 ? model : [];
        if (oldest) {
          model.delete(oldest[0]);
          gone.push(oldest[1]);
        }
        expect(map.values()).toEqual([...model.values()]);
        expect(map.size).toBe(model.size);
      }
      expect(left).toEqual(gone);
    }),
  );
});

test("what was set anew leaves when its new turn comes, and is told once", () => {
  const left: string[] = [];
  const map = new RecentMap<string, string>(2, (value) => left.push(value));
  for (const [key, value] of ["a1", "b1", "a2", "c1", "d1"].map(([k = "", v = ""]) => [k, k + v])) {
    map.set(String(key), String(value));
  }
  expect(left).toEqual(["b1", "a2"]);
  expect([map.get("a"), map.get("c"), map.has("b"), map.has("d")]).toEqual([
    undefined,
    "c1",
    false,
    true,
  ]);
});

test("the latest map keeps as many as it says for sure, and not for ever more", () => {
  const map = new LatestMap<number, number>(3);
  for (let at = 0; at < 20; at++) {
    map.set(at, at * 2);
    for (let back = 0; back < Math.min(3, at + 1); back++) {
      expect([map.has(at - back), map.get(at - back)]).toEqual([true, (at - back) * 2]);
    }
    expect([map.has(at - 6), map.get(at - 6)]).toEqual([false, undefined]);
  }
});
