export { decode, type Encoding } from "./decode/decode.ts";
export { encodeProtobufAnswer, type Signal } from "./decode/protobuf.ts";
export type { LogRecord, Span, Telemetry } from "./decode/telemetry.ts";
export { type Group, type Reading, readTelemetry, tracesToAwait } from "./read-telemetry.ts";
export type { ReportedEvent } from "./reported-event.ts";
export { SCOPES } from "./scopes/scopes.ts";
export { TraceNotes } from "./trace-notes.ts";
