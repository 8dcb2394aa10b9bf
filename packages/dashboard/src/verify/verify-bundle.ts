/** Re-checks an exported session in the browser, without asking the collector anything more. */
import {
  type BundleFinding,
  type BundleVerdict,
  type FindingKind,
  Findings,
} from "@caum/core/verify/rules";
import { checkTree, type SignedTree } from "./checkpoints.ts";
import type { VerifierKey } from "./note.ts";
import { checkReceipt } from "./receipt.ts";
import { RECORDS_FILE, type Records, readRecordLines } from "./records.ts";
import { readTar } from "./tar.ts";

/** One question that was put to the bundle. */
export interface Check {
  readonly holds: boolean;
  /** What was looked at, with its number. */
  readonly detail: string;
}

export interface Verification {
  readonly verdict: BundleVerdict;
  readonly records: number;
  /** How many of the records a signed checkpoint speaks of. */
  readonly signedSize: number;
  readonly root: string | undefined;
  readonly checks: readonly Check[];
  readonly findings: readonly BundleFinding[];
  /** What this check did not look at or cannot show, in sentences. */
  readonly notChecked: readonly string[];
}

/** @param expected the session that the bundle should be of */
export async function verifyBundle(
  archive: Uint8Array,
  key: VerifierKey,
  expected?: string,
): Promise<Verification> {
  const findings = new Findings();
  const files = openArchive(archive, findings);
  const bytes = files.get(RECORDS_FILE);
  if (bytes === undefined) {
    findings.add("not_a_bundle", RECORDS_FILE, "it holds no records.ndjson");
    return { ...NOTHING_READ, verdict: findings.verdict("ok"), findings: findings.list };
  }
  const records = await readRecordLines(bytes, findings);
  if (expected !== undefined && records.sessionId !== expected) {
    findings.add("spliced", RECORDS_FILE, "the bundle is of another session");
  }
  const tree = records.isWhole ? await checkSigned(files, records, key, findings) : undefined;
  const isClosed = records.ended && tree?.signedSize === records.leaves.length;
  const well = records.redacted > 0 ? "ok-redacted" : isClosed ? "ok" : "ok-open";
  return {
    verdict: findings.verdict(well),
    records: records.leaves.length,
    signedSize: tree?.signedSize ?? 0,
    root: tree?.root,
    checks: checksOf(records, tree, findings),
    findings: findings.list,
    notChecked: notChecked(records, isClosed),
  };
}

const NOTHING_READ = {
  records: 0,
  signedSize: 0,
  root: undefined,
  checks: [],
  notChecked: ["anything: it could not be read"],
} as const;

function openArchive(archive: Uint8Array, findings: Findings): ReadonlyMap<string, Uint8Array> {
  try {
    return readTar(archive);
  } catch (failure) {
    const message = failure instanceof Error ? failure.message : "no archive";
    findings.add("not_a_bundle", "", message);
    return new Map();
  }
}

/** What is signed, and how many receipts were looked at. */
type Signed = SignedTree & { readonly receipts: number };

async function checkSigned(
  files: ReadonlyMap<string, Uint8Array>,
  records: Records,
  key: VerifierKey,
  findings: Findings,
): Promise<Signed> {
  const notes = new Map([...files].filter(([name]) => name.startsWith("checkpoints/")));
  const tree = await checkTree(notes, records, key, findings);
  const receipts = [...files].filter(([name]) => name.startsWith("receipts/"));
  for (const [name, bytes] of receipts) {
    await checkReceipt(name, bytes, records.leaves, key, findings);
  }
  if (files.has("forks.ndjson")) {
    findings.add("fork", "forks.ndjson", "records that contradict accepted ones were set aside");
  }
  return { ...tree, receipts: receipts.length };
}

function checksOf({ leaves, runs }: Records, tree: Signed | undefined, findings: Findings) {
  const check = (detail: string, ...kinds: readonly FindingKind[]): Check => ({
    detail,
    holds: !findings.has(...kinds),
  });
  const form = check(`${leaves.length} lines, each its own canonical form`, "malformed_record");
  if (tree === undefined) return [form];
  const heads = tree.heads.length;
  return [
    form,
    check(
      `${leaves.length} links in ${runs} run${runs === 1 ? "" : "s"}: each record names the hash of the one before`,
      ...(["altered", "reordered", "spliced", "gap", "hole", "duplicate"] as const),
    ),
    check(
      `tree over ${leaves.length} leaves has every signed root (${heads} checkpoint${heads === 1 ? "" : "s"})`,
      ...(["root_mismatch", "missing_records"] as const),
    ),
    check(
      "Ed25519 signature of every checkpoint by the key above",
      ...(["no_note", "bad_signature", "wrong_origin", "malformed_note"] as const),
    ),
    check(
      `${tree.receipts} receipt${tree.receipts === 1 ? "" : "s"} in it: from the record to a signed root`,
      "bad_receipt",
      "malformed_receipt",
    ),
    check("no record was set aside for contradicting another", "fork"),
  ];
}

function notChecked(records: Records, isClosed: boolean): readonly string[] {
  if (!records.isWhole) return ["anything after the line named above"];
  return [
    "field by field, that records fit the schema: caum verify does",
    "co-signatures of the writer: caum verify does",
    ...(records.rotations > 0 ? ["the change of the signing key: caum verify does"] : []),
    ...(isClosed ? [] : ["what comes after the last record: the session is open"]),
    ...(records.dropped > 0 ? [`what ${records.dropped} unrecorded events were`] : []),
    ...(records.redacted > 0 ? [`what ${records.redacted} deleted records said`] : []),
    "that the key belongs to whom you think: it came from this collector",
    "that the recorder saw every call, and that clocks were right",
  ];
}
