/** LangChain, told by OpenInference or by Langfuse. */

import { ChatOpenAI } from "@langchain/openai";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { createAgent, tool } from "langchain";
import {
  canary,
  collector,
  conversation,
  key,
  model,
  prompt,
  SCHEMA,
  system,
  TOOLS,
  variant,
} from "./agent/play.mjs";
import { register } from "./agent/provider.mjs";

const callbacks = [];
let provider;
if (variant === "langfuse") {
  const { LangfuseSpanProcessor } = await import("@langfuse/otel");
  const { CallbackHandler } = await import("@langfuse/langchain");
  const settings = { publicKey: "any", secretKey: key, baseUrl: collector };
  provider = register(OTLPTraceExporter, () => new LangfuseSpanProcessor(settings));
  callbacks.push(new CallbackHandler({ sessionId: conversation, tags: [canary] }));
} else {
  const { LangChainInstrumentation } = await import(
    "@arizeai/openinference-instrumentation-langchain"
  );
  provider = register(OTLPTraceExporter);
  const instrumentation = new LangChainInstrumentation();
  instrumentation.setTracerProvider(provider);
  instrumentation.manuallyInstrument(await import("@langchain/core/callbacks/manager"));
}

const tools = Object.entries(TOOLS).map(([name, execute]) =>
  tool(async (input) => execute(input), { name, description: name, schema: SCHEMA }),
);
const llm = new ChatOpenAI({
  model: "test-model",
  apiKey: "none",
  configuration: { baseURL: `${model}/v1` },
});
const agent = createAgent({ model: llm, tools, systemPrompt: system });
await agent.invoke(
  { messages: [{ role: "user", content: prompt }] },
  {
    callbacks,
    metadata: { session_id: conversation, thread_id: conversation, note: canary },
    recursionLimit: 60,
  },
);
await provider.shutdown();
