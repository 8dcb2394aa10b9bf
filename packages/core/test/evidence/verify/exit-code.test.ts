/** The exit codes of `caum verify`, and which of several comes first. */
import { expect, test } from "vitest";
import type { BundleVerdict } from "../../../src/evidence/rules/findings.ts";
import type { TimeStamp } from "../../../src/evidence/time-stamp/time-stamp.ts";
import {
  exitCodeOf,
  exitCodeOfVerdict,
  type Requirements,
} from "../../../src/evidence/verify/exit-code.ts";
import type { Verification } from "../../../src/evidence/verify/verify-bundle.ts";

const CODES: Readonly<Record<BundleVerdict, number>> = {
  malformed: 3,
  untrusted: 6,
  tampered: 1,
  forked: 5,
  incomplete: 4,
  "ok-redacted": 0,
  "ok-open": 0,
  ok: 0,
};

function verified(facts: Partial<Verification> = {}): Verification {
  const none = {
    verdict: "ok",
    records: 3,
    closed: true,
    redacted: 0,
    timeStamps: [],
    findings: [],
  };
  return { ...none, ...facts } as unknown as Verification; // what an exit code depends on
}
const stamp = (facts: Partial<TimeStamp> = {}): TimeStamp => ({
  file: "a.tsr",
  fault: null,
  authority: "a",
  timeSeconds: 1,
  size: 3,
  timeFault: null,
  ...facts,
});
const tail = { findings: [{ kind: "unsigned_tail" }] } as unknown as Partial<Verification>;
const all: Requirements = {
  requireClosed: true,
  requireComplete: true,
  requireTimeStamp: true,
  hasContent: false,
  policy: { holds: false, unmet: [] },
};

test.each(Object.entries(CODES) as [BundleVerdict, number][])(
  "%s ends with %d",
  (verdict, code) => {
    expect(exitCodeOfVerdict(verdict)).toBe(code);
    expect(exitCodeOf(verified({ verdict }), {})).toBe(code);
    if (code !== 0)
      expect(exitCodeOf(verified({ verdict, closed: false, redacted: 1 }), all)).toBe(code);
  },
);

test.each<[string, Partial<Verification>, Requirements, number]>([
  ["nothing is asked for", { closed: false, redacted: 2 }, {}, 0],
  ["it has to be closed and is", {}, { requireClosed: true }, 0],
  ["it has to be closed and is not", { closed: false }, { requireClosed: true }, 10],
  ["it need not be closed", { closed: false }, { requireClosed: false }, 0],
  ["it has to be complete and is", {}, { requireComplete: true }, 0],
  ["it has to be complete and is not", { redacted: 1 }, { requireComplete: true }, 11],
  ["it need not be complete", { redacted: 1 }, { requireComplete: false }, 0],
  ["records are unsigned", tail, {}, 12],
  ["a policy holds", {}, { policy: { holds: true, unmet: [] } }, 0],
  ["a policy does not hold", {}, { policy: { holds: false, unmet: [] } }, 6],
  ["content is there", {}, { hasContent: true }, 0],
  ["content is not there", {}, { hasContent: false }, 13],
  ["no time-stamp is asked for", {}, { requireTimeStamp: false }, 0],
  ["a time-stamp is asked for, and none is there", {}, { requireTimeStamp: true }, 6],
  ["a time-stamp is over all", { timeStamps: [stamp()] }, { requireTimeStamp: true }, 0],
  [
    "a time-stamp is over more",
    { timeStamps: [stamp({ size: 4 })] },
    { requireTimeStamp: true },
    0,
  ],
  [
    "a time-stamp is over less",
    { timeStamps: [stamp({ size: 2 })] },
    { requireTimeStamp: true },
    6,
  ],
  [
    "one of two is over all",
    { timeStamps: [stamp({ size: 1 }), stamp()] },
    { requireTimeStamp: true },
    0,
  ],
  [
    "a time-stamp says nothing",
    { timeStamps: [stamp({ fault: "malformed" })] },
    { requireTimeStamp: true },
    6,
  ],
  [
    "a time-stamp has an impossible time",
    { timeStamps: [stamp({ timeFault: "in_future" })] },
    { requireTimeStamp: true },
    6,
  ],
  [
    "a time-stamp is of nothing",
    { records: 1, timeStamps: [stamp({ size: null })] },
    { requireTimeStamp: true },
    6,
  ],
  ["a policy comes before the tail", tail, { policy: { holds: false, unmet: [] } }, 6],
  ["the tail comes before what is deleted", { ...tail, redacted: 1 }, all, 6],
  [
    "the tail comes before what is open",
    { ...tail, closed: false, redacted: 1 },
    { requireClosed: true, requireComplete: true },
    12,
  ],
  [
    "what is deleted comes before what is open",
    { closed: false, redacted: 1 },
    { requireClosed: true, requireComplete: true },
    11,
  ],
  [
    "what is open comes before content",
    { closed: false },
    { requireClosed: true, hasContent: false },
    10,
  ],
])("where %s", (_what, facts, required, code) => {
  expect(exitCodeOf(verified(facts), required)).toBe(code);
});
