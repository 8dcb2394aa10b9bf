/** Bodies as real emitters sent them, and bodies that are made for a test. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "../../../otlp/test/fixtures");

export interface Body {
  readonly name: string;
  readonly signal: "traces" | "logs";
  readonly type: string;
  readonly bytes: Buffer;
}

export const BODIES: readonly Body[] = readdirSync(FOLDER).map((name) => ({
  name,
  signal: name.includes(".logs.") ? "logs" : "traces",
  type: name.endsWith(".pb") ? "application/x-protobuf" : "application/json",
  bytes: readFileSync(join(FOLDER, name)),
}));

export interface MadeSpan {
  readonly spanId: string;
  readonly atMs: number;
  readonly attributes: Readonly<Record<string, string>>;
  readonly exception?: string;
}

/** A request of one trace, as the AI SDK sends it. */
export function traceOf(traceId: string, spans: readonly MadeSpan[], scope = "gen_ai"): string {
  const sent = spans.map(({ spanId, atMs, attributes, exception }) => ({
    traceId,
    spanId,
    // Each call of another turn.
    parentSpanId: `f${spanId.slice(1)}`,
    name: "execute_tool",
    startTimeUnixNano: `${atMs - 5}000000`,
    endTimeUnixNano: `${atMs}000000`,
    attributes: pairs(attributes),
    ...(exception !== undefined && {
      status: { code: 2 },
      events: [{ name: "exception", attributes: pairs({ "exception.type": exception }) }],
    }),
  }));
  const resource = { attributes: pairs({ "service.name": "my-service" }) };
  return JSON.stringify({
    resourceSpans: [{ resource, scopeSpans: [{ scope: { name: scope }, spans: sent }] }],
  });
}

function pairs(attributes: Readonly<Record<string, string>>) {
  return Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

/** A call that fails with equal arguments, one second after the one before. */
export function failingCall(at: number): MadeSpan {
  return {
    spanId: at.toString(16).padStart(16, "0"),
    atMs: Date.parse("2026-01-01T00:00:00Z") + at * 1_000,
    attributes: {
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "search",
      "gen_ai.tool.call.id": `call_${at}_0123456789`,
      "gen_ai.tool.call.arguments": '{"query":"the same"}',
    },
    exception: "TimeoutError",
  };
}
