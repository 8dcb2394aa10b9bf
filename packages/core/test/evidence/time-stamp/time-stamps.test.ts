/** Time-stamps of a bundle: what each says about its heads, and which files are looked at. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseNote } from "../../../src/evidence/note/note.ts";
import { parseVerifierKey } from "../../../src/evidence/note/vkey.ts";
import { readTimeStamps } from "../../../src/evidence/time-stamp/read-time-stamps.ts";
import {
  type CheckedTimeStamp,
  isTimeStamped,
  type TimeStamp,
  timeStampsOf,
} from "../../../src/evidence/time-stamp/time-stamp.ts";
import { sha256 } from "../../../src/evidence/tree/leaf.ts";
import { verifyBundle } from "../../../src/evidence/verify/verify-bundle.ts";
import { COLLECTOR, goodBundle, newFolder, noteOf, sessionLines, written } from "../bundles.ts";

const keys = [parseVerifierKey(COLLECTOR.vkey)];
const lines = sessionLines();
const NOW = 1_800_000_000;
const TIME = 1_790_000_100;
const textOf = (size: number) => parseNote(Buffer.from(noteOf(lines, size))).text;
const checked = (file: string, facts: Partial<CheckedTimeStamp> = {}): CheckedTimeStamp => ({
  file,
  fault: null,
  imprint: sha256(textOf(12)),
  authority: "tsa.example",
  timeSeconds: TIME,
  ...facts,
});
const NOTHING = { authority: null, timeSeconds: null, size: null, timeFault: null };

const files = {
  "checkpoints/4.note": noteOf(lines, 4),
  "checkpoints/12.note": noteOf(lines, 12),
  "timestamps/a.tsr": "a",
  "timestamps/b.tsr": "b",
};
const verify = (timeStamps?: readonly CheckedTimeStamp[]) =>
  verifyBundle(written({ lines, files }), {
    keys,
    nowMs: NOW * 1_000,
    ...(timeStamps !== undefined && { timeStamps }),
  });
const [a, b] = ["timestamps/a.tsr", "timestamps/b.tsr"] as const;

test("a time-stamp is of the head whose text was stamped", () => {
  const { timeStamps, proven } = verify([checked(a), checked(b, { imprint: sha256(textOf(4)) })]);
  const good = { fault: null, authority: "tsa.example", timeSeconds: TIME, timeFault: null };
  expect(timeStamps).toEqual([
    { file: a, size: 12, ...good },
    { file: b, size: 4, ...good },
  ]);
  expect(proven).toContain("at 2026-09-21T14:15:00Z at the latest by tsa.example");
});

test.each<[string, Partial<CheckedTimeStamp>, Partial<TimeStamp>, string]>([
  [
    "of something else",
    { imprint: sha256("else") },
    { ...NOTHING, fault: "other_imprint" },
    `a time by ${a}: it is for no checkpoint that a given key signed here`,
  ],
  [
    "too long",
    { fault: "too_long" },
    { ...NOTHING, fault: "too_long" },
    `a time by ${a}: it is too long`,
  ],
  [
    "malformed",
    { fault: "malformed" },
    { ...NOTHING, fault: "malformed" },
    `a time by ${a}: it is no time-stamp, or was changed`,
  ],
  [
    "refused",
    { fault: "rejected" },
    { ...NOTHING, fault: "rejected" },
    `a time by ${a}: the authority refused it`,
  ],
  [
    "by another authority",
    { fault: "unknown_authority" },
    { ...NOTHING, fault: "unknown_authority" },
    `a time by ${a}: it is by another authority than was named`,
  ],
  [
    "by a certificate for something else",
    { fault: "wrong_usage" },
    { ...NOTHING, fault: "wrong_usage" },
    `a time by ${a}: the certificate that signed it is not for time-stamps`,
  ],
  [
    "by an old certificate",
    { fault: "outside_validity" },
    { ...NOTHING, fault: "outside_validity" },
    `a time by ${a}: a certificate was not valid at its time`,
  ],
  [
    "before the records",
    { timeSeconds: 1_000_000_000 },
    { size: 12, timeFault: "before_records" },
    "when tsa.example stamped it: the time it gives is impossible, before that of the records",
  ],
  [
    "in the future",
    { timeSeconds: NOW + 601 },
    { size: 12, timeFault: "in_future" },
    "when tsa.example stamped it: the time it gives is impossible, in the future",
  ],
])("a time-stamp that is %s proves no time, and that is said", (_what, facts, expected, words) => {
  const answer = verify([checked(a, facts), checked(b)]);
  expect(answer.verdict).toBe("ok");
  expect(answer.timeStamps[0]).toMatchObject({ file: a, ...expected });
  expect(answer.timeStamps[1]).toMatchObject({ file: b, size: 12 });
  expect(answer.notProven).toContain(words);
});

test("where no authority was named, time-stamps are counted and not checked", () => {
  const answer = verify();
  expect(answer.timeStamps).toEqual(
    [a, b].map((file) => ({ file, fault: "unchecked", ...NOTHING })),
  );
  expect(answer.notProven).toContain(
    "when it was there, by its 2 time-stamps: no authority was named for them",
  );
  // One that the check did not see is not checked either.
  const [first, second] = verify([checked(b)]).timeStamps;
  expect([first?.fault, second?.fault]).toEqual(["unchecked", null]);
  expect(verify([checked(a), checked(b)]).notProven.join()).not.toContain("time-stamps");
});

test("without heads no imprint is one of them", () => {
  const clocks = { latestAt: () => undefined, nowMs: NOW * 1_000 };
  const faults = (one: CheckedTimeStamp) =>
    timeStampsOf([a], [one], [], clocks, sha256).map(({ fault }) => fault);
  expect(faults(checked(a))).toEqual(["other_imprint"]);
  expect(faults(checked(a, { imprint: null }))).toEqual(["other_imprint"]);
});

test("records are stamped where one good time-stamp is over all of them", () => {
  const stamp: TimeStamp = {
    file: a,
    fault: null,
    authority: "t",
    timeSeconds: 1,
    size: 12,
    timeFault: null,
  };
  expect(isTimeStamped([stamp], 12)).toBe(true);
  expect(isTimeStamped([stamp], 13)).toBe(false);
  expect(isTimeStamped([{ ...stamp, fault: "malformed" }], 12)).toBe(false);
  expect(isTimeStamped([{ ...stamp, timeFault: "in_future" }], 12)).toBe(false);
  expect(isTimeStamped([{ ...stamp, size: null }], 1)).toBe(false);
  expect(isTimeStamped([{ ...stamp, size: 1 }, stamp], 12)).toBe(true);
  expect(isTimeStamped([], 0)).toBe(false);
});

test("replies are read with the texts that they may be of", () => {
  const folder = written({
    lines,
    files: {
      ...files,
      "checkpoints/none.note": "hello\n",
      "checkpoints/long.note": "x".repeat(131_073),
      "timestamps/c.tsr": "c".repeat(65_536),
      "timestamps/d.tsr": "d".repeat(65_537),
    },
  });
  const { replies, texts } = readTimeStamps(folder);
  expect([...replies].map(([file, bytes]) => [file, bytes?.length])).toEqual([
    [a, 1],
    [b, 1],
    ["timestamps/c.tsr", 65_536],
    ["timestamps/d.tsr", undefined],
  ]);
  expect(texts).toEqual([textOf(12), textOf(4)]);
});

test("what is no bundle has neither, and a path that is not there is an error", () => {
  const path = join(newFolder(), "text");
  writeFileSync(path, "hello\n");
  expect(readTimeStamps(path)).toEqual({ replies: new Map(), texts: [] });
  expect(() => readTimeStamps(`${path}-missing`)).toThrow("ENOENT");
  expect(readTimeStamps(written(goodBundle())).replies.size).toBe(0);
});
