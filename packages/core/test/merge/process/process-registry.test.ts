/** What the adapters of one process know together: the fullest layer that sees something has it. */
import { beforeEach, expect, test } from "vitest";
import { LAYERS } from "../../../src/capture/record.ts";
import {
  countOpenTurns,
  fullerAround,
  fullerIsBusy,
  isFirst,
  isOwnedByFuller,
  own,
  processRegistry,
  tellOnce,
} from "../../../src/merge/process/process-registry.ts";

const [FULLEST, MIDDLE, LEAST] = LAYERS;
if (FULLEST === undefined || MIDDLE === undefined || LEAST === undefined) throw new Error("three");

let tests = 0;
let name = "";
beforeEach(() => {
  name = `test ${tests++}`;
});

test("a layer is under those that are fuller, and under none that is not", () => {
  own(name, MIDDLE);
  expect(LAYERS.slice(0, 3).map((layer) => isOwnedByFuller(name, layer))).toEqual([
    false,
    false,
    true,
  ]);
  expect(isOwnedByFuller(`${name}, of which nobody spoke`, LEAST)).toBe(false);
});

test.each([
  ["first", [FULLEST, LEAST]],
  ["last", [LEAST, FULLEST]],
] as const)(
  "the fullest layer has what it says it reports, also when it says so %s",
  (_when, order) => {
    for (const layer of order) own(name, layer);
    expect(isOwnedByFuller(name, MIDDLE)).toBe(true);
  },
);

test("only a fuller layer's model call around the running code is told", () => {
  const around = (modelCallOf: (typeof LAYERS)[number] | undefined) =>
    processRegistry().session.run({ id: name, modelCallOf }, () => fullerAround(MIDDLE));
  expect([FULLEST, MIDDLE, LEAST, undefined].map(around)).toEqual([
    FULLEST,
    undefined,
    undefined,
    undefined,
  ]);
  expect(fullerAround(MIDDLE)).toBeUndefined();
});

test("a fuller layer is busy while a model call of it is under way", () => {
  const busy = () => LAYERS.slice(0, 3).map(fullerIsBusy);
  countOpenTurns(MIDDLE, 1);
  countOpenTurns(MIDDLE, 1);
  expect(busy()).toEqual([false, false, true]);
  countOpenTurns(MIDDLE, -1);
  expect(busy()).toEqual([false, false, true]);
  countOpenTurns(MIDDLE, -1);
  expect(busy()).toEqual([false, false, false]);
  // An end without a beginning leaves nothing to make up for.
  countOpenTurns(MIDDLE, -1);
  countOpenTurns(MIDDLE, 1);
  expect(busy()).toEqual([false, false, true]);
  countOpenTurns(MIDDLE, -1);
});

test("only the first who asks may report or tell", () => {
  expect([isFirst(name), isFirst(name), isFirst(`${name} b`)]).toEqual([true, false, true]);
  expect([tellOnce(name), tellOnce(name), tellOnce(`${name} b`)]).toEqual([true, false, true]);
});
