/** OpenAI Agents, told by OpenInference in the place of its own tracing. */
import { OpenAIAgentsInstrumentation } from "@arizeai/openinference-instrumentation-openai-agents";
import * as agents from "@openai/agents";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import OpenAI from "openai";
import { canary, model, prompt, SCHEMA, system, TOOLS } from "./agent/play.mjs";
import { register } from "./agent/provider.mjs";

const provider = register(OTLPTraceExporter);
const instrumentation = new OpenAIAgentsInstrumentation({ tracerProvider: provider });
instrumentation.manuallyInstrument(agents);

const { Agent, OpenAIChatCompletionsModel, Runner, tool } = agents;
const client = new OpenAI({ apiKey: "none", baseURL: `${model}/v1` });
const agent = new Agent({
  name: "emitter",
  instructions: system,
  model: new OpenAIChatCompletionsModel(client, "test-model"),
  tools: Object.entries(TOOLS).map(([name, execute]) =>
    tool({
      name,
      description: name,
      parameters: { ...SCHEMA, additionalProperties: false },
      strict: true,
      execute: async (input) => execute(input),
    }),
  ),
});
const runner = new Runner({ workflowName: "emitter", traceMetadata: { note: canary } });
await runner.run(agent, prompt, { maxTurns: 20 });
await agents.getGlobalTraceProvider().forceFlush();
await provider.shutdown();
