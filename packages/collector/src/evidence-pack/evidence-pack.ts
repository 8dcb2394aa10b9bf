/** A workflow's evidence in one file: the same records give the same bytes. */
import { sha256 } from "@caum/core/collector";
import type { evidencePackAnswer } from "@caum/core/protocol";
import type { z } from "zod";
import { effectivenessOf } from "../effectiveness/effectiveness.ts";
import { Checkpoints, type EvidenceParts } from "../evidence/checkpoints.ts";
import type { TenantRow } from "../rows/tenant-rows.ts";
import type { SessionView } from "../store/store.ts";
import { howToVerify, NOT_PROVEN, PACK_BOUNDARIES, SUPPORTS } from "./boundaries.ts";
import { type PackSession, packSession } from "./pack-session.ts";

type Pack = z.input<typeof evidencePackAnswer>;

/** Heads are signed and saved in groups of this size. */
const AT_ONCE = 20;

export interface PackOrder {
  readonly workflow: string;
  /** Only the sessions with this label; all of the workflow when absent. */
  readonly cohort: string | undefined;
  /** Labels of the comparison in it. */
  readonly before: string;
  readonly after: string;
  readonly limit: number;
}

/** @returns undefined when there is no such session */
export async function evidencePackOf(
  owner: TenantRow,
  order: PackOrder,
  services: EvidenceParts,
): Promise<Pack | undefined> {
  const { reader } = services.store;
  const { tenant } = owner;
  const { workflow, cohort, limit } = order;
  const filter = { cohort, limit, newestFirst: true };
  const views = await reader.workflowSessions(tenant, workflow, filter);
  if (views.length === 0) return undefined;
  const counts = await reader.cohorts(tenant, workflow);
  const counted = counts.filter((one) => cohort === undefined || one.cohort === cohort);
  const total = counted.reduce((sum, { sessions }) => sum + sessions, 0);
  const sessions = await packSessions(owner, views.toReversed(), services);
  const compared = await effectivenessOf({ tenant, ...order }, reader);
  const hasBoth = compared && [compared.cohorts.before, compared.cohorts.after].every(isThere);
  const pack = packOf(owner, order, sessions, services);
  const body: Omit<Pack, "digest"> = {
    ...pack,
    status: statusOf(sessions, hasBoth === true),
    sessions_total: total,
    complete: sessions.length === total,
    effectiveness: hasBoth ? compared : null,
  };
  const { schema, ...rest } = body;
  return { schema, digest: sha256(JSON.stringify(body)), ...rest };
}

function packOf(
  { ulid }: TenantRow,
  { workflow }: PackOrder,
  sessions: readonly PackSession[],
  { signer }: EvidenceParts,
): Omit<Pack, "digest" | "status" | "sessions_total" | "complete" | "effectiveness"> {
  return {
    schema: "caum.agent_evidence_pack.v1.0",
    account_id: ulid,
    workflow,
    decision: "observe_only",
    allowed_to_block: false,
    raw_content_used: false,
    verifier_keys: [{ name: signer.name, vkey: signer.vkey }],
    sessions: [...sessions],
    supports: SUPPORTS.map(({ purpose, by }) => ({ purpose, by: [...by] })),
    verify: [...howToVerify(signer.vkey)],
    not_proven: [...NOT_PROVEN],
    claim_boundaries: PACK_BOUNDARIES,
  };
}

async function packSessions(
  owner: TenantRow,
  views: readonly SessionView[],
  services: EvidenceParts,
): Promise<readonly PackSession[]> {
  const checkpoints = new Checkpoints(services.store, services.signer, services.clock);
  const sessions: PackSession[] = [];
  for (let from = 0; from < views.length; from += AT_ONCE) {
    const group = views.slice(from, from + AT_ONCE);
    sessions.push(
      ...(await Promise.all(group.map((view) => packSession(owner, view, checkpoints, services)))),
    );
  }
  return sessions;
}

function statusOf(sessions: readonly PackSession[], isCompared: boolean): Pack["status"] {
  const hasGaps = sessions.some(
    ({ figures, evidence }) => figures.dropped_events + evidence.forks > 0,
  );
  const of = (publicClass: PackSession["review"]) =>
    sessions.filter(({ review }) => review === publicClass).length;
  return {
    structural_logging: hasGaps ? "gaps_declared" : "no_gap_declared",
    review_readiness: {
      hard_alert: of("hard_alert"),
      review_only: of("review_only"),
      none: of("none"),
    },
    policy_delta: isCompared ? "compared" : "not_compared",
    raw_content: "not_used",
  };
}

function isThere({ sessions }: { readonly sessions: number }): boolean {
  return sessions > 0;
}
