/** The trace context of W3C: which span of which trace caused something. */
import type { SessionKeys } from "../keys/session-keys.ts";
import type { Envelope } from "../record.ts";

/** Two ids that a tracer draws at random, and whether it keeps the trace. */
export interface TraceParent {
  /** 32 hex. */
  readonly traceId: string;
  /** 16 hex. */
  readonly spanId: string;
  readonly isSampled: boolean;
}

/** Later versions may add to the end of it (https://www.w3.org/TR/trace-context/). */
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:$|-)/;
const ZEROS = /^0+$/;
const FORBIDDEN_VERSION = "ff";
const SAMPLED = 1;

/** @returns undefined when the text is no valid `traceparent` */
export function readTraceParent(text: string | undefined): TraceParent | undefined {
  if (typeof text !== "string") return undefined;
  const [, version, traceId = "0", spanId = "0", flags = "00"] = TRACEPARENT.exec(text) ?? [];
  if (version === FORBIDDEN_VERSION || ZEROS.test(traceId) || ZEROS.test(spanId)) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & SAMPLED) !== 0 };
}

/** What a record keeps of it: keyed ids, equal within a session for equal ones. */
export function traceLinkOf(
  { traceId, spanId }: TraceParent,
  keys: SessionKeys,
): Pick<Envelope, "traceId" | "causationEventId"> {
  return {
    traceId: keys.idOf(`trace ${traceId}`),
    causationEventId: keys.idOf(`span ${traceId} ${spanId}`),
  };
}
