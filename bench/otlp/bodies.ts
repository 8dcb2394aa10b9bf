/** What the bench posts: tool spans as the AI SDK sends them, each with values of its own. */
import { randomBytes } from "node:crypto";
import root from "@opentelemetry/otlp-transformer/build/src/generated/root.js";

const TOOLS = ["read_file", "search", "edit_file", "run_tests", "list_directory"];

/** The definitions declare no members; this one is theirs. */
const { ExportTraceServiceRequest } = (
  root as unknown as {
    readonly opentelemetry: {
      readonly proto: {
        readonly collector: {
          readonly trace: {
            readonly v1: {
              readonly ExportTraceServiceRequest: {
                encode(message: object): { finish(): Uint8Array };
              };
            };
          };
        };
      };
    };
  }
).opentelemetry.proto.collector.trace.v1;

export function protobufBody(spans: number, conversation: string): Uint8Array<ArrayBuffer> {
  const traceId = randomBytes(16);
  const sent = Array.from({ length: spans }, (_, at) => ({
    traceId,
    spanId: randomBytes(8),
    parentSpanId: randomBytes(8),
    ...spanOf(at, conversation, randomBytes(150).toString("hex")),
  }));
  return new Uint8Array(ExportTraceServiceRequest.encode(request(sent)).finish());
}

/** About so many bytes, in spans with long results. */
export function jsonBody(bytes: number): Uint8Array<ArrayBuffer> {
  const result = "x".repeat(16_000);
  const traceId = randomBytes(16).toString("hex");
  const sent = Array.from({ length: Math.floor(bytes / 17_000) }, (_, at) => ({
    traceId,
    spanId: randomBytes(8).toString("hex"),
    parentSpanId: randomBytes(8).toString("hex"),
    ...spanOf(at, "large", result),
  }));
  return new Uint8Array(Buffer.from(JSON.stringify(request(sent))));
}

function request(spans: readonly object[]): object {
  const resource = { attributes: pairs({ "service.name": "bench-agent" }) };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: "gen_ai" }, spans }] }] };
}

function spanOf(at: number, conversation: string, result: string): object {
  const endMs = Date.now() - 1_000 + at;
  return {
    name: "execute_tool",
    kind: 1,
    startTimeUnixNano: `${endMs - 80}000000`,
    endTimeUnixNano: `${endMs}000000`,
    status: {},
    attributes: pairs({
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.conversation.id": conversation,
      "gen_ai.tool.name": TOOLS[at % TOOLS.length] ?? "tool",
      "gen_ai.tool.call.id": `call_${randomBytes(9).toString("hex")}`,
      "gen_ai.tool.type": "function",
      "gen_ai.tool.call.arguments": JSON.stringify({ path: randomBytes(40).toString("hex") }),
      "gen_ai.tool.call.result": result,
    }),
  };
}

function pairs(attributes: Readonly<Record<string, string>>) {
  return Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}
