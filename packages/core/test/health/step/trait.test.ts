import { expect, test } from "vitest";
import { isMereAct, serverTrait, spansServers, TRAIT } from "../../../src/health/step/trait.ts";

test("twelve servers have a bit each that is no other trait's", () => {
  const bits = Array.from({ length: 12 }, (_, server) => serverTrait(server));
  expect(new Set(bits).size).toBe(12);
  const traits = Object.values(TRAIT).reduce<number>((all, bit) => all | bit, 0);
  for (const bit of bits) expect(bit & traits).toBe(0);
  expect(new Set(Object.values(TRAIT)).size).toBe(Object.keys(TRAIT).length);
});

test.each([
  ["none", [], false],
  ["one", [3], false],
  ["one twice", [3, 3], false],
  ["two", [3, 4], true],
  ["the first and the last", [0, 11], true],
  ["three", [1, 2, 3], true],
])("steps of %s span servers: %s", (_what, servers, expected) => {
  const traits = servers.reduce((all, server) => all | serverTrait(server), TRAIT.look);
  expect(spansServers(traits)).toBe(expected);
});

test.each([
  ["a move", TRAIT.act, true],
  ["a move that fails", TRAIT.act | TRAIT.failing, false],
  ["a move with a long answer", TRAIT.act | TRAIT.bulky, false],
  ["a look", TRAIT.look, false],
])("%s is a mere act: %s", (_what, traits, expected) => {
  expect(isMereAct(traits)).toBe(expected);
});
