/**
 * The span in which the host works at the moment, as its own OpenTelemetry says it.
 *
 * All copies of the API meet at these two symbols. The API itself refuses to look where a copy older
 * than itself has put something, and a host may have any copy, so the place is looked at directly.
 */
const API = Symbol.for("opentelemetry.js.api.1");
const SPAN = Symbol.for("OpenTelemetry Context Key SPAN");

interface RegisteredApi {
  readonly context?: { active(): { getValue(key: symbol): unknown } };
}

interface LivingSpan {
  spanContext(): {
    readonly traceId: string;
    readonly spanId: string;
    readonly traceFlags: number;
  };
}

/** As a `traceparent`; undefined where the host has no OpenTelemetry, or is in no span. */
export function activeTraceparent(): string | undefined {
  try {
    const api = (globalThis as unknown as Record<symbol, RegisteredApi | undefined>)[API];
    // Only spans are kept under that key.
    const span = api?.context?.active().getValue(SPAN) as LivingSpan | undefined;
    if (span === undefined) return undefined;
    const { traceId, spanId, traceFlags } = span.spanContext();
    return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
  } catch {
    return undefined;
  }
}
