import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readRun, signRun } from "../../src/evidence/local-run.ts";
import { parseVerifierKey } from "../../src/evidence/note/vkey.ts";
import { RunWriter, runIdOf } from "../../src/evidence/run-writer.ts";
import { hashLeaf } from "../../src/evidence/tree/leaf.ts";
import { verifyBundle } from "../../src/evidence/verify/verify-bundle.ts";
import { WRITER, written } from "./bundles.ts";
import { identityOf, OPEN_FACTS, stampOf, toolDraft } from "./records.ts";

const keys = [parseVerifierKey(WRITER.vkey)];

/** A run of an open record and three calls, not closed yet. */
function openRun() {
  const writer = new RunWriter(identityOf(1, "s/1"));
  const lines = [writer.open(OPEN_FACTS, stampOf(1)).line];
  for (let call = 2; call < 5; call += 1) lines.push(writer.append(toolDraft(call)).line);
  return { writer, lines };
}

function files(writer: RunWriter) {
  return { "checkpoints/head.note": signRun(writer, WRITER) };
}

test("a local run is a bundle: open while it runs, ok once it is closed", () => {
  const { writer, lines } = openRun();
  expect(verifyBundle(written({ lines, files: files(writer) }), { keys }).verdict).toBe("ok-open");
  lines.push(writer.close(0, stampOf(9)).line);
  const verification = verifyBundle(written({ lines, files: files(writer) }), { keys });
  expect(verification).toMatchObject({ verdict: "ok", runs: 1, size: 5, root: writer.root });
  expect(verification.notProven.join()).toContain("nobody co-signed it");
});

test("records that a crash left unsigned are found, and signed by whoever picks the run up", () => {
  const { writer, lines } = openRun();
  const note = files(writer);
  lines.push(writer.append(toolDraft(6)).line);
  const folder = written({ lines, files: note });
  appendFileSync(join(folder, "records.ndjson"), '{"agentId":"sup');
  const found = verifyBundle(folder, { keys });
  expect(found.verdict).toBe("incomplete");
  expect(found.findings.map(({ kind }) => kind)).toEqual(["torn_line", "unsigned_tail"].reverse());

  const run = readRun(folder);
  expect(run).toMatchObject({ size: 5, root: writer.root, closed: false });
  expect(run.state).toEqual(writer.state);
  writeFileSync(join(folder, "records.ndjson"), lines.map((line) => `${line}\n`).join(""));
  expect(run.byteLength).toBe(Buffer.byteLength(lines.join("\n")) + 1);
  writeFileSync(join(folder, "checkpoints", "recovered.note"), signRun(run, WRITER));
  expect(verifyBundle(folder, { keys }).verdict).toBe("ok-open");
});

test("a run goes on from its stored state as if it had never stopped", () => {
  const { writer } = openRun();
  const restored = new RunWriter(writer.identity, writer.state);
  expect(restored.append(toolDraft(7))).toEqual(writer.append(toolDraft(7)));
  expect(restored.root).toBe(writer.root);
});

test("a new run says which run it continues", () => {
  const { writer } = openRun();
  const next = new RunWriter(identityOf(2, "s/1"));
  const facts = { ...OPEN_FACTS, continuesRun: writer.identity.runId, continuesHead: writer.head };
  const { line } = next.open(facts, stampOf(20));
  expect(JSON.parse(line).payload).toMatchObject({ continuesHead: writer.head, seq: 0 });
});

test("a damaged run is not signed by accident", () => {
  const { lines } = openRun();
  const changed = lines.with(1, lines[1]?.replace('"ok"', '"error"') ?? "");
  expect(() => readRun(written({ lines: changed, files: {} }))).toThrow("not linked");
  expect(() => readRun(written({ lines: lines.slice(1), files: {} }))).toThrow("not linked");
  expect(() => readRun(written({ lines: [], files: {} }))).toThrow("no record");
  expect(() => readRun(written({ lines: ["hello"], files: {} }))).toThrow("no record");
});

test("a record of another run has no place in a local run", () => {
  const { writer, lines } = openRun();
  const other = new RunWriter(identityOf(2, "s/1")).open(OPEN_FACTS, stampOf(8)).line;
  const verification = verifyBundle(written({ lines: [...lines, other], files: files(writer) }), {
    keys,
  });
  expect(verification.findings.map(({ kind }) => kind)).toContain("spliced");
});

test("a run opens first, once, and under ids that fit", () => {
  const identity = identityOf(1);
  const writer = new RunWriter(identity);
  expect(() => writer.append(toolDraft(1))).toThrow("open record");
  writer.open(OPEN_FACTS, stampOf(1));
  expect(() => writer.open(OPEN_FACTS, stampOf(1))).toThrow("opens once");
  for (const sessionId of ["", "a\nb", "a\u0085", "\ud800", "é".repeat(256), "😀".repeat(256)]) {
    expect(() => new RunWriter({ ...identity, sessionId })).toThrow("sessionId");
  }
  // Characters count, whatever bytes they take.
  expect(() => new RunWriter({ ...identity, sessionId: "😀".repeat(255) })).not.toThrow();
  expect(() => new RunWriter({ ...identity, runId: "../x" })).toThrow("runId");
  expect(() => new RunWriter({ ...identity, sessionId: "a/../../b" })).not.toThrow();
});

test("the head is the leaf of the last line, and a line longer than 16 KiB is refused", () => {
  const { writer, lines } = openRun();
  expect(writer.head).toBe(hashLeaf(lines.at(-1) ?? ""));
  const draft = toolDraft(9);
  const payload = { ...draft.payload, argumentsSignature: "é".repeat(9_000) };
  expect(() => writer.append({ ...draft, payload } as typeof draft)).toThrow("16 KiB");
  expect(writer.head).toBe(hashLeaf(lines.at(-1) ?? ""));
});

test("the id of a run never begins with the letter that collectors use", () => {
  expect(runIdOf(Buffer.alloc(16, 0xcc))).toBe(`d${"c".repeat(31)}`);
  expect(runIdOf(Buffer.alloc(16, 0x1c))).toBe("1c".repeat(16));
});
