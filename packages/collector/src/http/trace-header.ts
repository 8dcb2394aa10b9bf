import type { SessionKeys } from "@caum/core/adapter";
import { readTraceParent, traceLinkOf } from "@caum/core/collector";
import type { FastifyRequest } from "fastify";
import type { EventIntake } from "../ingest/intake.ts";

/**
 * The same intake in the trace in which its request was made: the record keeps keyed ids of it, and
 * what is emitted of the record is a part of it.
 */
export function inTraceOf(
  { headers }: FastifyRequest,
  intake: EventIntake,
  keys: SessionKeys,
): EventIntake {
  const { traceparent } = headers;
  const parent = typeof traceparent === "string" ? readTraceParent(traceparent) : undefined;
  if (parent === undefined) return intake;
  return { ...intake, parent, draft: { ...intake.draft, ...traceLinkOf(parent, keys) } };
}
