import type { Database } from "./database.ts";

/** What all nodes on one database must have in common; neither says anything about the keys. */
export interface NodeIdentity {
  readonly verifierKey: string;
  readonly digestKey: string;
}

/** Stands before the digest key while a folder is moved here, so that no node starts on half of it. */
export const MOVING = "moving ";

/**
 * The first node's keys are those of all that follow.
 *
 * @throws {Error} when this node has others: its receipts and digests would not fit theirs; when a
 *   folder is being moved here
 */
export async function claimIdentity(
  database: Database,
  { verifierKey, digestKey }: NodeIdentity,
): Promise<void> {
  const row = await database.write({ everyone: "directory" }, async (transaction) => {
    const claim = `insert into node_identity (one, verifier_key, digest_key) values (1, $1, $2)
      on conflict do nothing`;
    await transaction.change("claim_identity", claim, [verifierKey, digestKey]);
    const [known] = await transaction.rows("read_identity", "select * from node_identity");
    return known;
  });
  if (row?.verifier_key !== verifierKey) {
    throw new Error(
      "CAUM_SIGNING_KEY is another one than that of the nodes before: give all nodes the same key",
    );
  }
  if (String(row.digest_key).startsWith(MOVING)) {
    throw new Error(
      "a folder is being moved to this database: wait for caum migrate, or run it again",
    );
  }
  if (row.digest_key !== digestKey) {
    throw new Error(
      "CAUM_DIGEST_KEY is another one than that of the nodes before: give all nodes the same key",
    );
  }
}
