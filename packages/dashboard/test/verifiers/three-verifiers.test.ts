/** `caum verify`, verify.py and the page's code on one table: same verdict, same findings, same place. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseVerifierKey } from "../../../core/src/evidence/note/vkey.ts";
import { verifyBundle } from "../../../core/src/evidence/verify/verify-bundle.ts";
import { ARCHIVES } from "../../../core/test/evidence/bundle/archive-cases.ts";
import { tarOf } from "../../../core/test/evidence/bundle/archives.ts";
import { COLLECTOR, newFolder, written } from "../../../core/test/evidence/bundles.ts";
import { hasPython, verifyWithPython } from "../../../core/test/evidence/python-verifier.ts";
import { verifyBundle as verifyOnPage } from "../../src/verify/verify-bundle.ts";
import { BUNDLES, NOW_SECONDS } from "./bundle-cases.ts";
import { LOG_CASES } from "./log-cases.ts";

const nowMs = NOW_SECONDS * 1_000;
const parent = newFolder();

const rows = [
  ...[...BUNDLES, ...LOG_CASES].map(({ name, bundle, keys }) => {
    const records = bundle.lines.map((line) => `${line}\n`).join("");
    const files = Object.entries({ "records.ndjson": records, ...bundle.files });
    const bytes = tarOf(files.map(([file, text]) => ({ name: file, text })));
    return { name, path: written(bundle), bytes, keys, verdict: undefined };
  }),
  ...ARCHIVES.map(({ name, bytes, verdict }, index) => {
    const path = join(parent, `${index}.archive`);
    writeFileSync(path, bytes);
    return { name, path, bytes, keys: [COLLECTOR.vkey], verdict };
  }),
];

/** Python's own Ed25519 takes milliseconds a signature, and on a busy machine some times that. */
const PYTHON_WITHIN_MS = 180_000;

/** Everything that verifiers must agree in; not the wording. */
function agreed(answer: unknown): unknown {
  const { verdict, records, runs, size, root, logged, log, origin, closed, redacted, ...rest } =
    answer as Readonly<Record<string, unknown>>; // what a verifier answers
  const { dropped, imported, signedBy, timeStamps, findings } = rest;
  const places = (findings as Record<string, unknown>[]).map(({ message, ...place }) => place);
  const facts = {
    records,
    runs,
    size,
    root,
    logged,
    log,
    origin,
    closed,
    redacted,
    dropped,
    imported,
  };
  return { verdict, ...facts, signedBy, timeStamps, findings: places };
}

const byCore = rows.map(({ path, keys }) =>
  agreed(verifyBundle(path, { keys: [...new Set(keys)].map(parseVerifierKey), nowMs })),
);

test("names of the table are its own, and it holds what is good and what is bad", () => {
  expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
  const verdicts = new Set(byCore.map((answer) => (answer as { verdict: string }).verdict));
  expect([...verdicts].sort()).toEqual([
    "forked",
    "incomplete",
    "malformed",
    "ok",
    "ok-open",
    "ok-redacted",
    "tampered",
    "untrusted",
  ]);
});

test.each(rows)(
  "$name: the page finds what caum verify finds",
  async ({ name, bytes, keys, verdict }) => {
    const expected = byCore[rows.findIndex((row) => row.name === name)];
    const answer = await verifyOnPage(new Uint8Array(bytes), { keys: [...new Set(keys)], nowMs });
    expect(agreed(answer)).toEqual(expected);
    if (verdict !== undefined) expect(answer.verdict).toBe(verdict);
  },
);

test.skipIf(!hasPython)(
  "verify.py finds what caum verify finds, in every row",
  () => {
    const jobs = rows.map(({ path, keys }) => ({ path, keys, now: NOW_SECONDS }));
    for (const [index, answer] of verifyWithPython(jobs).entries()) {
      expect(agreed(answer), rows[index]?.name).toEqual(byCore[index]);
    }
  },
  PYTHON_WITHIN_MS,
);
