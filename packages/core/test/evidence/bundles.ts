/** Bundles to verify and to damage. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import type { StructuralRecord } from "../../src/capture/record.ts";
import { encodeLine } from "../../src/evidence/line/line.ts";
import { sessionOrigin } from "../../src/evidence/note/origin.ts";
import { cosignNote, type Signer, signCheckpoint } from "../../src/evidence/note/signer.ts";
import { formatTlogProof } from "../../src/evidence/note/tlog-proof.ts";
import { RECEIPT_MODE, receiptId } from "../../src/evidence/rules/receipt-id.ts";
import { RunWriter } from "../../src/evidence/run-writer.ts";
import { hashLeaf } from "../../src/evidence/tree/leaf.ts";
import { proveInclusion, rootOf, subtreeRoots } from "../../src/evidence/tree/proofs.ts";
import { identityOf, OPEN_FACTS, signerOf, stampOf, toolDraft } from "./records.ts";

export const TENANT = "01J9ZQ4M7C3T8V5X2R6N1B0KDE";
export const COLLECTOR = signerOf("collector.example/caum");
export const WRITER = signerOf("caum-writer-1");
export const STRANGER = signerOf("stranger.example/x");

/** A bundle in memory: lines of the records, and every other file by name. */
export interface TestBundle {
  readonly lines: readonly string[];
  readonly files: Readonly<Record<string, string>>;
}

export function leavesOf(lines: readonly string[]): string[] {
  return lines.map(hashLeaf);
}

/** A checkpoint of the first `size` lines. */
export function noteOf(
  lines: readonly string[],
  size: number,
  signer: Signer = COLLECTOR,
  sessionId = "s-1",
): string {
  const origin = sessionOrigin(COLLECTOR.name, TENANT, sessionId);
  const root = rootOf(leavesOf(lines).slice(0, size));
  return signCheckpoint({ origin, size, root }, signer);
}

/** The receipt for one line under a checkpoint of the first `size` lines, as JSON text. */
export function receiptOf(lines: readonly string[], index: number, size: number): string {
  const leaves = leavesOf(lines);
  const hashes = proveInclusion(index, size, subtreeRoots(leaves));
  const leaf = leaves[index] ?? "";
  const tlogProof = formatTlogProof({ index, hashes, note: noteOf(lines, size) });
  return JSON.stringify({
    mode: RECEIPT_MODE,
    receipt_id: receiptId(leaf),
    evidence: { event_hash: leaf, tlog_proof: tlogProof },
  });
}

/** Two runs of one session, interleaved: 12 records, closed, co-signed by the writer. */
export function sessionLines(sessionId = "s-1"): string[] {
  const first = new RunWriter(identityOf(1, sessionId));
  const second = new RunWriter(identityOf(2, sessionId));
  const draft = (number: number) => toolDraft(number);
  return [
    first.open(OPEN_FACTS, stampOf(1)),
    first.append(draft(2)),
    second.open(OPEN_FACTS, stampOf(3)),
    first.append(draft(4)),
    second.append(draft(5)),
    second.append(draft(6)),
    first.append(draft(7)),
    first.append(draft(8)),
    second.append(draft(9)),
    first.append({
      ...stampOf(10),
      category: "lifecycle",
      payload: { type: "end", resolved: "true" },
    }),
    second.close(0, stampOf(11)),
    first.close(0, stampOf(12)),
  ].map(({ line }) => line);
}

export function bundleOf(lines: readonly string[]): TestBundle {
  const last = lines.length;
  return {
    lines,
    files: {
      "checkpoints/4.note": noteOf(lines, 4),
      [`checkpoints/${last}.note`]: cosignNote(noteOf(lines, last), WRITER),
      "receipts/1.json": receiptOf(lines, 1, 4),
      "receipts/6.json": receiptOf(lines, 6, last),
    },
  };
}

export function goodBundle(): TestBundle {
  return bundleOf(sessionLines());
}

const folders: string[] = [];
/** Some of them hold thousands of files. */
const REMOVED_WITHIN_MS = 120_000;
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}, REMOVED_WITHIN_MS);

/** A new folder that is removed after the tests of the file. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "caum-evidence-"));
  folders.push(folder);
  return folder;
}

/** @returns the folder the bundle was written to */
export function written(bundle: TestBundle): string {
  const folder = newFolder();
  const files = {
    "records.ndjson": bundle.lines.map((line) => `${line}\n`).join(""),
    ...bundle.files,
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** The line with one field of record or payload set to something else. */
export function edited(line: string, change: Readonly<Record<string, unknown>>): string {
  const record = JSON.parse(line) as StructuralRecord; // a line of a test
  const payload = { ...record.payload };
  const envelope = { ...record };
  for (const [name, value] of Object.entries(change)) {
    Object.assign(name in record.payload ? payload : envelope, { [name]: value });
  }
  return encodeLine({ ...envelope, payload } as StructuralRecord); // may be no record any more
}

/** The same records with every link of every run made new, as somebody without a key would. */
export function rehashed(lines: readonly string[]): string[] {
  const heads = new Map<string, string>();
  return lines.map((line) => {
    const { runId } = JSON.parse(line) as StructuralRecord;
    const relinked = edited(line, { previousHash: heads.get(runId) ?? "0".repeat(64) });
    heads.set(runId, hashLeaf(relinked));
    return relinked;
  });
}
