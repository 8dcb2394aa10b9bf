import { type LineFault, LineReader } from "../bundle/line-reader.ts";
import { type Bundle, FORKS_FILE, RECORDS_FILE } from "../bundle/parts.ts";
import type { Slice, SliceReader } from "../bundle/slice.ts";
import { EvidenceError } from "../error.ts";
import { type KnownLog, LogProofs } from "../log/log-proofs.ts";
import { tagOf } from "../note/checkpoint.ts";
import type { VerifierKey } from "../note/verifier-key.ts";
import {
  type BundleFinding,
  type BundleVerdict,
  type FindingKind,
  Findings,
} from "../rules/findings.ts";
import type { Platform } from "../rules/platform.ts";
import { parseFork } from "../rules/side-lines.ts";
import { type CheckedTimeStamp, type TimeStamp, timeStampsOf } from "../time-stamp/time-stamp.ts";
import { type Check, checksOf, notProven, type Parts } from "./checks.ts";
import { provenIn } from "./proven.ts";
import { Receipts } from "./receipts.ts";
import { SessionPass } from "./session-pass.ts";
import { type SignedBy, signedBy } from "./signed-by.ts";
import { SignedHeads } from "./signed-heads.ts";

export interface VerifyOptions {
  /** Keys that are trusted, and must have signed; nothing in the bundle can add one. */
  readonly keys: readonly VerifierKey[];
  /** Keys that are trusted as well, and need not have signed: a policy says which of them must. */
  readonly knownKeys?: readonly VerifierKey[];
  /** A size known from elsewhere: at least so many records must be there and signed. */
  readonly expectSize?: number;
  /** The root at that size, or of everything when no size is given. */
  readonly expectRoot?: string;
  /** The session that the records must be of. */
  readonly expectSession?: string;
  /**
   * What the signed checkpoints must call the tree; the first parts are enough: a key name, a key name
   * and a tenant.
   */
  readonly expectOrigin?: string;
  /** What is known of the log that its head should be in. */
  readonly log?: KnownLog;
  /** The bundle's time-stamps by themselves, where an authority was named to check them by. */
  readonly timeStamps?: readonly CheckedTimeStamp[];
  /** What times of cosignatures and time-stamps are held against; now, when it is left out. */
  readonly nowMs?: number;
}

export interface Verification {
  readonly verdict: BundleVerdict;
  /** One sentence: what is proved, by whom, since when at the latest, and what is not. */
  readonly proven: string;
  /** Lines read, tombstones included. */
  readonly records: number;
  readonly runs: number;
  readonly sessionId: string | null;
  /** The largest signed size whose root the records have, and that root. */
  readonly size: number;
  readonly root: string | null;
  /** The largest size whose head is shown to be in the log of the collector; 0 for none. */
  readonly logged: number;
  /** The newest checkpoint of that log in the bundle. */
  readonly log: { readonly size: number; readonly root: string } | null;
  /** What the signed checkpoints call the tree: key name, tenant or `run`, session, run. */
  readonly origin: string | null;
  readonly closed: boolean;
  /** Records that were deleted and left a tombstone. */
  readonly redacted: number;
  /** Events that writers assessed but did not record, by their own account. */
  readonly dropped: number;
  /** Runs whose records were made of a history: imported, not witnessed. */
  readonly imported: number;
  readonly signedBy: readonly SignedBy[];
  /** The verdict does not depend on them. */
  readonly timeStamps: readonly TimeStamp[];
  readonly checks: readonly Check[];
  readonly findings: readonly BundleFinding[];
  /** What this verification cannot show, in sentences. */
  readonly notProven: readonly string[];
}

/**
 * Verifies the files of a bundle, on any platform.
 *
 * Reads from front to back, asks no network, unpacks nothing, and keeps O(log n) state.
 *
 * @param open finds the files; an EvidenceError that it throws is a finding
 */
export function checkBundle(
  open: () => Bundle<Slice>,
  options: VerifyOptions,
  platform: Platform,
): Verification {
  const findings = new Findings();
  const heads = new SignedHeads(options.keys, options.knownKeys ?? [], findings);
  const bundle = attempt(open, findings);
  const receipts = new Receipts(bundle?.receipts ?? [], heads, findings, platform.sha256);
  const files = bundle?.logProofs ?? [];
  const logProofs = new LogProofs(files, heads, findings, platform, options.log);
  const watched = { heads, receipts, logProofs, findings };
  const pass = new SessionPass(watched, platform, options.expectSize);
  if (bundle !== undefined) {
    heads.readAll(bundle);
    if (readRecords(bundle, pass, findings)) {
      pass.finish();
      checkExpected(options, pass, findings);
      checkNamed(options, { pass, heads }, findings, platform);
      readForks(bundle, findings);
    }
    heads.checkSigners();
  }
  const parts = { pass, heads, receipts, logProofs, isOpened: bundle !== undefined };
  const stamped = bundle?.timeStamps.keys() ?? [];
  return summarize(parts, findings, { ...options, stamped, sha256: platform.sha256 });
}

function attempt(open: () => Bundle<Slice>, findings: Findings): Bundle<Slice> | undefined {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    findings.add("not_a_bundle", "", `not a bundle: ${error.message}`);
    return undefined;
  }
}

