/** Mastra, which sends traces and log records. */
import { Agent } from "@mastra/core/agent";
import { Mastra } from "@mastra/core/mastra";
import { createTool } from "@mastra/core/tools";
import { Observability } from "@mastra/observability";
import { OtelExporter } from "@mastra/otel-exporter";
import { z } from "zod";
import {
  canary,
  collector,
  conversation,
  headers,
  model,
  prompt,
  system,
  TOOLS,
} from "./agent/play.mjs";

const inputSchema = z.object({ city: z.string(), note: z.string() });
const tools = Object.fromEntries(
  Object.entries(TOOLS).map(([id, run]) => [
    id,
    createTool({ id, description: id, inputSchema, execute: async (input) => run(input) }),
  ]),
);
const endpoint = { endpoint: collector, headers, protocol: "http/json" };
const observability = new Observability({
  configs: {
    otel: {
      serviceName: "emitter",
      exporters: [new OtelExporter({ provider: { custom: endpoint } })],
    },
  },
});
const agent = new Agent({
  id: "emitter",
  name: "emitter",
  instructions: system,
  model: { id: "scripted/test-model", url: `${model}/v1`, apiKey: "none" },
  tools,
});
const mastra = new Mastra({ agents: { emitter: agent }, observability, logger: false });
await mastra.getAgent("emitter").generate(prompt, {
  maxSteps: 20,
  tracingOptions: { metadata: { threadId: conversation, sessionId: conversation, note: canary } },
});
await observability.shutdown();
process.exit(0);
