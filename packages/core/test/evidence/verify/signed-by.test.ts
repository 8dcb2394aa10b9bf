/** Who signed what: from which size up to which, when, and whether that time can be. */
import { expect, test } from "vitest";
import { sessionOrigin } from "../../../src/evidence/note/origin.ts";
import type { Signer } from "../../../src/evidence/note/signer.ts";
import { parseVerifierKey } from "../../../src/evidence/note/vkey.ts";
import { signedBy, timeFaultOf } from "../../../src/evidence/verify/signed-by.ts";
import type { SignedHead } from "../../../src/evidence/verify/signed-heads.ts";
import { COLLECTOR, TENANT, WRITER } from "../bundles.ts";
import { signerOf } from "../records.ts";

const NOW = 1_800_000_000;
const RECORDS = "2026-09-21T14:13:20.000Z";
const RECORDS_SECONDS = 1_790_000_000;
const SKEW = 600;
const clocks = (latest?: string) => ({ latestAt: () => latest, nowMs: NOW * 1_000 });

test.each<[string, number | null, string | undefined, string | null]>([
  ["no time", null, RECORDS, null],
  ["a time among the records", RECORDS_SECONDS, RECORDS, null],
  ["a time as much before as clocks may differ", RECORDS_SECONDS - SKEW, RECORDS, null],
  ["a time a second more before", RECORDS_SECONDS - SKEW - 1, RECORDS, "before_records"],
  ["the first second of all", 0, RECORDS, "before_records"],
  ["a time as far ahead as clocks may differ", NOW + SKEW, RECORDS, null],
  ["a time a second further ahead", NOW + SKEW + 1, RECORDS, "in_future"],
  ["a time that no calendar has", 2 ** 53 - 1, RECORDS, "in_future"],
  ["a time before records that are not known", 0, undefined, null],
])("%s", (_what, time, latest, fault) => {
  expect(timeFaultOf(time, 4, clocks(latest))).toBe(fault);
});

test("a time is held against the records of its own size", () => {
  const latestAt = (size: number) => (size === 4 ? RECORDS : undefined);
  const early = { latestAt, nowMs: NOW * 1_000 };
  expect(timeFaultOf(1, 4, early)).toBe("before_records");
  expect(timeFaultOf(1, 3, early)).toBeNull();
  // A millisecond of the records counts.
  const exact = { latestAt: () => "2026-09-21T14:13:20.001Z", nowMs: NOW * 1_000 };
  expect(timeFaultOf(RECORDS_SECONDS - SKEW, 4, exact)).toBe("before_records");
});

const W = signerOf("witness.example/w1");
const ORIGIN = sessionOrigin(COLLECTOR.name, TENANT, "s-1");
type Signature = readonly [signer: Signer, timeSeconds?: number];

function headOf(size: number, ...signatures: readonly Signature[]): SignedHead {
  return {
    origin: ORIGIN,
    size,
    root: "",
    file: "",
    note: { text: "", signatures: [] },
    parsedOrigin: { kind: "session", keyName: COLLECTOR.name, sessionTag: "" },
    signatures: signatures.map(([signer, timeSeconds]) => ({
      key: parseVerifierKey(timeSeconds === undefined ? signer.vkey : signer.cosignerKey),
      ...(timeSeconds !== undefined && { timeSeconds }),
    })),
  };
}
const told = (...heads: readonly SignedHead[]) =>
  signedBy(heads, clocks(RECORDS)).map(({ name, role, since, upTo, timeSeconds, timeFault }) => [
    name,
    role,
    since,
    upTo,
    timeSeconds,
    timeFault,
  ]);

test("whoever the tree is named after signed it, as its log does, and all others co-signed", () => {
  const log = COLLECTOR.named(`${COLLECTOR.name}/${TENANT}/log`);
  const other = COLLECTOR.named(`${COLLECTOR.name}/${TENANT}`);
  expect(told(headOf(4, [COLLECTOR], [WRITER], [log], [other], [W, RECORDS_SECONDS]))).toEqual([
    [COLLECTOR.name, "signed", 4, 4, null, null],
    [WRITER.name, "co-signed", 4, 4, null, null],
    [log.name, "signed", 4, 4, null, null],
    [other.name, "co-signed", 4, 4, null, null],
    [W.name, "co-signed", 4, 4, RECORDS_SECONDS, null],
  ]);
});

test("the same name with two keys is told twice, each with its id", () => {
  const answer = signedBy([headOf(4, [COLLECTOR], [COLLECTOR, RECORDS_SECONDS])], clocks());
  expect(answer.map(({ keyId }) => keyId)).toEqual([
    parseVerifierKey(COLLECTOR.vkey).id,
    parseVerifierKey(COLLECTOR.cosignerKey).id,
  ]);
});

const T = RECORDS_SECONDS;
test.each<[string, readonly SignedHead[], readonly unknown[]]>([
  ["sizes that grow", [headOf(4, [W, T]), headOf(9, [W, T + 5])], [4, 9, T + 5, null]],
  ["sizes that do not", [headOf(9, [W, T + 5]), headOf(4, [W, T])], [4, 9, T + 5, null]],
  ["three sizes", [headOf(5, [W, T]), headOf(9, [W, T]), headOf(2, [W, T])], [2, 9, T, null]],
  ["one size, the later time first", [headOf(9, [W, T + 5]), headOf(9, [W, T])], [9, 9, T, null]],
  ["one size, the earlier time first", [headOf(9, [W, T]), headOf(9, [W, T + 5])], [9, 9, T, null]],
  ["an impossible time of a smaller size", [headOf(4, [W, 1]), headOf(9, [W, T])], [4, 9, T, null]],
  [
    "an impossible time of the larger size",
    [headOf(4, [W, T]), headOf(9, [W, 1])],
    [4, 9, 1, "before_records"],
  ],
])("of %s the largest is told, with its earliest time", (_what, heads, expected) => {
  expect(told(...heads)).toEqual([[W.name, "co-signed", ...expected]]);
});

test("a signature without a time stays without one", () => {
  expect(told(headOf(4, [WRITER]), headOf(9, [WRITER]), headOf(9, [WRITER]))).toEqual([
    [WRITER.name, "co-signed", 4, 9, null, null],
  ]);
  expect(signedBy([], clocks())).toEqual([]);
});
