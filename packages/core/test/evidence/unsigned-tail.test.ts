import { expect, test } from "vitest";
import { parseVerifierKey } from "../../src/evidence/note/vkey.ts";
import { exitCodeOf } from "../../src/evidence/verify/exit-code.ts";
import { verifyBundle } from "../../src/evidence/verify/verify-bundle.ts";
import { COLLECTOR, goodBundle, noteOf, written } from "./bundles.ts";
import { exitCodeOfPython, hasPython, verifyWithPython } from "./python-verifier.ts";

const keys = [parseVerifierKey(COLLECTOR.vkey)];
const { lines } = goodBundle();

/** The closed session of twelve records, signed up to the given size only. */
function signedUpTo(size: number): string {
  return written({ lines, files: { "checkpoints/head.note": noteOf(lines, size) } });
}

test("records after the last signed note are named, and leave the session open", () => {
  // Record 10 is the session's end: it does not count before it is signed.
  for (const size of [4, 9, 10, 11]) {
    const verification = verifyBundle(signedUpTo(size), { keys });
    expect(verification).toMatchObject({ verdict: "ok-open", closed: false, records: 12, size });
    expect(verification.findings).toMatchObject([{ kind: "unsigned_tail", line: size + 1 }]);
    expect(verification.notProven[0]).toContain(`after number ${size}`);
    expect(exitCodeOf(verification, {})).toBe(12);
    expect(exitCodeOf(verification, { requireClosed: true })).toBe(12);
    expect(verification.checks.filter(({ holds }) => !holds)).toEqual([]);
    const order = verification.checks.find(({ name }) => name === "order");
    expect(order?.detail).toContain(`up to the last one that is signed (${size})`);
  }
  if (hasPython) expect(exitCodeOfPython(signedUpTo(9), "--key", COLLECTOR.vkey)).toBe(12);
  expect(verifyBundle(signedUpTo(12), { keys })).toMatchObject({ verdict: "ok", closed: true });
});

test("a size known from elsewhere is held against what is signed, not against the tail", () => {
  const path = signedUpTo(9);
  const jobs = [9, 10, 12, 13].map((expectSize) => ({
    path,
    keys: [COLLECTOR.vkey],
    expectSize,
  }));
  const verdicts = jobs.map(({ expectSize }) => verifyBundle(path, { keys, expectSize }).verdict);
  expect(verdicts).toEqual(["ok-open", "incomplete", "incomplete", "incomplete"]);
  if (hasPython) expect(verifyWithPython(jobs).map(({ verdict }) => verdict)).toEqual(verdicts);
});
