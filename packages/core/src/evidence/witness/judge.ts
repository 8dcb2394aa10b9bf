/** Whether a witness may cosign what a log submits (C2SP tlog-witness). */
import { EvidenceError } from "../error.ts";
import type { Checkpoint } from "../note/checkpoint.ts";
import { verifySignatures } from "../note/note.ts";
import type { VerifierKey } from "../note/verifier-key.ts";
import { EMPTY_ROOT } from "../tree/inclusion.ts";
import { verifyConsistency } from "../tree/proofs.ts";
import type { Submission } from "./submission.ts";

/** The largest tree of a log that a witness has cosigned. */
export type Seen = Pick<Checkpoint, "size" | "root">;

const NOTHING_SEEN: Seen = { size: 0, root: EMPTY_ROOT };

/** The answer to a submission, by the HTTP status that stands for it. */
export type Judgement =
  /** Its tree contains what was seen before: it may be cosigned once it is remembered. */
  | { readonly status: 200 }
  | { readonly status: 400 | 403 | 404; readonly why: string }
  /** The log is to prove from this size. */
  | { readonly status: 409; readonly why: string; readonly size: number }
  /** It is a fork where the log signed two roots of one size: both notes together prove it. */
  | { readonly status: 422; readonly why: string; readonly isFork: boolean };

/**
 * Judges one submission; the order of the checks is that of the text, so that what a stranger sends
 * gets no further than its signature.
 *
 * @param keys the keys of the log that its origin names; none for a log that is not witnessed
 * @param seen undefined when nothing of this log was cosigned before
 */
export function judgeSubmission(
  submission: Submission,
  keys: readonly VerifierKey[],
  seen: Seen = NOTHING_SEEN,
): Judgement {
  const { old, proof, checkpoint } = submission;
  if (keys.length === 0) return { status: 404, why: "this log is not witnessed here" };
  if (!isSigned(submission, keys)) {
    return { status: 403, why: "no key that is trusted for this log signed the checkpoint" };
  }
  if (old > checkpoint.size) {
    return { status: 400, why: "the old size is larger than that of the checkpoint" };
  }
  if (old !== seen.size) {
    return { status: 409, why: "another size was cosigned last", size: seen.size };
  }
  if (verifyConsistency(seen, checkpoint, proof)) return { status: 200 };
  const isFork = seen.size === checkpoint.size && seen.root !== checkpoint.root;
  const why = isFork
    ? "another root of this size was seen before"
    : "the proof does not lead from what was seen before to this checkpoint";
  return { status: 422, why, isFork };
}

/** A line of a trusted key that does not fit makes the whole note count for nothing. */
function isSigned({ note }: Submission, keys: readonly VerifierKey[]): boolean {
  try {
    return verifySignatures(note, keys).length > 0;
  } catch (error) {
    if (error instanceof EvidenceError) return false;
    throw error;
  }
}
