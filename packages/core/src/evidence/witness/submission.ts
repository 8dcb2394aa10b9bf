/** What a log sends to a witness: a checkpoint, and a proof from an earlier one (C2SP tlog-witness). */
import { EvidenceError } from "../error.ts";
import { type Checkpoint, parseCheckpoint, parseSize } from "../note/checkpoint.ts";
import { MAX_NOTE_BYTES, type Note, parseNote } from "../note/note.ts";
import { fromHex, fromUtf8, strictBase64, toBase64, toHex, toUtf8 } from "../rules/bytes.ts";
import { HASH_BYTES } from "../tree/inclusion.ts";

/** A tree of 2^63 leaves needs no longer proof. */
const MAX_PROOF_LINES = 63;
/** Of a checkpoint without its signatures. */
const MAX_TEXT_BYTES = 8_192;
/** The longest note beside the longest proof. */
export const MAX_SUBMISSION_BYTES = MAX_NOTE_BYTES + 4_096;

export interface Submission {
  /** The size that the witness cosigned last, as the log knows it. */
  readonly old: number;
  /** From the old size to that of the checkpoint, 64 hex each. */
  readonly proof: readonly string[];
  /** The signed checkpoint. */
  readonly note: Note;
  readonly checkpoint: Checkpoint;
}

/**
 * Reads a submission.
 *
 * @throws {EvidenceError} when the bytes are no submission; no signature is looked at
 */
export function parseSubmission(bytes: Uint8Array): Submission {
  const text = bytes.length > MAX_SUBMISSION_BYTES ? undefined : fromUtf8(bytes);
  if (text === undefined) throw invalid("it is too long or not UTF-8");
  const split = text.indexOf("\n\n");
  if (split === -1) throw invalid("no empty line stands before the checkpoint");
  const [oldLine = "", ...lines] = text.slice(0, split).split("\n");
  const old = oldLine.startsWith("old ") ? parseSize(oldLine.slice("old ".length)) : undefined;
  if (old === undefined) throw invalid("it does not begin with the old size");
  if (lines.length > MAX_PROOF_LINES) throw invalid("its proof has more than 63 lines");
  const note = parseNote(toUtf8(text.slice(split + 2)));
  if (toUtf8(note.text).length > MAX_TEXT_BYTES) throw invalid("its checkpoint is too long");
  return { old, proof: lines.map(parseHash), note, checkpoint: parseCheckpoint(note.text) };
}

/** @param note the signed checkpoint as text */
export function formatSubmission(old: number, proof: readonly string[], note: string): string {
  const lines = proof.map((hash) => `${toBase64(fromHex(hash))}\n`);
  return `old ${old}\n${lines.join("")}\n${note}`;
}

function parseHash(line: string): string {
  const hash = strictBase64(line);
  if (hash?.length !== HASH_BYTES) throw invalid("a hash of its proof is malformed");
  return toHex(hash);
}

function invalid(why: string): EvidenceError {
  return new EvidenceError("invalid_submission", `not a submission: ${why}`);
}
