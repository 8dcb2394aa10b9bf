/** Evidence: receipts, proofs, bundles and the keys that sign them. */
import { z } from "zod";
import { count, hashSchema, publicClass, tier } from "./fields.ts";

export const receiptAnswer = z.object({
  mode: z.literal("zero_semantic_live_evidence_receipt"),
  receipt_id: z.string(),
  session_id: z.string(),
  index: count,
  structural_health: z.object({ tier, public_class: publicClass, regime: z.string() }).nullable(),
  evidence: z.object({
    algorithm: z.literal("sha256"),
    event_hash: hashSchema,
    chain_head: hashSchema,
    merkle_root: hashSchema,
    tree_size: count,
    /** C2SP tlog-proof; the only part that a verifier trusts. */
    tlog_proof: z.string(),
  }),
  review: z.object({ agent_control_authorized: z.literal(false) }),
  raw_content_used: z.literal(false),
  allowed_to_block: z.literal(false),
  dashboard_path: z.string(),
  claim_boundaries: z.record(z.string(), z.literal(true)),
});

export const proofAnswer = z.object({
  index: count,
  leaf: hashSchema,
  tree_size: count,
  merkle_root: hashSchema,
  hashes: z.array(hashSchema),
  checkpoint: z.string(),
});

export const consistencyAnswer = z.object({
  from: count,
  to: count,
  first_root: hashSchema,
  merkle_root: hashSchema,
  hashes: z.array(hashSchema),
  checkpoint: z.string(),
});

/** A checkpoint of the collector with the writer's signature added. */
export const cosignRequest = z.object({ note: z.string().min(1).max(65_536) });
export const cosignAnswer = z.object({ size: count, signatures: count });

export const verifierKeysAnswer = z.object({
  keys: z.array(z.object({ name: z.string(), vkey: z.string() })),
});

/** The log of session heads: its newest checkpoint, with the cosignatures that are kept so far. */
export const logAnswer = z.object({
  origin: z.string(),
  /** The key that signs the log: the collector's, by the name of the log. */
  vkey: z.string(),
  tree_size: count,
  checkpoint: z.string(),
});

/** Entries in their order: each is the text of a session's checkpoint, which is what is hashed. */
export const logEntriesAnswer = z.object({ from: count, entries: z.array(z.string()) });

export const logConsistencyAnswer = z.object({
  from: count,
  to: count,
  hashes: z.array(hashSchema),
});

/** Tags of sessions that are in the log and were deleted, in their order. */
export const logDeletedAnswer = z.object({ session_tags: z.array(z.string()) });

/** C2SP tlog-proof, each for the head over so many records of the session. */
export const sessionLogAnswer = z.object({
  proofs: z.array(z.object({ size: count, tlog_proof: z.string() })),
});
