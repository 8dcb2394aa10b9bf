/** Runs on this machine: signing them, and picking up what a process left behind when it died. */
import { statSync } from "node:fs";
import { join } from "node:path";
import type { RecordOf, StructuralRecord } from "../capture/record.ts";
import { FileSlice } from "./bundle/file-slice.ts";
import { LineReader } from "./bundle/line-reader.ts";
import { RECORDS_FILE } from "./bundle/parts.ts";
import { EvidenceError } from "./error.ts";
import { readLine } from "./line/read-line.ts";
import { runOrigin } from "./note/origin.ts";
import { type Signer, signCheckpoint } from "./note/signer.ts";
import { NO_PREVIOUS_HASH } from "./rules/chain.ts";
import type { RunIdentity, RunState } from "./run-writer.ts";
import { CompactRange } from "./tree/compact-range.ts";
import { hashLeaf } from "./tree/leaf.ts";

/** A run as far as it is signed: {@link import("./run-writer.ts").RunWriter} is one. */
export interface SignableRun {
  readonly identity: Pick<RunIdentity, "agentId" | "sessionId" | "runId">;
  readonly size: number;
  readonly root: string;
}

/**
 * The signed checkpoint of a local run, which goes into its folder as `checkpoints/<name>.note`.
 *
 * Records must be on the disk before a note speaks of them.
 *
 * @param signers the writer key; while it is being replaced the old one too
 */
export function signRun(run: SignableRun, signer: Signer, ...others: readonly Signer[]): string {
  const { sessionId, runId } = run.identity;
  const origin = runOrigin(signer.name, sessionId, runId);
  return signCheckpoint({ origin, size: run.size, root: run.root }, signer, ...others);
}

/** What is left of a run on the disk. */
export interface RunOnDisk extends SignableRun {
  readonly open: RecordOf<"lifecycle">;
  /** Where the run stopped; `open.runId` and `state.head` are what a run after it continues. */
  readonly state: RunState;
  readonly closed: boolean;
  /** Bytes of whole lines; what follows them is a torn line and must not be kept. */
  readonly byteLength: number;
}

/**
 * Reads a local run and checks its chain.
 *
 * A torn last line is left out: the process died while it was written.
 *
 * @param folder the run's folder in `CAUM_HOME/runs`
 * @throws {EvidenceError} when what is there is not a run; sign nothing then
 */
export function readRun(folder: string): RunOnDisk {
  const path = join(folder, RECORDS_FILE);
  const reader = new FileSlice(path, statSync(path).size).open();
  try {
    return chainOf(recordsOf(new LineReader(reader)));
  } finally {
    reader.close();
  }
}

interface LineOnDisk {
  readonly record: StructuralRecord;
  readonly text: string;
}

function* recordsOf(lines: LineReader): Generator<LineOnDisk> {
  for (let next = lines.next(); next !== undefined; next = lines.next()) {
    if ("fault" in next && next.fault === "torn") return;
    const read = "text" in next ? readLine(next.text) : undefined;
    if (read === undefined || !("record" in read)) throw notARun("a line is no record");
    yield { record: read.record, text: "text" in next ? next.text : "" };
  }
}

function chainOf(lines: Iterable<LineOnDisk>): RunOnDisk {
  const tree = new CompactRange();
  let open: RecordOf<"lifecycle"> | undefined;
  let last: StructuralRecord | undefined;
  let head = NO_PREVIOUS_HASH;
  let byteLength = 0;
  for (const { record, text } of lines) {
    open ??= record.category === "lifecycle" ? record : undefined;
    const isNext = record.payload.seq === tree.size && record.previousHash === head;
    if (!isNext || !isSameRun(record, open)) throw notARun("its records are not linked");
    head = hashLeaf(text);
    tree.append(head);
    byteLength += Buffer.byteLength(text) + 1;
    last = record;
  }
  if (open === undefined) throw notARun("it holds no record");
  const { agentId, sessionId, runId } = open;
  return {
    identity: { agentId, sessionId, runId },
    open,
    state: { seq: tree.size, head, tree: tree.state },
    size: tree.size,
    root: tree.root,
    closed: last?.category === "lifecycle" && last.payload.type === "close",
    byteLength,
  };
}

function isSameRun(record: StructuralRecord, open: RecordOf<"lifecycle"> | undefined): boolean {
  return record.runId === open?.runId && record.sessionId === open.sessionId;
}

function notARun(why: string): EvidenceError {
  return new EvidenceError("invalid_bundle", `not a local run: ${why}`);
}
