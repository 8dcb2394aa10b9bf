/**
 * Holds a collector to what it was sent: at the close of a run its signed tree must hold the run,
 * and go on from the tree that it signed before. Then the writer key co-signs, and neither side
 * alone can rewrite the session.
 */
import { join } from "node:path";
import { type Checkpoint, parseCheckpoint, parseOrigin } from "../../evidence/note/checkpoint.ts";
import { parseNote, verifySignatures } from "../../evidence/note/note.ts";
import { sessionTag } from "../../evidence/note/origin.ts";
import { cosignNote, type Signer } from "../../evidence/note/signer.ts";
import { parseTlogProof, type TlogProof } from "../../evidence/note/tlog-proof.ts";
import type { VerifierKey } from "../../evidence/note/verifier-key.ts";
import { parseVerifierKey } from "../../evidence/note/vkey.ts";
import { verifyConsistency, verifyInclusion } from "../../evidence/tree/proofs.ts";
import type { DeliveredRun } from "../delivery/delivered-run.ts";
import type { EvidenceClient } from "./evidence-client.ts";
import { readKeptFile, writeKept } from "./kept-file.ts";
import { noteTenant } from "./tenant.ts";

export interface WitnessParts {
  readonly client: EvidenceClient;
  /** The collector's URL. */
  readonly collector: string;
  /** The folder of one collector and key. */
  readonly root: string;
  /** The key of this installation. */
  readonly signer: Signer;
  /** The collector's key, when the user named it; else the first one it gives is kept. */
  readonly verifierKey?: string | undefined;
  /** The collector contradicts its own signature, or what it was sent. */
  readonly onMismatch: (what: string) => void;
}

const CHECKPOINT_FILE = "checkpoint.note";
const KEYS_FILE = "verifier-keys";

class MismatchError extends Error {
  override readonly name = "MismatchError";
}

export class Witness {
  readonly #parts: WitnessParts;
  #keys: readonly VerifierKey[] | undefined;

  constructor(parts: WitnessParts) {
    this.#parts = parts;
  }

  /** Checks and co-signs; a mismatch is told, never thrown, and then nothing is co-signed. */
  async confirm(run: DeliveredRun): Promise<void> {
    try {
      await this.#confirm(run);
    } catch (problem) {
      const isBad = problem instanceof MismatchError || isForgery(problem);
      if (isBad) this.#parts.onMismatch(problem.message);
    }
  }

  async #confirm(run: DeliveredRun): Promise<void> {
    const { client, signer } = this.#parts;
    if (run.headIndex === undefined) return;
    const receipt = await client.receipt(run.sessionId, run.headIndex);
    if (!receipt) return;
    const proof = parseTlogProof(Buffer.from(receipt.tlogProof));
    const checkpoint = await this.#signedBy(proof.note, run.sessionId);
    await noteTenant(this.#parts, checkpoint.origin);
    checkInclusion(proof, checkpoint, run.head);
    checkRoot(run, checkpoint);
    await this.#checkConsistency(run.sessionId, checkpoint);
    await this.#keep(run, proof.note, receipt.tlogProof);
    await client.cosign(run.sessionId, cosignNote(proof.note, signer));
  }

  /** What the note says, once the collector's key and the session's name on it are checked. */
  async #signedBy(text: string, sessionId: string): Promise<Checkpoint> {
    const note = parseNote(Buffer.from(text));
    const keys = await this.#trustedKeys();
    if (verifySignatures(note, keys).length === 0) {
      throw new MismatchError("its checkpoint is not signed by the key it had before");
    }
    const checkpoint = parseCheckpoint(note.text);
    const origin = parseOrigin(checkpoint.origin);
    if (origin?.kind !== "session" || origin.sessionTag !== sessionTag(sessionId)) {
      throw new MismatchError("its checkpoint is of another session");
    }
    return checkpoint;
  }

  async #trustedKeys(): Promise<readonly VerifierKey[]> {
    this.#keys ??= (await this.#loadKeys()).map(parseVerifierKey);
    return this.#keys;
  }

  async #loadKeys(): Promise<readonly string[]> {
    const { client, root, verifierKey } = this.#parts;
    if (verifierKey !== undefined) return [verifierKey];
    const kept = await readKeptFile(join(root, KEYS_FILE));
    if (kept !== undefined) return kept.trim().split("\n");
    const keys = await client.verifierKeys();
    await writeKept(join(root, KEYS_FILE), `${keys.join("\n")}\n`);
    return keys;
  }

  async #checkConsistency(sessionId: string, now: Checkpoint): Promise<void> {
    const kept = await readKeptFile(this.#pathOf(sessionId, CHECKPOINT_FILE));
    if (kept === undefined) return;
    const before = parseCheckpoint(parseNote(Buffer.from(kept)).text);
    if (before.size > now.size) throw new MismatchError("its tree has become smaller");
    if (before.size === now.size && before.root !== now.root) {
      throw new MismatchError("it signed two roots for one size");
    }
    if (before.size === now.size) return;
    const claim = await this.#parts.client.consistency(sessionId, before.size);
    if (!claim) return;
    const later = await this.#signedBy(claim.checkpoint, sessionId);
    if (!verifyConsistency(before, later, claim.hashes)) {
      throw new MismatchError("its tree does not go on from the one it signed before");
    }
  }

  async #keep({ sessionId, runId }: DeliveredRun, note: string, proof: string): Promise<void> {
    await writeKept(this.#pathOf(sessionId, CHECKPOINT_FILE), note);
    await writeKept(this.#pathOf(sessionId, `${runId}.tlog-proof`), proof);
  }

  #pathOf(sessionId: string, name: string): string {
    return join(this.#parts.root, "sessions", sessionTag(sessionId), name);
  }
}

function checkInclusion(proof: TlogProof, { size, root }: Checkpoint, leaf: string): void {
  if (!verifyInclusion(proof.index, size, leaf, proof.hashes, root)) {
    throw new MismatchError("its signed tree does not hold the last record of the run");
  }
}

/** With one run of a session, the session's tree is the tree of the run. */
function checkRoot({ tree }: DeliveredRun, { size, root }: Checkpoint): void {
  if (tree && tree.size === size && tree.root !== root) {
    throw new MismatchError("its signed root is not the root of what it was sent");
  }
}

function isForgery(problem: unknown): problem is Error {
  return problem instanceof Error && "fault" in problem && problem.fault === "bad_signature";
}
