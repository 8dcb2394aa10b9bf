/** The sentence of a verification: which records, by whom, since when, and what it does not prove. */
import { expect, test } from "vitest";
import type { TimeStamp } from "../../../src/evidence/time-stamp/time-stamp.ts";
import { provenIn } from "../../../src/evidence/verify/proven.ts";
import type { SignedBy } from "../../../src/evidence/verify/signed-by.ts";

type Facts = Parameters<typeof provenIn>[0];

const by = (name: string, facts: Partial<SignedBy> = {}): SignedBy => ({
  name,
  keyId: "00000000",
  role: "signed",
  since: 1,
  upTo: 12,
  timeSeconds: null,
  timeFault: null,
  ...facts,
});
const seenBy = (name: string, timeSeconds: number | null, facts: Partial<SignedBy> = {}) =>
  by(name, { role: "co-signed", timeSeconds, ...facts });
const stampedBy = (
  authority: string,
  timeSeconds: number,
  facts: Partial<TimeStamp> = {},
): TimeStamp => ({
  file: "a.tsr",
  fault: null,
  authority,
  timeSeconds,
  size: 12,
  timeFault: null,
  ...facts,
});
const proven = (facts: Partial<Facts>) =>
  provenIn({
    verdict: "ok",
    records: 12,
    size: 12,
    logged: 0,
    signers: [by("c")],
    timeStamps: [],
    ...facts,
  });

const ALONE = "and that who signed did not rewrite them all.";
const TOGETHER = "and that all who signed did not rewrite them together.";
const T = 1_790_000_000;
const AT = "2026-09-21T14:13:20Z";

test.each<[string, Partial<Facts>, string]>([
  ["one signed", {}, `All 12 records are as c signed them; not proved: when, ${ALONE}`],
  [
    "part is signed",
    { size: 4 },
    `The first 4 records are as c signed them; not proved: when, ${ALONE}`,
  ],
  [
    "records are open",
    { verdict: "ok-open" },
    `All 12 records are as c signed them; not proved: when, ${ALONE}`,
  ],
  [
    "records are deleted",
    { verdict: "ok-redacted" },
    `All 12 records are as c signed them; not proved: when, ${ALONE}`,
  ],
  [
    "two signed",
    { signers: [by("c"), by("d")] },
    `All 12 records are as c and d signed them; not proved: when, ${ALONE}`,
  ],
  [
    "three signed",
    { signers: [by("c"), by("d"), by("e")] },
    `All 12 records are as c, d and e signed them; not proved: when, ${ALONE}`,
  ],
  [
    "one signed with two keys",
    { signers: [by("c"), by("c")] },
    `All 12 records are as c signed them; not proved: when, ${ALONE}`,
  ],
  [
    "one signed less",
    { signers: [by("c"), by("d", { upTo: 11 })] },
    `All 12 records are as c signed them; not proved: when, ${ALONE}`,
  ],
  [
    "one co-signed",
    { signers: [by("c"), seenBy("w", null)] },
    `All 12 records are as c signed them and w co-signed them; not proved: when, ${TOGETHER}`,
  ],
  [
    "one only co-signed",
    { signers: [seenBy("w", null)] },
    `All 12 records are as w co-signed them; not proved: when, ${TOGETHER}`,
  ],
  [
    "one co-signed less",
    { signers: [by("c"), seenBy("w", T, { upTo: 4 })] },
    `All 12 records are as c signed them; not proved: when, ${ALONE}`,
  ],
  [
    "a head is in the log",
    { logged: 12 },
    `All 12 records are as c signed them (their head is in the collector's log); not proved: when, ${ALONE}`,
  ],
  [
    "an earlier head is in the log",
    { logged: 11 },
    `All 12 records are as c signed them; not proved: when, ${ALONE}`,
  ],
  [
    "a witness gave a time",
    { signers: [by("c"), seenBy("w", T)] },
    `All 12 records are as c signed them and w co-signed them, at ${AT} at the latest by w; not proved: what happened before that, ${TOGETHER}`,
  ],
  [
    "a witness gave second 0",
    { signers: [by("c"), seenBy("w", 0)] },
    `All 12 records are as c signed them and w co-signed them, at 1970-01-01T00:00:00Z at the latest by w; not proved: what happened before that, ${TOGETHER}`,
  ],
  [
    "the earlier of two times counts",
    { signers: [by("c"), seenBy("v", T + 1), seenBy("w", T)] },
    `All 12 records are as c signed them and v and w co-signed them, at ${AT} at the latest by w; not proved: what happened before that, ${TOGETHER}`,
  ],
  [
    "an impossible time does not count",
    { signers: [by("c"), seenBy("w", 1, { timeFault: "before_records" })] },
    `All 12 records are as c signed them and w co-signed them; not proved: when, ${TOGETHER}`,
  ],
  [
    "a time-stamp",
    { timeStamps: [stampedBy("tsa", T)] },
    `All 12 records are as c signed them, at ${AT} at the latest by tsa; not proved: what happened before that, ${ALONE}`,
  ],
  [
    "a time-stamp of less",
    { timeStamps: [stampedBy("tsa", T, { size: 11 })] },
    `All 12 records are as c signed them; not proved: when, ${ALONE}`,
  ],
  [
    "a time-stamp at an impossible time",
    { timeStamps: [stampedBy("tsa", T, { timeFault: "in_future" })] },
    `All 12 records are as c signed them; not proved: when, ${ALONE}`,
  ],
  [
    "a time-stamp that says nothing",
    { size: 0, timeStamps: [stampedBy("tsa", T, { size: null, timeSeconds: null })] },
    `The first 0 records are as c signed them; not proved: when, ${ALONE}`,
  ],
  [
    "an earlier time-stamp than a witness",
    { signers: [by("c"), seenBy("w", T + 5)], timeStamps: [stampedBy("tsa", T)] },
    `All 12 records are as c signed them and w co-signed them, at ${AT} at the latest by tsa; not proved: what happened before that, ${TOGETHER}`,
  ],
  [
    "it cannot be read",
    { verdict: "malformed" },
    "Nothing is proved: it cannot be read as a bundle to its end.",
  ],
  [
    "nobody signed",
    { verdict: "untrusted" },
    "Nothing is proved: not every key that was given signed it.",
  ],
  ["it was changed", { verdict: "tampered" }, "Nothing is proved: it is not what was signed."],
  [
    "it has two histories",
    { verdict: "forked" },
    "Nothing is proved: it holds two histories that contradict each other.",
  ],
  [
    "records are missing",
    { verdict: "incomplete" },
    "Nothing is proved: records of it are missing.",
  ],
])("where %s", (_what, facts, sentence) => {
  expect(proven(facts)).toBe(sentence);
});

test("an empty log proves that no head is in it", () => {
  expect(proven({ records: 0, size: 0, logged: 0 })).not.toContain("collector's log");
});
