/** AI SDK with its own spans, its older ones, and what Langfuse and OpenInference make of them. */
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { LegacyOpenTelemetry, OpenTelemetry } from "@ai-sdk/otel";
import { OpenInferenceBatchSpanProcessor } from "@arizeai/openinference-vercel";
import { LangfuseSpanProcessor } from "@langfuse/otel";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { generateText, isStepCount, jsonSchema, tool } from "ai";
import {
  canary,
  collector,
  key,
  model,
  prompt,
  SCHEMA,
  system,
  TOOLS,
  variant,
} from "./agent/play.mjs";
import { register } from "./agent/provider.mjs";

const PROCESSORS = {
  langfuse: () =>
    new LangfuseSpanProcessor({ publicKey: "any", secretKey: key, baseUrl: collector }),
  openinference: (exporter) => new OpenInferenceBatchSpanProcessor({ exporter }),
};
const provider = register(OTLPTraceExporter, PROCESSORS[variant]);
const isLegacy = variant === "legacy" || variant === "openinference";

const tools = Object.fromEntries(
  Object.entries(TOOLS).map(([name, execute]) => [
    name,
    tool({
      description: name,
      inputSchema: jsonSchema(SCHEMA),
      execute: async (input) => execute(input),
    }),
  ]),
);
const endpoint = createOpenAICompatible({ name: "scripted", baseURL: `${model}/v1` });
await generateText({
  model: endpoint.chatModel("test-model"),
  instructions: system,
  prompt,
  tools,
  stopWhen: isStepCount(20),
  telemetry: {
    isEnabled: true,
    functionId: "emitter",
    metadata: { note: canary },
    integrations: [isLegacy ? new LegacyOpenTelemetry() : new OpenTelemetry()],
  },
});
await provider.shutdown();
