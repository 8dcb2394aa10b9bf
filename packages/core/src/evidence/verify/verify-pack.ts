/** Checks an evidence pack offline: what in it is signed, and that the rest does not contradict it. */
import { parseJson } from "../../capture/foreign-json.ts";
import { EvidenceError } from "../error.ts";
import { type Checkpoint, parseCheckpoint, parseOrigin } from "../note/checkpoint.ts";
import { parseNote, verifySignatures } from "../note/note.ts";
import { sessionTag } from "../note/origin.ts";
import { parseTlogProof } from "../note/tlog-proof.ts";
import type { VerifierKey } from "../note/verifier-key.ts";
import { parseReceipt } from "../receipt.ts";
import { type BundleVerdict, VERDICTS } from "../rules/findings.ts";
import { receiptId } from "../rules/receipt-id.ts";
import { sha256 } from "../tree/leaf.ts";
import { verifyInclusion } from "../tree/proofs.ts";

export const PACK_SCHEMA = "caum.agent_evidence_pack.v1.0";

export interface PackFinding {
  /** Which session of the pack, from 0; null for the pack as a whole. */
  readonly session: number | null;
  readonly verdict: Exclude<BundleVerdict, "ok">;
  /** One sentence: what is wrong. */
  readonly message: string;
}

export interface PackVerification {
  readonly verdict: BundleVerdict;
  /** Sessions in the pack, and those whose checkpoint and receipt hold. */
  readonly sessions: number;
  readonly held: number;
  /** Records under the signed checkpoints that hold. */
  readonly records: number;
  readonly findings: readonly PackFinding[];
  /** What this verification cannot show, in sentences. */
  readonly notProven: readonly string[];
}

const NOT_PROVEN = [
  "the figures, labels and times in the pack: only sizes, roots and last records are signed",
  "the records themselves: export each session and verify it, as the pack says",
  "that no session was left out, and that agents reported all they did",
];

type Fields = Readonly<Record<string, unknown>>;

/**
 * @param text the pack as it was fetched; spaces may differ
 * @param keys keys that are trusted; nothing in the pack can add one
 */
export function verifyPack(text: string, keys: readonly VerifierKey[]): PackVerification {
  const pack = fieldsOf(parseJson(text));
  if (pack?.schema !== PACK_SCHEMA || !Array.isArray(pack.sessions)) {
    return result([], [finding(null, "malformed", `not a pack of the schema ${PACK_SCHEMA}`)]);
  }
  const { sessions } = pack;
  const seen = new Set<unknown>();
  const checked = sessions.map((session, at): number | PackFinding => {
    const fields = fieldsOf(session) ?? {};
    if (seen.has(fields.session_id)) return finding(at, "tampered", "the session is there twice");
    seen.add(fields.session_id);
    return checkSession(fields, pack.account_id, keys, at);
  });
  const held = checked.filter((one) => typeof one === "number");
  const found = checked.filter((one) => typeof one !== "number");
  if (!hasOwnDigest(pack)) {
    found.push(finding(null, "tampered", "the digest does not fit the pack: it was changed"));
  }
  return { ...result(held, found), sessions: sessions.length };
}

function result(held: readonly number[], findings: readonly PackFinding[]): PackVerification {
  const found = new Set<BundleVerdict>(findings.map(({ verdict }) => verdict));
  return {
    verdict: VERDICTS.find((verdict) => found.has(verdict)) ?? "ok",
    sessions: held.length,
    held: held.length,
    records: held.reduce((sum, records) => sum + records, 0),
    findings,
    notProven: NOT_PROVEN,
  };
}

/** @returns how many records the session's signed checkpoint covers */
function checkSession(
  session: Fields,
  account: unknown,
  keys: readonly VerifierKey[],
  at: number,
): number | PackFinding {
  const evidence = fieldsOf(session.evidence) ?? {};
  try {
    const head = signedHead(String(evidence.checkpoint), keys);
    if (head === undefined) return finding(at, "untrusted", "no given key signed its checkpoint");
    const wrong = misfit(session, account, evidence, head) ?? badReceipt(evidence, head, keys);
    return wrong === undefined ? head.size : finding(at, "tampered", wrong);
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    const verdict = error.fault === "bad_signature" ? "tampered" : "malformed";
    return finding(at, verdict, error.message);
  }
}

/** @returns undefined when none of the keys signed it */
function signedHead(text: string, keys: readonly VerifierKey[]): Checkpoint | undefined {
  const note = parseNote(Buffer.from(text));
  return verifySignatures(note, keys).length === 0 ? undefined : parseCheckpoint(note.text);
}

/** What the pack says beside the checkpoint, and the checkpoint does not. */
function misfit(
  session: Fields,
  account: unknown,
  evidence: Fields,
  head: Checkpoint,
): string | undefined {
  const origin = parseOrigin(head.origin);
  const tag = sessionTag(String(session.session_id));
  const isOfSession = origin?.kind === "session" && origin.sessionTag === tag;
  if (!isOfSession || session.session_tag !== tag) return "its checkpoint is of another session";
  if (!head.origin.endsWith(`/${account}/${tag}`)) return "its checkpoint is of another account";
  if (evidence.records !== head.size) return "its checkpoint is over another number of records";
  return evidence.merkle_root === head.root ? undefined : "its checkpoint has another root";
}

function badReceipt(
  evidence: Fields,
  head: Checkpoint,
  keys: readonly VerifierKey[],
): string | undefined {
  const claim = parseReceipt(Buffer.from(JSON.stringify(evidence.receipt ?? null)));
  const proof = parseTlogProof(Buffer.from(claim.tlogProof));
  const signed = signedHead(proof.note, keys);
  const { eventHash } = claim;
  const holds =
    signed?.root === head.root &&
    signed.size === head.size &&
    proof.index === head.size - 1 &&
    claim.receiptId === receiptId(eventHash) &&
    verifyInclusion(proof.index, head.size, eventHash, proof.hashes, head.root);
  return holds ? undefined : "its receipt is not for the last record under its checkpoint";
}

/** The digest only names the bytes: whoever changes the pack can make another one. */
function hasOwnDigest({ digest, ...rest }: Fields): boolean {
  return digest === sha256(JSON.stringify(rest));
}

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? { ...value }
    : undefined;
}

function finding(
  session: number | null,
  verdict: PackFinding["verdict"],
  message: string,
): PackFinding {
  return { session, verdict, message };
}