/** @returns whether everything was read */
function readRecords(bundle: Bundle<Slice>, pass: SessionPass, findings: Findings): boolean {
  return withLines(bundle.records, RECORDS_FILE, findings, (lines) => {
    for (let next = lines.next(); next !== undefined; next = lines.next()) {
      if ("fault" in next) return reportFault(next.fault, pass.lines + 1, findings);
      if (!pass.take(next)) return false;
    }
    if (pass.lines > 0) return true;
    findings.add("not_a_bundle", RECORDS_FILE, "not a bundle: it holds no record");
    return false;
  });
}

/** @returns whether the lines before the faulty one are all there is */
function reportFault(fault: LineFault, line: number, findings: Findings): boolean {
  const [kind, message] = LINE_FAULTS[fault];
  findings.add(kind, RECORDS_FILE, message, { line });
  return fault === "torn";
}

const LINE_FAULTS: Readonly<Record<LineFault, readonly [FindingKind, string]>> = {
  torn: ["torn_line", "the file ends in the middle of a line"],
  too_long: ["line_too_long", "the line is longer than 16 KiB"],
  not_utf8: ["malformed_record", "the line is not UTF-8"],
};

function readForks(bundle: Bundle<Slice>, findings: Findings): void {
  if (bundle.forks === undefined) return;
  withLines(bundle.forks, FORKS_FILE, findings, (lines) => {
    let line = 0;
    for (let next = lines.next(); next !== undefined; next = lines.next()) {
      line += 1;
      const fork = "text" in next ? parseFork(next.text) : undefined;
      if (fork === undefined) {
        findings.add("malformed_fork", FORKS_FILE, "the line describes no fork", { line });
        return false;
      }
      const message = "another record claimed this place and was set aside";
      findings.add("fork", FORKS_FILE, message, { line, run: fork.run, seq: fork.seq });
    }
    return true;
  });
}

function withLines(
  slice: Slice,
  file: string,
  findings: Findings,
  read: (lines: LineReader) => boolean,
): boolean {
  let source: SliceReader;
  try {
    source = slice.open();
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    findings.add("not_a_bundle", file, `not a bundle: ${error.message}`);
    return false;
  }
  try {
    return read(new LineReader(source));
  } finally {
    source.close();
  }
}

function checkExpected(options: VerifyOptions, pass: SessionPass, findings: Findings): void {
  const { expectSize, expectRoot } = options;
  if (expectSize !== undefined && pass.signedSize < expectSize) {
    const message = `${expectSize} records are expected, ${pass.signedSize} are there and signed`;
    findings.add("missing_records", RECORDS_FILE, message);
    return;
  }
  const root = expectSize === undefined ? pass.tree.root : pass.expectedRoot;
  if (expectRoot !== undefined && root !== expectRoot) {
    findings.add("root_mismatch", RECORDS_FILE, "the records do not have the expected root");
  }
}

/** A good bundle may still be another one than was asked for. */
function checkNamed(
  { expectSession, expectOrigin }: VerifyOptions,
  { pass, heads }: Pick<Parts, "pass" | "heads">,
  findings: Findings,
  { sha256 }: Platform,
): void {
  // Where every record was deleted, only the checkpoints name a session.
  const isOfSession =
    pass.sessionId === undefined
      ? expectSession !== undefined && heads.origin?.sessionTag === tagOf(expectSession, sha256)
      : pass.sessionId === expectSession;
  if (expectSession !== undefined && !isOfSession) {
    findings.add(
      "wrong_session",
      RECORDS_FILE,
      "the records are of another session than asked for",
    );
  }
  const origin = heads.originText;
  const isOfTree = origin !== undefined && `${origin}/`.startsWith(`${expectOrigin}/`);
  if (expectOrigin !== undefined && !isOfTree) {
    const message = "no signed checkpoint is of the tree that was asked for";
    findings.add("wrong_origin", "checkpoints", message);
  }
}

interface Asked extends VerifyOptions, Pick<Platform, "sha256"> {
  /** Names of the time-stamps. */
  readonly stamped: Iterable<string>;
}

function summarize(parts: Parts, findings: Findings, options: Asked): Verification {
  const { pass, heads } = parts;
  const closed = pass.isClosed;
  const well = pass.tombstones > 0 ? "ok-redacted" : closed ? "ok" : "ok-open";
  const { nowMs = Date.now(), stamped, sha256 } = options;
  const clocks = { latestAt: (size: number) => pass.latestAt(size), nowMs };
  const signers = signedBy(heads.all, clocks);
  const timeStamps = timeStampsOf(stamped, options.timeStamps, heads.all, clocks, sha256);
  const verdict = findings.verdict(well);
  const { uncheckable } = heads;
  const size = pass.proven?.size ?? 0;
  const logged = parts.logProofs.size;
  return {
    verdict,
    proven: provenIn({ verdict, records: pass.lines, size, logged, signers, timeStamps }),
    records: pass.lines,
    runs: pass.runs.count,
    sessionId: pass.sessionId ?? null,
    size,
    root: pass.proven?.root ?? null,
    logged,
    log: newestLog(parts.logProofs),
    origin: heads.originText ?? null,
    closed,
    redacted: pass.tombstones,
    dropped: pass.dropped,
    imported: pass.imported,
    signedBy: signers,
    timeStamps,
    checks: checksOf(findings, parts),
    findings: findings.list,
    notProven: notProven({ pass, signedBy: signers, closed, uncheckable, timeStamps }),
  };
}

function newestLog({ newest }: LogProofs): Verification["log"] {
  return newest === undefined ? null : { size: newest.size, root: newest.root };
}
