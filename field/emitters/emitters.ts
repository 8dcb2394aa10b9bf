/** The emitters that are run live: their packages, and what the collector knows of the scripted run. */
import { ALERT_AT_CALL, RUN, RUN_ONE_BY_ONE, type Script } from "./script.ts";

export interface LiveEmitter {
  readonly name: string;
  /** In `programs/`. */
  readonly program: string;
  readonly variant: string;
  readonly packages: Readonly<Record<string, string>>;
  readonly run: Script;
  /** The calls of the scripted run: tool and status. */
  readonly calls: readonly string[];
  /** Input and output; none where the emitter sends none. */
  readonly tokens: readonly [number, number];
  readonly sessions: number;
  /** The call with which a loop is a hard alert; none where a failing tool ends the run. */
  readonly alertAtCall: number | null;
  /** Its first request is answered with 503 and `Retry-After`: it has to send that again. */
  readonly isRefusedOnce: boolean;
  readonly environment?: (collector: string, key: string) => Readonly<Record<string, string>>;
}

const SDK = {
  "@opentelemetry/api": "1.10.0",
  "@opentelemetry/sdk-trace-node": "2.12.1",
  "@opentelemetry/resources": "2.12.1",
  "@opentelemetry/exporter-trace-otlp-http": "0.301.0",
  "@opentelemetry/exporter-trace-otlp-proto": "0.301.0",
};
/** As OpenLLMetry still brings it. */
const OLD_SDK = {
  "@opentelemetry/api": "1.9.0",
  "@opentelemetry/sdk-trace-node": "2.0.1",
  "@opentelemetry/resources": "2.0.1",
  "@opentelemetry/exporter-trace-otlp-http": "0.203.0",
  "@opentelemetry/exporter-trace-otlp-proto": "0.203.0",
};
const AI_SDK = {
  ...SDK,
  ai: "7.0.173",
  "@ai-sdk/otel": "1.0.173",
  "@ai-sdk/openai-compatible": "2.0.92",
  "@arizeai/openinference-vercel": "3.2.1",
  "@langfuse/otel": "5.11.1",
  zod: "4.6.7",
};
const LANGCHAIN = {
  ...SDK,
  langchain: "1.5.14",
  "@langchain/core": "1.4.0",
  "@langchain/openai": "1.5.8",
  "@arizeai/openinference-instrumentation-langchain": "4.1.1",
  "@langfuse/langchain": "5.11.1",
  "@langfuse/otel": "5.11.1",
  zod: "4.6.7",
};
const MODEL_CLIENTS = {
  ...SDK,
  openai: "7.59.0",
  "@anthropic-ai/sdk": "1.14.0",
  "@arizeai/openinference-instrumentation-openai": "4.2.7",
  "@arizeai/openinference-instrumentation-anthropic": "0.2.8",
};

const FAILED = ["lookup ok", "broken error"];
/** Of model clients only answers are known, not whether a tool failed. */
const ANSWERED = ["lookup answered", "broken answered"];
const BASE = {
  variant: "",
  run: RUN,
  calls: FAILED,
  tokens: [304, 36],
  sessions: 1,
  alertAtCall: ALERT_AT_CALL,
  isRefusedOnce: false,
} as const;
const EXPORTER = { ...BASE, program: "exporters", isRefusedOnce: true };

