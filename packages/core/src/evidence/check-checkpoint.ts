/** What a writer checks of a collector's checkpoint before it believes it, or co-signs it. */
import { EvidenceError } from "./error.ts";
import { type Checkpoint, parseCheckpoint } from "./note/checkpoint.ts";
import { parseNote, verifySignatures } from "./note/note.ts";
import type { VerifierKey } from "./note/vkey.ts";
import { verifyConsistency, verifyInclusion } from "./proofs.ts";

/** What the collector sends. */
export interface OfferedCheckpoint {
  /** Signed note, as text. */
  readonly note: string;
  /** From the last checkpoint to this one; empty for the first. */
  readonly consistency: readonly string[];
  /** Where the writer's head stands, when the session holds other runs too. */
  readonly inclusion?: { readonly index: number; readonly hashes: readonly string[] };
}

/** What the writer knows by itself. */
export interface WriterView {
  readonly collectorKey: VerifierKey;
  readonly origin: string;
  /** The run as the writer has it, up to what the checkpoint should cover. */
  readonly run: { readonly size: number; readonly root: string; readonly head: string };
  /** The last checkpoint it accepted, and where an earlier head of it stood then. */
  readonly last?: { readonly checkpoint: Checkpoint; readonly index?: number };
}

/**
 * Holds a checkpoint against what the writer has itself.
 *
 * While the session has one run the roots must be equal. Otherwise the writer's head must be in the
 * tree, behind every head of it that was there before. In both cases nothing that was signed before
 * may have changed.
 *
 * @throws {EvidenceError} when it contradicts; keep the note then, it is proof against the collector
 */
export function checkCheckpoint(offered: OfferedCheckpoint, known: WriterView): Checkpoint {
  const note = parseNote(Buffer.from(offered.note));
  if (verifySignatures(note, [known.collectorKey]).length === 0) {
    throw new EvidenceError("bad_signature", "the checkpoint is not signed by the collector");
  }
  const checkpoint = parseCheckpoint(note.text);
  if (checkpoint.origin !== known.origin) {
    throw new EvidenceError("invalid_checkpoint", "the checkpoint is of another session");
  }
  const before = known.last?.checkpoint;
  if (before && !verifyConsistency(before, checkpoint, offered.consistency)) {
    throw new EvidenceError("invalid_proof", "the checkpoint contradicts the one before it");
  }
  if (!covers(checkpoint, offered.inclusion, known)) {
    throw new EvidenceError(
      "invalid_proof",
      "the checkpoint does not cover this run as it is here",
    );
  }
  return checkpoint;
}

function covers(
  { size, root }: Checkpoint,
  inclusion: OfferedCheckpoint["inclusion"],
  { run, last }: WriterView,
): boolean {
  if (inclusion === undefined) return size === run.size && root === run.root;
  const { index, hashes } = inclusion;
  const isBehind = index >= run.size - 1 && index > (last?.index ?? -1);
  return isBehind && verifyInclusion(index, size, run.head, hashes, root);
}
