import { type Findings, Runs } from "@caum/core/verify/rules";
import { type Line, readLine } from "./line.ts";
import { hashLeaf, inBatches } from "./tree.ts";

export const RECORDS_FILE = "records.ndjson";
const NEWLINE = 0x0a;

/** What the lines of a session say, taken together. */
export interface Records {
  readonly leaves: readonly string[];
  readonly runs: number;
  readonly sessionId: string | undefined;
  /** Whether the last word of the session is its `end`. */
  readonly ended: boolean;
  readonly redacted: number;
  /** Events that writers assessed but did not record, by their own account. */
  readonly dropped: number;
  readonly rotations: number;
  /** Whether the lines were read to their end. */
  readonly isWhole: boolean;
}

/** Reads every line in order: its form, its session, its link. */
export async function readRecordLines(bytes: Uint8Array, findings: Findings): Promise<Records> {
  const texts = linesOf(bytes, findings);
  const leaves = await inBatches(texts.length, (index) => hashLeaf(texts[index] ?? bytes));
  const runs = new Runs(findings, RECORDS_FILE);
  const told = {
    sessionId: undefined as string | undefined,
    ended: false,
    redacted: 0,
    dropped: 0,
  };
  let rotations = 0;
  for (const [index, text] of texts.entries()) {
    const line = readLine(text);
    if (line === undefined) {
      const message = "the line is not its own canonical form";
      findings.add("malformed_record", RECORDS_FILE, message, { line: index + 1 });
    } else {
      told.sessionId ??= line.sessionId;
      if (line.sessionId !== undefined && line.sessionId !== told.sessionId) {
        const message = "the record is of another session";
        findings.add("spliced", RECORDS_FILE, message, { line: index + 1 });
      }
      leaves[index] = line.leaf ?? leaves[index] ?? "";
    }
    const place = { line: index + 1, leaf: leaves[index] ?? "" };
    if (line === undefined || runs.follow({ ...line, ...place }, lifecycleOf(line)) !== "linked") {
      return { ...told, leaves, runs: runs.count, rotations, isWhole: false };
    }
    rotations += Number(line.lifecycle?.type === "key_rotate");
    note(line, told, findings, index + 1);
  }
  runs.finish();
  return { ...told, leaves, runs: runs.count, rotations, isWhole: texts.length > 0 };
}

/** What a line means for the session, beside its place in it. */
function note(
  { lifecycle, leaf }: Line,
  told: { ended: boolean; redacted: number; dropped: number },
  findings: Findings,
  line: number,
): void {
  const type = lifecycle?.type;
  if (type === "end") told.ended = true;
  else if (type === undefined || type === "open") told.ended = false;
  if (leaf !== undefined) told.redacted += 1;
  if (type === "drop") told.dropped += Number(lifecycle?.count);
  if (type === "hole") findings.add("hole", RECORDS_FILE, "the writer lost records here", { line });
}

/** What a run is told of a lifecycle record. */
function lifecycleOf({ lifecycle }: Line) {
  if (lifecycle === undefined) return undefined;
  const { type, to } = lifecycle;
  return { type: String(type), ...(typeof to === "number" && { to }) };
}

/** A line counts only with its newline: bytes after the last newline are a torn line. */
function linesOf(bytes: Uint8Array, findings: Findings): Uint8Array[] {
  const lines: Uint8Array[] = [];
  let start = 0;
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  if (start < bytes.length) {
    const message = "the file ends in the middle of a line";
    findings.add("torn_line", RECORDS_FILE, message, { line: lines.length + 1 });
  }
  if (lines.length === 0) findings.add("not_a_bundle", RECORDS_FILE, "it holds no record");
  return lines;
}
