/** Strands, with its model of OpenAI's wire. */
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { Agent, tool } from "@strands-agents/sdk";
import { OpenAIModel } from "@strands-agents/sdk/models/openai";
import { canary, conversation, model, prompt, SCHEMA, system, TOOLS } from "./agent/play.mjs";
import { register } from "./agent/provider.mjs";

const provider = register(OTLPTraceExporter);
const tools = Object.entries(TOOLS).map(([name, run]) =>
  tool({ name, description: name, inputSchema: SCHEMA, callback: (input) => run(input) }),
);
const agent = new Agent({
  name: "emitter",
  model: new OpenAIModel({
    api: "chat",
    modelId: "test-model",
    apiKey: "none",
    clientConfig: { baseURL: `${model}/v1` },
  }),
  systemPrompt: system,
  tools,
  printer: false,
  traceAttributes: { "session.id": conversation, note: canary },
});
await agent.invoke(prompt);
await provider.shutdown();
