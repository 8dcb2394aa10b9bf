/** Google's ADK, with a model in the same process. */
import { BaseLlm, FunctionTool, InMemoryRunner, LlmAgent } from "@google/adk";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { z } from "zod";
import { canary, conversation, prompt, script, system, TOOLS } from "./agent/play.mjs";
import { register } from "./agent/provider.mjs";

const provider = register(OTLPTraceExporter);
class Scripted extends BaseLlm {
  #at = 0;
  async *generateContentAsync() {
    const { calls, tokens } = script.turns[this.#at];
    const parts = calls.map(({ tool, input }, index) => ({
      functionCall: { id: `call_adk${this.#at}x${index}abcdef`, name: tool, args: input },
    }));
    this.#at += 1;
    yield {
      content: { role: "model", parts: parts.length > 0 ? parts : [{ text: `done ${canary}` }] },
      usageMetadata: { promptTokenCount: tokens[0], candidatesTokenCount: tokens[2] },
    };
  }
}
const parameters = z.object({ city: z.string(), note: z.string() });
const agent = new LlmAgent({
  name: "emitter",
  model: new Scripted({ model: "test-model" }),
  instruction: system,
  tools: Object.entries(TOOLS).map(
    ([name, run]) =>
      new FunctionTool({ name, description: name, parameters, execute: (input) => run(input) }),
  ),
});
const runner = new InMemoryRunner({ agent, appName: "emitter" });
const session = { userId: canary, sessionId: conversation };
await runner.sessionService.createSession({ appName: "emitter", ...session });
const newMessage = { role: "user", parts: [{ text: prompt }] };
for await (const _event of runner.runAsync({ ...session, newMessage }));
await provider.shutdown();
