import { expect, test } from "vitest";
import { parseVerifierKey } from "../../src/evidence/note/vkey.ts";
import { verifyBundle } from "../../src/evidence/verify/verify-bundle.ts";
import { COLLECTOR, written } from "./bundles.ts";
import { hasPython, verifyWithPython } from "./python-verifier.ts";
import { TAMPERINGS } from "./tampering/all.ts";

const cases = TAMPERINGS.map((tampering) => ({
  ...tampering,
  path: written(tampering.bundle),
  keys: tampering.keys ?? [COLLECTOR.vkey],
}));

test.each(cases)("$name: $verdict", ({ path, keys, verdict, closed, kind, line }) => {
  const verification = verifyBundle(path, { keys: keys.map(parseVerifierKey) });
  expect(verification, JSON.stringify(verification.findings)).toMatchObject({ verdict });
  if (closed !== undefined) expect(verification.closed).toBe(closed);
  const [first] = verification.findings;
  if (line) expect(first).toMatchObject({ kind, line });
  else if (kind) expect(verification.findings.map((finding) => finding.kind)).toContain(kind);
});

test.skipIf(!hasPython)("verify.py finds exactly the same in every bundle", () => {
  const answers = verifyWithPython(cases.map(({ path, keys }) => ({ path, keys })));
  for (const [index, { name, path, keys }] of cases.entries()) {
    const verification = verifyBundle(path, { keys: keys.map(parseVerifierKey) });
    expect(comparable(answers[index]), name).toEqual(comparable(verification));
  }
});

/** Everything but the wording. */
function comparable(answer: unknown): unknown {
  const { findings, checks, notProven, sessionId, proven, ...rest } = answer as Record<
    string,
    unknown
  >;
  void [checks, notProven, sessionId, proven];
  return {
    ...rest,
    findings: (findings as Record<string, unknown>[]).map(({ message, ...place }) => place),
  };
}
