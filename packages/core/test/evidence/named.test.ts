import { expect, test } from "vitest";
import { parseVerifierKey } from "../../src/evidence/note/vkey.ts";
import { verifyBundle } from "../../src/evidence/verify/verify-bundle.ts";
import { COLLECTOR, goodBundle, written } from "./bundles.ts";
import { hasPython, verifyWithPython } from "./python-verifier.ts";

const keys = [parseVerifierKey(COLLECTOR.vkey)];
const good = goodBundle();
const path = written(good);
const unsigned = written({ lines: good.lines, files: {} });
const { sessionId, origin } = verifyBundle(path, { keys });
const [keyName = "", tenant = ""] = [
  origin?.split("/").slice(0, -2).join("/"),
  origin?.split("/").at(-2),
];

const asked = [
  [path, { expectSession: sessionId ?? "" }, undefined],
  [path, { expectSession: `${sessionId}x` }, "wrong_session"],
  [path, { expectOrigin: origin ?? "" }, undefined],
  [path, { expectOrigin: `${keyName}/${tenant}` }, undefined],
  [path, { expectOrigin: keyName }, undefined],
  [path, { expectOrigin: keyName.slice(0, -1) }, "wrong_origin"],
  [path, { expectOrigin: `${keyName}/${tenant.slice(0, -1)}` }, "wrong_origin"],
  [path, { expectOrigin: `${origin}/more` }, "wrong_origin"],
  [path, { expectOrigin: "" }, "wrong_origin"],
  [unsigned, { expectOrigin: "undefined" }, "wrong_origin"],
  [unsigned, { expectSession: sessionId ?? "" }, undefined],
] as const;

test.each(asked)(
  "a bundle is the one that was asked for, or is refused: %#",
  (bundle, what, kind) => {
    const { findings } = verifyBundle(bundle, { keys, ...what });
    const own = findings.map((finding) => finding.kind).filter((found) => found !== "no_note");
    expect(own).toEqual(kind === undefined ? [] : [kind]);
  },
);

test("verify.py refuses the same", () => {
  if (!hasPython) return;
  const jobs = asked.map(([bundle, what]) => ({ path: bundle, keys: [COLLECTOR.vkey], ...what }));
  const verdicts = asked.map(([bundle, what]) => verifyBundle(bundle, { keys, ...what }).verdict);
  expect(verifyWithPython(jobs).map(({ verdict }) => verdict)).toEqual(verdicts);
});
