/** Tombstones and forks have one form each, byte for byte. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Fork,
  formatFork,
  formatTombstone,
  parseFork,
  parseTombstone,
} from "../../../src/evidence/rules/side-lines.ts";

const place = {
  leaf: fc.stringMatching(/^[0-9a-f]{64}$/),
  run: fc.stringMatching(/^[0-9a-f]{32}$/),
  seq: fc.oneof(fc.maxSafeNat(), fc.nat(9)),
};
const reason = fc.constantFrom<Fork["reason"]>("seq", "link", "event_id");

test("what is written is canonical JSON, and is read as it was", () => {
  fc.assert(
    fc.property(fc.record({ ...place, reason }), (fork) => {
      const { leaf, reason: why, run, seq } = fork;
      const line = JSON.stringify({ fork: { leaf, reason: why, run, seq } });
      expect(formatFork(fork)).toBe(line);
      expect(parseFork(line)).toEqual(fork);
      const tombstone = JSON.stringify({ tombstone: { leaf, run, seq } });
      expect(formatTombstone({ leaf, run, seq })).toBe(tombstone);
      expect(parseTombstone(tombstone)).toEqual({ leaf, run, seq });
      expect(parseTombstone(line)).toBeUndefined();
      expect(parseFork(tombstone)).toBeUndefined();
    }),
  );
});

const LEAF = "0a".repeat(32);
const RUN = "0b".repeat(16);
const fork = formatFork({ leaf: LEAF, reason: "link", run: RUN, seq: 7 });
const tombstone = formatTombstone({ leaf: LEAF, run: RUN, seq: 7 });

test.each<[string, (line: string) => string]>([
  ["a space", (line) => line.replace(":", ": ")],
  ["a newline behind it", (line) => `${line}\n`],
  ["something in front", (line) => ` ${line}`],
  ["something behind it", (line) => `${line}x`],
  ["a leaf in upper case", (line) => line.replace("0a", "0A")],
  ["a leaf that is too short", (line) => line.replace("0a", "0")],
  ["a leaf that is too long", (line) => line.replace("0a", "00a")],
  ["a run that is too short", (line) => line.replace("0b", "0")],
  ["a run that is too long", (line) => line.replace("0b", "00b")],
  ["a leading zero", (line) => line.replace(":7", ":07")],
  ["a sign", (line) => line.replace(":7", ":-7")],
  ["a fraction", (line) => line.replace(":7", ":7.0")],
  ["a number as text", (line) => line.replace(":7", ':"7"')],
  ["no number", (line) => line.replace(":7", ":")],
  ["a number beyond 2^53 - 1", (line) => line.replace(":7", ":9007199254740992")],
  ["a number of 17 digits", (line) => line.replace(":7", ":10000000000000000")],
  ["another field", (line) => line.replace("}}", ',"x":1}}')],
])("a line with %s is neither", (_what, change) => {
  expect(parseFork(change(fork))).toBeUndefined();
  expect(parseTombstone(change(tombstone))).toBeUndefined();
});

test("the largest number is one, and a fork has one of three reasons", () => {
  expect(parseFork(fork.replace(":7", ":9007199254740991"))?.seq).toBe(2 ** 53 - 1);
  expect(parseTombstone(tombstone.replace(":7", ":9007199254740991"))?.seq).toBe(2 ** 53 - 1);
  for (const other of ["", "other", "SEQ", "event"]) {
    expect(parseFork(fork.replace("link", other))).toBeUndefined();
  }
});