export const LIVE_EMITTERS: readonly LiveEmitter[] = [
  { ...BASE, name: "ai-sdk", program: "ai-sdk", packages: AI_SDK },
  { ...BASE, name: "ai-sdk-legacy", program: "ai-sdk", variant: "legacy", packages: AI_SDK },
  { ...BASE, name: "ai-sdk-langfuse", program: "ai-sdk", variant: "langfuse", packages: AI_SDK },
  {
    ...BASE,
    name: "ai-sdk-openinference",
    program: "ai-sdk",
    variant: "openinference",
    packages: AI_SDK,
  },
  { ...BASE, name: "langchain-openinference", program: "langchain", packages: LANGCHAIN },
  {
    ...BASE,
    name: "langchain-langfuse",
    program: "langchain",
    variant: "langfuse",
    packages: LANGCHAIN,
  },
  {
    ...BASE,
    name: "openai-agents",
    program: "openai-agents",
    packages: {
      ...SDK,
      "@openai/agents": "0.20.0",
      "@arizeai/openinference-instrumentation-openai-agents": "0.2.15",
      openai: "7.59.0",
      zod: "4.6.7",
    },
  },
  {
    ...BASE,
    name: "openai-openinference",
    program: "model-clients",
    variant: "openai",
    packages: MODEL_CLIENTS,
    calls: ANSWERED,
  },
  {
    ...BASE,
    name: "anthropic-openinference",
    program: "model-clients",
    variant: "anthropic",
    packages: MODEL_CLIENTS,
    calls: ANSWERED,
  },
  {
    ...BASE,
    name: "langsmith",
    program: "langsmith",
    packages: {
      langsmith: "0.12.0",
      openai: "7.59.0",
      "@opentelemetry/api": "1.10.0",
      "@opentelemetry/sdk-trace-base": "2.12.1",
      "@opentelemetry/context-async-hooks": "2.12.1",
      "@opentelemetry/exporter-trace-otlp-proto": "0.301.0",
    },
    environment: (collector, key) => ({
      LANGSMITH_TRACING: "true",
      LANGSMITH_TRACING_MODE: "otel",
      LANGSMITH_ENDPOINT: collector,
      LANGSMITH_API_KEY: key,
    }),
  },
  {
    ...BASE,
    name: "openllmetry",
    program: "traceloop",
    packages: { "@traceloop/node-server-sdk": "0.27.0", openai: "7.59.0" },
    calls: ANSWERED,
  },
  {
    ...BASE,
    name: "genkit",
    program: "genkit",
    packages: { ...SDK, genkit: "1.42.0" },
    tokens: [0, 0],
    alertAtCall: null,
  },
  {
    ...BASE,
    name: "mastra",
    program: "mastra",
    packages: {
      ...SDK,
      "@mastra/core": "1.71.0",
      "@mastra/observability": "1.17.9",
      "@mastra/otel-exporter": "1.4.0",
      "@opentelemetry/exporter-logs-otlp-http": "0.301.0",
      zod: "4.6.7",
    },
  },
  {
    ...BASE,
    name: "strands",
    program: "strands",
    run: RUN_ONE_BY_ONE,
    packages: { ...SDK, "@strands-agents/sdk": "1.19.0", openai: "6.49.0", zod: "4.6.7" },
  },
  {
    ...BASE,
    name: "google-adk",
    program: "adk",
    // With another version of the API beside its own, it sends nothing.
    packages: { ...OLD_SDK, "@google/adk": "2.0.0", zod: "4.6.7" },
  },
  {
    ...BASE,
    name: "otel-openai",
    program: "otel-openai",
    packages: {
      "@opentelemetry/api": "1.10.0",
      "@opentelemetry/sdk-node": "0.223.0",
      "@opentelemetry/instrumentation-openai": "0.22.0",
      openai: "6.49.0",
    },
    calls: ANSWERED,
    environment: (collector, key) => ({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector,
      OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer ${key}`,
      OTEL_SERVICE_NAME: "emitter",
      OTEL_LOGS_EXPORTER: "otlp",
    }),
  },
  { ...EXPORTER, name: "sdk-json", variant: "http", packages: SDK },
  { ...EXPORTER, name: "sdk-protobuf", variant: "proto", packages: SDK },
  { ...EXPORTER, name: "old-sdk-json", variant: "http", packages: OLD_SDK },
  { ...EXPORTER, name: "old-sdk-protobuf", variant: "proto", packages: OLD_SDK },
];
