/** Which files of a bundle are looked at, in which order, and how many of them may be there. */
import { expect, test } from "vitest";
import { isPart, partsOf, withoutFolder } from "../../../src/evidence/bundle/parts.ts";

const HUNDRED = "n".repeat(100);

test.each([
  "records.ndjson",
  "forks.ndjson",
  "checkpoints/a.note",
  "checkpoints/A.b_c-9.note",
  `checkpoints/${HUNDRED}.note`,
  "receipts/0.json",
  "receipts/10.tlog-proof",
  `receipts/${"9".repeat(16)}.json`,
  "timestamps/a.tsr",
  `timestamps/${HUNDRED}.tsr`,
  "log/0.tlog-proof",
  "log/12.tlog-proof",
  "log/12-0.tlog-proof",
  "log/12-999.tlog-proof",
])("%s is a part of a bundle", (name) => {
  expect(isPart(name)).toBe(true);
});

test.each([
  "manifest.json",
  "verify.py",
  "Records.ndjson",
  "a/records.ndjson",
  "records.ndjson.bak",
  "checkpoints/.note/x",
  "checkpoints/a.notes",
  "checkpoints/a b.note",
  "checkpoints/a/b.note",
  "checkpoints/é.note",
  "x/checkpoints/a.note",
  `checkpoints/${HUNDRED}n.note`,
  "receipts/01.json",
  "receipts/-1.json",
  "receipts/1.json5",
  "receipts/1.txt",
  "x/receipts/1.json",
  `receipts/1${"0".repeat(16)}.json`,
  "timestamps/a.tsq",
  "timestamps/a.tsr2",
  "x/timestamps/a.tsr",
  `timestamps/${HUNDRED}n.tsr`,
  "log/01.tlog-proof",
  "log/12-.tlog-proof",
  "log/12-1000.tlog-proof",
  "log/12.tlog-proof2",
  "x/log/12.tlog-proof",
  "log/checkpoint.note",
])("%s is none", (name) => {
  expect(isPart(name)).toBe(false);
});

const filesOf = (...names: readonly string[]) => new Map(names.map((name) => [name, name]));

test.each([
  ["its own files", ["records.ndjson", "a/records.ndjson"], ["records.ndjson", "a/records.ndjson"]],
  ["one folder", ["b/records.ndjson", "b/receipts/1.json"], ["records.ndjson", "receipts/1.json"]],
  ["one folder beside others", ["._b", "b/records.ndjson", "c/x"], ["records.ndjson"]],
  [
    "two folders",
    ["a/records.ndjson", "b/records.ndjson"],
    ["a/records.ndjson", "b/records.ndjson"],
  ],
  ["a folder in a folder", ["a/b/records.ndjson"], ["a/b/records.ndjson"]],
  ["a folder of that name", ["a/records.ndjson/x"], ["a/records.ndjson/x"]],
  ["a name that ends alike", ["a/my-records.ndjson"], ["a/my-records.ndjson"]],
  ["a folder whose name another begins with", ["b/records.ndjson", "bb/x"], ["records.ndjson"]],
  ["nothing", [], []],
])("an archive of %s holds the bundle's files by their names", (_what, names, expected) => {
  expect([...withoutFolder(filesOf(...names)).keys()]).toEqual(expected);
});

test("files stay with their names when the folder around them is taken off", () => {
  expect([...withoutFolder(filesOf("b/records.ndjson", "b/log/4.tlog-proof"))]).toEqual([
    ["records.ndjson", "b/records.ndjson"],
    ["log/4.tlog-proof", "b/log/4.tlog-proof"],
  ]);
});

test("receipts and proofs come in the order of their numbers, everything else in that of its name", () => {
  const names = [
    "receipts/10.json",
    "receipts/9.json",
    "receipts/9.tlog-proof",
    "log/100.tlog-proof",
    "log/20-1.tlog-proof",
    "log/20-0.tlog-proof",
    "checkpoints/b.note",
    "checkpoints/B.note",
    "checkpoints/10.note",
    "timestamps/b.tsr",
    "timestamps/a.tsr",
    "records.ndjson",
    "else.txt",
  ];
  expect(partsOf(filesOf(...names))).toEqual({
    records: "records.ndjson",
    forks: undefined,
    notes: filesOf("checkpoints/10.note", "checkpoints/B.note", "checkpoints/b.note"),
    receipts: [
      { name: "receipts/9.json", index: 9, file: "receipts/9.json" },
      { name: "receipts/9.tlog-proof", index: 9, file: "receipts/9.tlog-proof" },
      { name: "receipts/10.json", index: 10, file: "receipts/10.json" },
    ],
    timeStamps: filesOf("timestamps/a.tsr", "timestamps/b.tsr"),
    logProofs: [
      { name: "log/20-0.tlog-proof", size: 20, file: "log/20-0.tlog-proof" },
      { name: "log/20-1.tlog-proof", size: 20, file: "log/20-1.tlog-proof" },
      { name: "log/100.tlog-proof", size: 100, file: "log/100.tlog-proof" },
    ],
  });
  // Maps are equal in any order.
  expect([...partsOf(filesOf(...names)).notes.keys()]).toEqual([
    "checkpoints/10.note",
    "checkpoints/B.note",
    "checkpoints/b.note",
  ]);
  expect([...partsOf(filesOf(...names)).timeStamps.keys()]).toEqual([
    "timestamps/a.tsr",
    "timestamps/b.tsr",
  ]);
});

test.each([
  ["checkpoints", 1_024, (at: number) => `checkpoints/${at}.note`],
  ["time-stamps", 1_024, (at: number) => `timestamps/${at}.tsr`],
  ["proofs of a log", 1_024, (at: number) => `log/${at}.tlog-proof`],
  ["receipts", 4_096, (at: number) => `receipts/${at}.json`],
])("a bundle holds so many %s: %d, and not one more", (_what, most, nameOf) => {
  const names = ["records.ndjson", ...Array.from({ length: most }, (_, at) => nameOf(at))];
  expect(partsOf(filesOf(...names)).records).toBe("records.ndjson");
  expect(() => partsOf(filesOf(...names, nameOf(most)))).toThrow(
    "it holds more than 1024 checkpoints, time-stamps or proofs of a log, or 4096 receipts",
  );
});
