import type { LogRecord, Span } from "./decode/telemetry.ts";
import type { ReportedEvent } from "./reported-event.ts";
import type { TraceNotes } from "./trace-notes.ts";

/** The reader of one emitter. It picks what it needs by name: everything else is dropped unread. */
export interface Scope {
  /** What the emitter is called in records and documents. */
  readonly emitter: string;
  /** Whether the instrumentation scope of this name is its. */
  matches(scope: string): boolean;
  /** Its spans name no conversation and no calls: the log records of their traces do. */
  readonly isTiedByLogs?: true;
  /** Looks at a span before any of its request is read: what it says about others. */
  note?(span: Span, notes: TraceNotes): void;
  span?(span: Span, notes: TraceNotes): readonly ReportedEvent[];
  /** Reads the log records of one span, in the order of the request. */
  logs?(logs: readonly LogRecord[], notes: TraceNotes): readonly ReportedEvent[];
  /**
   * Ids of calls that a model asks for with it. Model clients have no session: the request that
   * brings the answers belongs to the same one.
   */
  asks?(sent: Span | LogRecord): readonly string[];
}
