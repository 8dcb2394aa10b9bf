/** What a verification cannot show, line by line, and its numbers. */
import { expect, test } from "vitest";
import { signRun } from "../../../src/evidence/local-run.ts";
import { formatNote, parseNote } from "../../../src/evidence/note/note.ts";
import { cosignNote } from "../../../src/evidence/note/signer.ts";
import { parseVerifierKey } from "../../../src/evidence/note/vkey.ts";
import { formatTombstone } from "../../../src/evidence/rules/side-lines.ts";
import { type Draft, RunWriter } from "../../../src/evidence/run-writer.ts";
import { hashLeaf } from "../../../src/evidence/tree/leaf.ts";
import {
  type Verification,
  type VerifyOptions,
  verifyBundle,
} from "../../../src/evidence/verify/verify-bundle.ts";
import {
  COLLECTOR,
  goodBundle,
  noteOf,
  sessionLines,
  type TestBundle,
  WRITER,
  written,
} from "../bundles.ts";
import { identityOf, OPEN_FACTS, signerOf, stampOf, toolDraft } from "../records.ts";

const keyOf = parseVerifierKey;
const collector = keyOf(COLLECTOR.vkey);
const writer = keyOf(WRITER.vkey);
const NOW = 1_800_000_000;
const verify = (bundle: TestBundle, options: Partial<VerifyOptions> = {}): Verification =>
  verifyBundle(written(bundle), { keys: [collector], nowMs: NOW * 1_000, ...options });

const LAST_WORD = "that the recorder saw every call, and that clocks were right";
const NOT_CLOSED = "what came after the last record: it is not closed";
const ALONE = "that the signer did not rewrite it as a whole: nobody co-signed it";
const good = goodBundle();
const lines = sessionLines();
const both = { knownKeys: [writer] };

/** A session of one run that ends: open, two calls, these records, and the end. */
function session(
  records: readonly Draft[],
  layer: "framework" | "import" = "framework",
): TestBundle {
  const run = new RunWriter(identityOf(5));
  const made = [run.open({ ...OPEN_FACTS, layer }, stampOf(1)).line];
  const end: Draft = { ...stampOf(90), category: "lifecycle", payload: { type: "end" } };
  for (const draft of [toolDraft(2), toolDraft(3), ...records, end])
    made.push(run.append(draft).line);
  return { lines: made, files: { "checkpoints/head.note": noteOf(made, made.length) } };
}
const drop = (count: number, at: number): Draft => ({
  ...stampOf(at),
  category: "lifecycle",
  payload: { type: "drop", count, reason: "queue_full" },
});
const tombstoneOf = (line: string) => {
  const { runId: run, payload } = JSON.parse(line);
  return formatTombstone({ run, seq: payload.seq, leaf: hashLeaf(line) });
};

test.each<[string, TestBundle, Partial<VerifyOptions>, readonly string[]]>([
  ["is whole and co-signed", good, both, [LAST_WORD]],
  ["nobody co-signed", good, {}, [ALONE, LAST_WORD]],
  [
    "is signed in part",
    { lines, files: { "checkpoints/4.note": noteOf(lines, 4) } },
    {},
    [
      "that the records after number 4 are what was recorded: not signed yet",
      NOT_CLOSED,
      ALONE,
      LAST_WORD,
    ],
  ],
  [
    "is co-signed in part",
    {
      lines,
      files: {
        "checkpoints/4.note": cosignNote(noteOf(lines, 4), WRITER),
        "checkpoints/12.note": noteOf(lines, 12),
      },
    },
    both,
    ["that the signer did not rewrite the records after number 4: not co-signed", LAST_WORD],
  ],
  [
    "is open",
    { lines: lines.slice(0, 8), files: { "checkpoints/8.note": noteOf(lines, 8) } },
    {},
    [NOT_CLOSED, ALONE, LAST_WORD],
  ],
  [
    "dropped events, twice",
    session([drop(2, 4), drop(5, 5)]),
    {},
    [ALONE, "what 7 events were that were not recorded", LAST_WORD],
  ],
  ["dropped no event", session([drop(0, 4)]), {}, [ALONE, LAST_WORD]],
  [
    "was imported",
    session([], "import"),
    {},
    [ALONE, "that what is told in 1 imported runs happened", LAST_WORD],
  ],
  [
    "has deleted records",
    {
      ...good,
      lines: lines.with(3, tombstoneOf(lines[3] ?? "")).with(4, tombstoneOf(lines[4] ?? "")),
    },
    both,
    ["what 2 deleted records said", LAST_WORD],
  ],
  [
    "nobody signed whose key was given",
    { lines, files: {} },
    {},
    ["anything: nobody whose key was given has signed a record of it"],
  ],
  [
    "cannot be read",
    { lines: ["hello"], files: {} },
    {},
    ["anything: it could not be read to its end"],
  ],
])("a session that %s", (_what, bundle, options, expected) => {
  expect(verify(bundle, options).notProven).toEqual(expected);
});

