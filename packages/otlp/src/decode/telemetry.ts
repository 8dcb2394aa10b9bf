import type { Attributes, Value } from "./attributes.ts";

/** What spans and log records have in common. */
interface Sent {
  /** Name of the instrumentation scope: it tells the emitter. */
  readonly scope: string;
  readonly resource: Attributes;
  /** Lower-case hex; empty for a log record outside of any trace. */
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: Attributes;
}

export interface SpanEvent {
  readonly name: string;
  readonly attributes: Attributes;
}

/** A span, when it has ended. */
export interface Span extends Sent {
  readonly kind: "span";
  readonly name: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  /** Milliseconds since 1970. */
  readonly startMs: number;
  readonly endMs: number;
  readonly isError: boolean;
  readonly events: readonly SpanEvent[];
}

export interface LogRecord extends Sent {
  readonly kind: "log";
  /** Its event name, wherever the sender puts it. */
  readonly name: string;
  readonly atMs: number;
  readonly body: Value;
}

/** What one request brought. */
export interface Telemetry {
  readonly spans: readonly Span[];
  readonly logs: readonly LogRecord[];
}
