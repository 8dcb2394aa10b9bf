import type { Findings } from "@caum/core/verify/rules";
import { fromUtf8 } from "./bytes.ts";
import { type Checkpoint, readNote, sessionTag, type VerifierKey } from "./note.ts";
import { RECORDS_FILE, type Records } from "./records.ts";
import { growTree, rootAt } from "./tree.ts";

const NOTES = "checkpoints";

/** What signed checkpoints say of the records. */
export interface SignedTree {
  /** Checkpoints that the key signed. */
  readonly heads: readonly Checkpoint[];
  /** The largest signed size, as far as there are records. */
  readonly signedSize: number;
  /** Root over all records. */
  readonly root: string;
}

/** Checks every signature, and that the records have every root that is signed. */
export async function checkTree(
  notes: ReadonlyMap<string, Uint8Array>,
  records: Records,
  key: VerifierKey,
  findings: Findings,
): Promise<SignedTree> {
  const heads = await signedHeads(notes, records, key, findings);
  const { leaves } = records;
  const levels = await growTree(leaves);
  for (const { size, root } of heads) {
    if (size === 0 || size > leaves.length || (await rootAt(levels, size)) === root) continue;
    const message = `the first ${size} records are not the ones that were signed`;
    findings.add("root_mismatch", NOTES, message);
  }
  const most = Math.max(0, ...heads.map(({ size }) => size));
  if (most > leaves.length) {
    const message = `${most} records are signed, ${leaves.length} are there`;
    findings.add("missing_records", RECORDS_FILE, message);
  } else if (heads.length > 0 && most < leaves.length) {
    const message = `the records after number ${most} are under no signed checkpoint`;
    findings.add("unsigned_tail", RECORDS_FILE, message, { line: most + 1 });
  }
  const root = await rootAt(levels, leaves.length);
  return { heads, signedSize: Math.min(most, leaves.length), root };
}

async function signedHeads(
  notes: ReadonlyMap<string, Uint8Array>,
  { sessionId }: Records,
  key: VerifierKey,
  findings: Findings,
): Promise<Checkpoint[]> {
  const heads: Checkpoint[] = [];
  const tag = sessionId === undefined ? undefined : await sessionTag(sessionId);
  for (const [file, bytes] of notes) {
    try {
      const { checkpoint, signed } = await readNote(fromUtf8(bytes) ?? "", key);
      if (signed === "forged")
        findings.add("bad_signature", file, `${file}: the signature does not fit`);
      if (signed !== "signed") continue;
      const isOfSession = tag === undefined || checkpoint.origin.endsWith(`/${tag}`);
      if (isOfSession) heads.push(checkpoint);
      else findings.add("wrong_origin", file, `${file}: the checkpoint is of another session`);
    } catch {
      findings.add("malformed_note", file, `${file}: not a signed checkpoint`);
    }
  }
  if (heads.length === 0 && !findings.has("bad_signature", "wrong_origin")) {
    findings.add("no_note", NOTES, `no checkpoint is signed by ${key.name}`);
  }
  return heads;
}
