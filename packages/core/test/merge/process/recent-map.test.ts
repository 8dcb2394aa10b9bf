import * as fc from "fast-check";
import { expect, test } from "vitest";
import { RecentMap } from "../../../src/merge/process/recent-map.ts";

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
