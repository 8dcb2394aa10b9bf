import { formatTlogProof, proveInclusion, RECEIPT_MODE } from "@caum/core/collector";
import { receiptId } from "@caum/core/verify/rules";
import { CLAIM_BOUNDARIES } from "../http/claim-boundaries.ts";
import { dashboardPath } from "../http/dashboard-path.ts";
import { DoorError } from "../http/door-error.ts";
import type { TenantRow } from "../rows/tenant-rows.ts";
import type { SessionView } from "../store/store.ts";
import type { EvidenceParts, SignedHead } from "./checkpoints.ts";
import { loadTree } from "./stored-tree.ts";

/** A session, and whose it is. */
export interface Asked {
  readonly owner: TenantRow;
  readonly view: SessionView;
}

/** The leaf of a record, and the hashes that lead from it to the head. */
export async function inclusion(
  { owner, view }: Asked,
  head: SignedHead,
  index: number,
  { store }: Pick<EvidenceParts, "store">,
): Promise<{ readonly leaf: string; readonly hashes: readonly string[] }> {
  if (index >= head.size) throw beyond(head.size);
  const place = { tenant: owner.tenant, sessionId: view.id };
  const tree = await loadTree(store.reader, place, head.size, [index]);
  return { leaf: tree(index, index + 1), hashes: proveInclusion(index, head.size, tree) };
}

/** A receipt for one record, under a signed head of its session. */
export async function receipt(
  asked: Asked,
  head: SignedHead,
  index: number,
  parts: Pick<EvidenceParts, "store">,
) {
  const { owner, view } = asked;
  const { leaf, hashes } = await inclusion(asked, head, index, parts);
  const [record] = await parts.store.reader.records(owner.tenant, view.id, index, 1);
  const standing = record?.standing;
  return {
    mode: RECEIPT_MODE,
    receipt_id: receiptId(leaf),
    session_id: view.id,
    index,
    structural_health: standing
      ? { tier: standing.tier, public_class: standing.publicClass, regime: standing.regime }
      : null,
    evidence: {
      algorithm: "sha256",
      event_hash: leaf,
      chain_head: view.lastLeaf,
      merkle_root: head.root,
      tree_size: head.size,
      tlog_proof: formatTlogProof({ index, hashes, note: head.note }),
    },
    review: { agent_control_authorized: false },
    raw_content_used: false,
    allowed_to_block: false,
    dashboard_path: dashboardPath(view.id),
    claim_boundaries: CLAIM_BOUNDARIES,
  } as const;
}

export function beyond(size: number): DoorError {
  return new DoorError("NOT_FOUND", `the session holds ${size} records`);
}
