/** Genkit, whose run ends with the first tool that fails. */
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { genkit, z } from "genkit";
import { prompt, script, system, TOOLS } from "./agent/play.mjs";
import { register } from "./agent/provider.mjs";

process.env.GENKIT_ENV = "prod";
const provider = register(OTLPTraceExporter);
const ai = genkit({});
let at = -1;
const model = ai.defineModel(
  { name: "scripted", supports: { tools: true, multiturn: true } },
  async () => {
    at += 1;
    const { calls, tokens } = script.turns[at];
    const asks = calls.map(({ tool, input }, index) => ({
      toolRequest: { name: tool, input, ref: `call_${at}_${index}` },
    }));
    return {
      message: { role: "model", content: asks.length > 0 ? asks : [{ text: "done" }] },
      finishReason: "stop",
      usage: { inputTokens: tokens[0], outputTokens: tokens[2] },
    };
  },
);
const inputSchema = z.object({ city: z.string(), note: z.string() });
const tools = Object.entries(TOOLS).map(([name, run]) =>
  ai.defineTool({ name, description: name, inputSchema }, async (input) => run(input)),
);
const flow = ai.defineFlow("emitter", async () => {
  await ai.generate({ model, system, prompt, tools, maxTurns: 20 });
});
await flow().catch(() => undefined);
await provider.shutdown();
