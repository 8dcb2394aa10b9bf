import type { SessionKeys } from "@caum/core/adapter";
import { present } from "../../http/capture.ts";

/** Ids that a sender shares between sessions, and can ask for. */
interface TraceIds {
  readonly traceId?: string | undefined;
  readonly runId?: string | undefined;
  readonly correlationId?: string | undefined;
}

/**
 * What sessions are found by: the digest of each id under the key of the tenant, 32 hex. The name is
 * part of it, so that a run is not found by a trace that is called like it.
 */
export function traceDigests(
  { traceId, runId, correlationId }: TraceIds,
  tenantKeys: SessionKeys,
): readonly string[] {
  const given = Object.entries(present({ traceId, runId, correlationId }));
  return given.map(([name, id]) => tenantKeys.idOf(`${name} ${id}`));
}
