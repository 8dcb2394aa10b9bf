/** From the body of an OTLP request to spans and log records. */
import { Attributes, isObject, messagesOf, plainValue } from "./attributes.ts";
import { decodeProtobuf, type Signal } from "./protobuf.ts";
import type { LogRecord, Span, Telemetry } from "./telemetry.ts";

export type Encoding = "json" | "protobuf";

const NANOSECONDS_PER_MS = 1e6;
const STATUS_ERROR = 2;

/**
 * Reads a request's body. What does not fit is left out: one span that makes no sense costs no other.
 *
 * @throws {SyntaxError | RangeError | Error} when the body as a whole is none
 */
export async function decode(body: Buffer, signal: Signal, encoding: Encoding): Promise<Telemetry> {
  const message: unknown =
    encoding === "json" ? JSON.parse(body.toString("utf8")) : await decodeProtobuf(body, signal);
  if (!isObject(message)) throw new SyntaxError("the body is no OTLP request");
  return {
    spans: [...scoped(message.resourceSpans, "scopeSpans", "spans")].map(spanOf),
    logs: [...scoped(message.resourceLogs, "scopeLogs", "logRecords")].map(logOf),
  };
}

interface Scoped {
  readonly scope: string;
  readonly resource: Attributes;
  readonly sent: Readonly<Record<string, unknown>>;
}

/** Every span or record with its scope and resource. */
function* scoped(resources: unknown, scopes: string, items: string): Generator<Scoped> {
  for (const part of messagesOf(resources)) {
    const resource = new Attributes(isObject(part.resource) ? part.resource.attributes : undefined);
    for (const group of messagesOf(part[scopes])) {
      const scope = isObject(group.scope) ? String(group.scope.name ?? "") : "";
      for (const sent of messagesOf(group[items])) yield { scope, resource, sent };
    }
  }
}

function spanOf({ scope, resource, sent }: Scoped): Span {
  const { status } = sent;
  const code = isObject(status) ? status.code : undefined;
  return {
    kind: "span",
    scope,
    resource,
    traceId: hexOf(sent.traceId),
    spanId: hexOf(sent.spanId),
    parentSpanId: hexOf(sent.parentSpanId),
    name: String(sent.name ?? ""),
    startMs: msOf(sent.startTimeUnixNano),
    endMs: msOf(sent.endTimeUnixNano),
    isError: code === STATUS_ERROR || code === "STATUS_CODE_ERROR",
    attributes: new Attributes(sent.attributes),
    events: messagesOf(sent.events).map(({ name, attributes }) => ({
      name: String(name ?? ""),
      attributes: new Attributes(attributes),
    })),
  };
}

function logOf({ scope, resource, sent }: Scoped): LogRecord {
  const attributes = new Attributes(sent.attributes);
  const atMs = msOf(sent.timeUnixNano);
  return {
    kind: "log",
    scope,
    resource,
    traceId: hexOf(sent.traceId),
    spanId: hexOf(sent.spanId),
    // Some senders put a place in their source where the name belongs.
    name: attributes.text("event.name") ?? String(sent.eventName ?? ""),
    atMs: atMs > 0 ? atMs : msOf(sent.observedTimeUnixNano),
    attributes,
    body: plainValue(sent.body),
  };
}

/** Ids are hex in JSON and bytes in protobuf. */
function hexOf(id: unknown): string {
  if (id instanceof Uint8Array) return Buffer.from(id).toString("hex");
  return typeof id === "string" && /^[0-9a-f]{16,32}$/i.test(id) ? id.toLowerCase() : "";
}

/** Nanoseconds as text, number or 64-bit integer of the decoder. */
function msOf(nanoseconds: unknown): number {
  const ns = Number(String(nanoseconds ?? 0));
  return Number.isFinite(ns) ? ns / NANOSECONDS_PER_MS : 0;
}
