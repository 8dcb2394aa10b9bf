import fc from "fast-check";
import { expect, test } from "vitest";
import { parseVerifierKey } from "../../src/evidence/note/vkey.ts";
import { RunWriter } from "../../src/evidence/run-writer.ts";
import { type Verification, verifyBundle } from "../../src/evidence/verify/verify-bundle.ts";
import { bundleOf, COLLECTOR, rehashed, type TestBundle, WRITER, written } from "./bundles.ts";
import { hasPython, verifyWithPython } from "./python-verifier.ts";
import { drafts, identityOf, OPEN_FACTS, stampOf } from "./records.ts";

const vkeys = [COLLECTOR.vkey, WRITER.vkey];
const keys = vkeys.map(parseVerifierKey);

/** A session of two runs with any records in any interleaving, at least eight of them. */
const sessions = fc
  .array(fc.tuple(fc.boolean(), drafts), { minLength: 6, maxLength: 14 })
  .map((steps) => {
    const runs = [new RunWriter(identityOf(1)), new RunWriter(identityOf(2))];
    const lines = runs.map((run, index) => run.open(OPEN_FACTS, stampOf(index)).line);
    for (const [first, draft] of steps)
      lines.push((runs[first ? 0 : 1] as RunWriter).append(draft).line);
    return lines;
  });

type Change = (bundle: TestBundle, at: number, other: readonly string[]) => TestBundle;

const LAST = /^checkpoints\/(?!4\.)/;
const onLines =
  (
    change: (
      lines: readonly string[],
      index: number,
      other: readonly string[],
    ) => readonly string[],
  ): Change =>
  (bundle, at, other) => ({
    ...bundle,
    lines: change(bundle.lines, at % bundle.lines.length, other),
  });
const flip = (text: string, at: number) => {
  const bytes = Buffer.from(text);
  const index = at % bytes.length;
  bytes[index] = (bytes[index] ?? 0) ^ (1 << (at % 7));
  return bytes.toString("latin1");
};

const flipSigned = (note: string, at: number) => {
  const [text = "", ...rest] = note.split("\n\n");
  return [flip(text, at), ...rest].join("\n\n");
};

const CHANGES: Readonly<Record<string, Change>> = {
  "flip a bit of a record": onLines((lines, index, other) => {
    const line = lines[index] ?? "";
    return lines.with(
      index,
      Buffer.from(flip(line, index * 37 + other.length), "latin1").toString(),
    );
  }),
  "drop a record": onLines((lines, index) => lines.toSpliced(index, 1)),
  "cut the end": onLines((lines, index) => lines.slice(0, index)),
  "repeat a record": onLines((lines, index) => lines.toSpliced(index, 0, lines[index] ?? "")),
  "move a record to the front": onLines((lines, index) =>
    lines.toSpliced(Math.max(1, index), 1).toSpliced(0, 0, lines[Math.max(1, index)] ?? ""),
  ),
  "splice in a record of another session": onLines((lines, index, other) =>
    lines.with(index, other[index % other.length] ?? ""),
  ),
  "rehash without the key": onLines((lines, index) => {
    const at = Math.max(1, index);
    const record = lines[at] ?? "";
    return rehashed(
      lines.with(
        at,
        record.replace(/T\d\d:/, (hour) => (hour === "T05:" ? "T06:" : "T05:")),
      ),
    );
  }),
  "flip a bit of what the last checkpoint signs": (bundle, at) => ({
    ...bundle,
    files: Object.fromEntries(
      Object.entries(bundle.files).map(([name, text]) => {
        return [name, LAST.test(name) ? flipSigned(text, at) : text];
      }),
    ),
  }),
};

const changedSessions = fc
  .tuple(sessions, sessions, fc.constantFrom(...Object.keys(CHANGES)), fc.nat(5_000))
  .map(([lines, other, name, at]) => {
    const elsewhere = other.map((line) => line.replaceAll('"s-1"', '"s-2"'));
    return {
      name,
      lines,
      changed: CHANGES[name]?.(bundleOf(lines), at, elsewhere) ?? bundleOf(lines),
    };
  })
  .filter(({ lines, changed }) => JSON.stringify(changed) !== JSON.stringify(bundleOf(lines)));

const isGood = ({ verdict }: Verification) => verdict.startsWith("ok");

test("any session verifies, and any single change to it is found", () => {
  const jobs: { path: string; keys: readonly string[] }[] = [];
  const verdicts: unknown[] = [];
  fc.assert(
    fc.property(changedSessions, ({ name, lines, changed }) => {
      expect(isGood(verifyBundle(written(bundleOf(lines)), { keys }))).toBe(true);
      const path = written(changed);
      const verification = verifyBundle(path, { keys });
      expect(isGood(verification), name).toBe(false);
      expect(verification.findings.length).toBeGreaterThan(0);
      jobs.push({ path, keys: vkeys });
      verdicts.push([
        verification.verdict,
        verification.findings.map(({ kind, line }) => [kind, line]),
      ]);
    }),
    { numRuns: 150, endOnFailure: true, verbose: 0 },
  );
  if (!hasPython) return;
  const answers = verifyWithPython(jobs).map(({ verdict, findings }) => [
    verdict,
    (findings as { kind: string; line: number }[]).map(({ kind, line }) => [kind, line]),
  ]);
  expect(answers).toEqual(verdicts);
});
