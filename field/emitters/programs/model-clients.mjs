/** The clients of OpenAI and Anthropic, instrumented by OpenInference; the agent loop is its own. */
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { answerOf, chat, model, prompt, SCHEMA, system, TOOLS, variant } from "./agent/play.mjs";
import { register } from "./agent/provider.mjs";

const provider = register(OTLPTraceExporter);
if (variant === "openai") await openai();
else await anthropic();
await provider.shutdown();

async function openai() {
  const { OpenAIInstrumentation } = await import("@arizeai/openinference-instrumentation-openai");
  const { default: OpenAI } = await import("openai");
  const instrumentation = new OpenAIInstrumentation();
  instrumentation.setTracerProvider(provider);
  instrumentation.manuallyInstrument(OpenAI);
  await chat(new OpenAI({ apiKey: "none", baseURL: `${model}/v1` }));
}

async function anthropic() {
  const { AnthropicInstrumentation } = await import(
    "@arizeai/openinference-instrumentation-anthropic"
  );
  const { default: Anthropic } = await import("@anthropic-ai/sdk");
  const instrumentation = new AnthropicInstrumentation();
  instrumentation.setTracerProvider(provider);
  instrumentation.manuallyInstrument(Anthropic);
  const client = new Anthropic({ apiKey: "none", baseURL: model });
  const tools = Object.keys(TOOLS).map((name) => ({ name, input_schema: SCHEMA }));
  const messages = [{ role: "user", content: prompt }];
  for (;;) {
    const { content } = await client.messages.create({
      model: "claude-test",
      max_tokens: 100,
      system,
      messages,
      tools,
    });
    messages.push({ role: "assistant", content });
    const calls = content.filter(({ type }) => type === "tool_use");
    if (calls.length === 0) return;
    const results = calls.map(({ id, name, input }) => ({
      type: "tool_result",
      tool_use_id: id,
      content: answerOf(name, input),
      is_error: name === "broken",
    }));
    messages.push({ role: "user", content: results });
  }
}