test("numbers are told beside the words", () => {
  expect(verify(session([drop(2, 4), drop(5, 5)]))).toMatchObject({
    verdict: "ok",
    dropped: 7,
    imported: 0,
    redacted: 0,
  });
  expect(verify(session([], "import"))).toMatchObject({ verdict: "ok", imported: 1, runs: 1 });
  const deleted = { ...good, lines: lines.with(3, tombstoneOf(lines[3] ?? "")) };
  expect(verify(deleted)).toMatchObject({
    verdict: "ok-redacted",
    redacted: 1,
    records: 12,
    closed: true,
  });
  expect(verify(good)).toMatchObject({ sessionId: "s-1", runs: 2, size: 12, logged: 0, log: null });
  expect(verify({ lines: ["hello"], files: {} })).toMatchObject({
    sessionId: null,
    root: null,
    size: 0,
    origin: null,
  });
});

const W = signerOf("witness.example/w1");
function seenAt(seconds: number, size = 12): TestBundle {
  const { text, signatures } = parseNote(Buffer.from(noteOf(lines, size)));
  const note = formatNote({ text, signatures: [...signatures, W.cosign(text, seconds)] });
  return {
    lines,
    files: { "checkpoints/12.note": noteOf(lines, 12), "checkpoints/seen.note": note },
  };
}

test.each<[string, number, number, string | undefined]>([
  [
    "before the records",
    1_000_000_000,
    12,
    "when witness.example/w1 saw it: the time it gives is impossible, before that of the records",
  ],
  [
    "in the future",
    NOW + 601,
    12,
    "when witness.example/w1 saw it: the time it gives is impossible, in the future",
  ],
  ["when it can be", NOW, 12, undefined],
])("a witness that says it saw it %s", (_what, seconds, size, words) => {
  const { notProven } = verify(seenAt(seconds, size), { knownKeys: [keyOf(W.cosignerKey)] });
  expect(notProven).toEqual(words === undefined ? [LAST_WORD] : [words, LAST_WORD]);
});

test("times are held against the latest record of the size that was seen, wherever it lies", () => {
  // Record 4 is of second 1,790,000,005; clocks may differ by 600 seconds.
  const fault = (seconds: number, size: number) =>
    verify(seenAt(seconds, size), { knownKeys: [keyOf(W.cosignerKey)] }).signedBy.find(
      ({ name }) => name === W.name,
    )?.timeFault;
  expect(fault(1_790_000_004 - 600, 4)).toBeNull();
  expect(fault(1_790_000_003 - 600, 4)).toBe("before_records");
  expect(fault(1_790_000_004 - 600, 12)).toBe("before_records");
  expect(fault(1_790_000_012 - 600, 12)).toBeNull();
});

/** A local run: two calls, and whether it was closed. */
function localRun(close: boolean, more: readonly string[] = []): TestBundle {
  const run = new RunWriter(identityOf(6));
  const made = [run.open(OPEN_FACTS, stampOf(1)).line, run.append(toolDraft(2)).line];
  if (close) made.push(run.close(3, stampOf(4)).line);
  return { lines: [...made, ...more], files: { "checkpoints/head.note": signRun(run, WRITER) } };
}

test("a local run is closed by its close, and a session by its end", () => {
  const local = (bundle: TestBundle) => verify(bundle, { keys: [writer] });
  expect(local(localRun(false))).toMatchObject({ verdict: "ok-open", closed: false });
  expect(local(localRun(true))).toMatchObject({ verdict: "ok", closed: true });
  // In a session the close of a run ends nothing.
  const run = new RunWriter(identityOf(6));
  const made = [run.open(OPEN_FACTS, stampOf(1)).line, run.close(0, stampOf(2)).line];
  expect(verify({ lines: made, files: { "checkpoints/2.note": noteOf(made, 2) } }).closed).toBe(
    false,
  );
  const { origin } = local(localRun(true));
  expect(origin).toMatch(/^caum-writer-1\/run\/[0-9a-f]{32}\/[0-9a-f]{32}$/);
});

test("what comes behind the end opens a session again, but for a note of what was dropped", () => {
  const run = new RunWriter(identityOf(7));
  const end: Draft = { ...stampOf(9), category: "lifecycle", payload: { type: "end" } };
  const steps = [run.open(OPEN_FACTS, stampOf(1)).line, run.append(end).line];
  const closedAfter = (draft: Draft | undefined) => {
    const rest = new RunWriter(run.identity, run.state);
    const made = draft === undefined ? steps : [...steps, rest.append(draft).line];
    return verify({ lines: made, files: { "checkpoints/h.note": noteOf(made, made.length) } })
      .closed;
  };
  expect(closedAfter(undefined)).toBe(true);
  expect(closedAfter(drop(1, 10))).toBe(true);
  expect(closedAfter(toolDraft(10))).toBe(false);
});
