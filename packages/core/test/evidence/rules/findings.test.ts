/** Findings: which verdict they leave, in which order they are told, and how many are kept. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type BundleVerdict,
  type FindingKind,
  Findings,
  VERDICT_OF,
  VERDICTS,
} from "../../../src/evidence/rules/findings.ts";

/** From the gravest to the best, as docs/evidence.md has them. */
const ORDER: readonly BundleVerdict[] = [
  "malformed",
  "untrusted",
  "tampered",
  "forked",
  "incomplete",
  "ok-redacted",
  "ok-open",
  "ok",
];
const KINDS = Object.keys(VERDICT_OF) as FindingKind[]; // a table of them all

test("verdicts are in the order of how grave they are", () => {
  expect(VERDICTS).toEqual(ORDER);
});

test("the verdict is the gravest of what was found and of what it would be without", () => {
  const kinds = fc.array(fc.constantFrom(...KINDS), { maxLength: 6 });
  fc.assert(
    fc.property(kinds, fc.constantFrom(...ORDER), (found, unless) => {
      const findings = new Findings();
      for (const kind of found) findings.add(kind, "file", "message");
      const ranks = [...found.map((kind) => VERDICT_OF[kind]), unless].map((verdict) =>
        ORDER.indexOf(verdict),
      );
      expect(findings.verdict(unless)).toBe(ORDER[Math.min(...ranks)]);
      for (const kind of KINDS) expect(findings.has(kind)).toBe(found.includes(kind));
      expect(findings.has(...found)).toBe(found.length > 0);
      expect(findings.has()).toBe(false);
    }),
  );
});

test("findings are told by their line, those of one line as they were made, and those of none last", () => {
  const line = fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
      const findings = new Findings();
      for (const [at, one] of lines.entries()) {
        findings.add("gap", "file", String(at), one === undefined ? undefined : { line: one });
      }
      const made = lines.map((one, at) => ({ line: one ?? null, message: String(at) }));
      const expected = [1, 2, 3, 4, 5, null].flatMap((of) =>
        made.filter(({ line: at }) => at === of),
      );
      expect(findings.list.map(({ line: at, message }) => ({ line: at, message }))).toEqual(
        expected,
      );
    }),
  );
});

test("a finding says where it is, as far as that is known", () => {
  const findings = new Findings();
  findings.add("altered", "records.ndjson", "it is another", { line: 3, run: "r", seq: 0 });
  findings.add("malformed_record", "records.ndjson", "it is none", { line: 4 });
  findings.add("no_note", "checkpoints", "nobody signed");
  expect(findings.list).toEqual([
    {
      kind: "altered",
      file: "records.ndjson",
      line: 3,
      run: "r",
      seq: 0,
      message: "it is another",
    },
    {
      kind: "malformed_record",
      file: "records.ndjson",
      line: 4,
      run: null,
      seq: null,
      message: "it is none",
    },
    {
      kind: "no_note",
      file: "checkpoints",
      line: null,
      run: null,
      seq: null,
      message: "nobody signed",
    },
  ]);
});

test("a hundred findings are kept, and one that comes later still counts for the verdict", () => {
  const findings = new Findings();
  for (let line = 1; line <= 100; line += 1) findings.add("gap", "file", "", { line });
  expect(findings.list).toHaveLength(100);
  findings.add("malformed_record", "file", "", { line: 101 });
  expect(findings.list).toHaveLength(100);
  expect(findings.list.at(-1)).toMatchObject({ kind: "gap", line: 100 });
  expect(findings.has("malformed_record")).toBe(true);
  expect(findings.verdict("ok")).toBe("malformed");
});
