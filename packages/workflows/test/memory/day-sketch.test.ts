import fc from "fast-check";
import { expect, test } from "vitest";
import {
  DaySketch,
  decodeSketch,
  encodeSketch,
  MAX_SKETCH_BYTES,
  OPERATIONS,
  type SessionProfile,
  type SketchSum,
  sketchOf,
} from "../../src/index.ts";

const count = fc.oneof(fc.nat(20), fc.nat(100_000), fc.maxSafeNat());
const maybe = fc.option(count, { nil: undefined });
const places = OPERATIONS.length ** 2;

function profiles(): fc.Arbitrary<SessionProfile> {
  const structure = fc.record({
    calls: count,
    turns: count,
    reviewSteps: count,
    failures: count,
    retries: count,
    denied: count,
    pending: count,
    ops: fc.array(count, { minLength: OPERATIONS.length, maxLength: OPERATIONS.length }),
    transitions: fc.dictionary(fc.nat(places - 1).map(String), fc.integer({ min: 1, max: 500 })),
    inLoops: fc.record({ tokens: count, ms: count }),
    afterAlert: fc.record({ steps: count, tokens: count, costNanoUsd: count, ms: count }),
  });
  const rest = { tools: [], models: {}, loopKinds: [] };
  return fc
    .record({
      structure,
      steps: count,
      loops: fc.nat(3),
      loopSteps: count,
      loopCostNanoUsd: count,
      reviewed: fc.boolean(),
      ended: fc.boolean(),
      resolved: fc.option(fc.boolean(), { nil: undefined }),
      tokens: maybe,
      costNanoUsd: maybe,
      durationMs: maybe,
    })
    .map((told) => ({
      sessionId: "s",
      servers: [],
      startedMs: 0,
      endedMs: 0,
      failureRisk: null,
      engine: "1",
      ...told,
      structure: { ...rest, ...told.structure },
    })) as fc.Arbitrary<SessionProfile>; // Absent and undefined are the same to a sketch.
}

const added = (all: readonly SessionProfile[]): DaySketch => {
  const sketch = new DaySketch();
  for (const profile of all) sketch.add(sketchOf(profile));
  return sketch;
};
const hex = (sketch: DaySketch) => Buffer.from(sketch.encode()).toString("hex");

test("what is taken out leaves no trace, in whatever order sessions came", () => {
  const some = fc.array(profiles(), { maxLength: 12 });
  fc.assert(
    fc.property(some, some, (stay, go) => {
      const sketch = added([...go, ...stay]);
      for (const profile of go) sketch.add(sketchOf(profile), -1);
      expect(hex(sketch)).toBe(hex(added(stay.toReversed())));
    }),
  );
});

test("a sketch is read as it was written, and parts of a day add up to the day", () => {
  const some = fc.array(profiles(), { maxLength: 12 });
  fc.assert(
    fc.property(some, some, (one, other) => {
      const sketch = DaySketch.decode(added(one).encode());
      sketch.addAll(DaySketch.decode(added(other).encode()));
      expect(hex(sketch)).toBe(hex(added([...one, ...other])));
    }),
  );
});

const SESSION: SessionProfile = {
  sessionId: "s",
  servers: [],
  startedMs: 0,
  endedMs: 0,
  ended: true,
  resolved: false,
  steps: 40,
  loops: 1,
  loopSteps: 6,
  loopCostNanoUsd: 5_000,
  reviewed: false,
  tokens: 9_000,
  durationMs: 60_000,
  failureRisk: null,
  engine: "1",
  structure: {
    calls: 38,
    turns: 2,
    reviewSteps: 0,
    failures: 7,
    retries: 5,
    denied: 0,
    pending: 0,
    ops: OPERATIONS.map((_, at) => at),
    transitions: { 3: 7 },
    tools: [],
    models: {},
    loopKinds: [],
    inLoops: { tokens: 500, ms: 900 },
    afterAlert: { steps: 3, tokens: 200, costNanoUsd: 0, ms: 40 },
  },
};

test("sums are of what sessions said, and what none said is not 0 of something", () => {
  const sketch = added([SESSION, { ...SESSION, loops: 0, resolved: true }]);
  const sums: Partial<Record<SketchSum, number>> = {
    sessions: 2,
    ended: 2,
    looped: 1,
    outcomes: 2,
    resolved: 1,
    steps: 80,
    failures: 14,
    retries: 10,
    loopMs: 1_800,
    afterAlertSteps: 6,
    tokensKnown: 2,
    costKnown: 0,
  };
  for (const [name, sum] of Object.entries(sums)) {
    expect(sketch.sum(name as SketchSum), name).toBe(sum); // The keys of the record above.
  }
  expect(sketch.quantile("steps", 0.5)).toBeGreaterThanOrEqual(30);
  expect(sketch.quantile("steps", 0.5)).toBeLessThanOrEqual(50);
  expect(sketch.quantile("costNanoUsd", 0.5)).toBeUndefined();
  expect(sketch.operations).toEqual(OPERATIONS.map((_, at) => 2 * at));
  expect(sketch.transitions?.[3]).toBe(14);
});

test("no day is longer than a KiB, and what is kept coarser is still exact", () => {
  const many: SessionProfile[] = [];
  for (let at = 0; at < 3_000; at++) {
    const amount = 2 ** (at % 40) + at;
    const transitions = Object.fromEntries(
      Array.from({ length: places }, (_, place) => [place, 1_000 + ((at * place) % 7_000)]),
    );
    many.push({
      ...SESSION,
      steps: amount,
      tokens: amount,
      costNanoUsd: amount,
      durationMs: amount,
      structure: { ...SESSION.structure, transitions },
    });
  }
  const sketch = added(many);
  expect(sketch.encode().length).toBeLessThanOrEqual(MAX_SKETCH_BYTES);
  expect(sketch.transitions).toBeUndefined();
  const again = DaySketch.decode(sketch.encode());
  for (const profile of many.slice(1_000)) again.add(sketchOf(profile), -1);
  const first = added(many.slice(0, 1_000));
  first.addAll(DaySketch.decode(sketch.encode()));
  for (const profile of many) first.add(sketchOf(profile), -1);
  expect(hex(again)).toBe(hex(first));
  expect(again.sum("sessions")).toBe(1_000);
});

test("one session takes little, and bytes that are none are refused", () => {
  const bytes = encodeSketch(sketchOf(SESSION));
  expect(decodeSketch(bytes)).toEqual(sketchOf(SESSION));
  expect(bytes.length).toBeLessThan(130);
  expect(() => DaySketch.decode(bytes.slice(0, -1))).toThrow(RangeError);
  expect(() => DaySketch.decode(Uint8Array.of(9, ...bytes))).toThrow("update caum");
});
