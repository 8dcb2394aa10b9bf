/** The official SDK with spans of the GenAI conventions, sent by each of its exporters. */
import { setTimeout as sleep } from "node:timers/promises";
import { DiagLogLevel, diag, SpanStatusCode, trace } from "@opentelemetry/api";
import { canary, conversation, script, TOOLS, variant } from "./agent/play.mjs";
import { register } from "./agent/provider.mjs";

/** No model answers at once: calls of two turns in one millisecond would look like one turn. */
const MODEL_MS = 5;

const warnings = [];
const silent = () => undefined;
const warn = (...words) => warnings.push(words.join(" "));
diag.setLogger(
  { error: warn, warn, info: silent, debug: silent, verbose: silent },
  DiagLogLevel.WARN,
);

const { OTLPTraceExporter } = await import(`@opentelemetry/exporter-trace-otlp-${variant}`);
const provider = register(OTLPTraceExporter);
const tracer = trace.getTracer("my.own.agent");

function within(name, attributes, run) {
  return tracer.startActiveSpan(name, { attributes }, async (span) => {
    span.setAttribute("gen_ai.conversation.id", conversation);
    span.setAttribute("note", canary);
    await run(span);
    span.end();
  });
}

function call(name, input, id) {
  const attributes = {
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": name,
    "gen_ai.tool.call.id": id,
    "gen_ai.tool.call.arguments": JSON.stringify(input),
  };
  return within(`execute_tool ${name}`, attributes, (span) => {
    try {
      span.setAttribute("gen_ai.tool.call.result", TOOLS[name](input));
    } catch (failure) {
      span.recordException(failure);
      span.setStatus({ code: SpanStatusCode.ERROR, message: failure.message });
    }
  });
}

await within("invoke_agent", { "gen_ai.operation.name": "invoke_agent" }, async () => {
  for (const [at, { calls, tokens }] of script.turns.entries()) {
    const usage = {
      "gen_ai.usage.input_tokens": tokens[0],
      "gen_ai.usage.output_tokens": tokens[2],
    };
    await within("chat", { "gen_ai.operation.name": "chat", ...usage }, () => sleep(MODEL_MS));
    for (const [index, { tool, input }] of calls.entries())
      await call(tool, input, `call_${at}_${index}_abcdef`);
  }
});
// A span that is no agent's: the answer says that one of them was not understood.
tracer.startSpan("GET /").end();
await provider.shutdown();
if (!warnings.some((text) => /partial success/i.test(text))) {
  throw new Error(`the exporter did not report a partial success: ${warnings.join("; ")}`);
}
