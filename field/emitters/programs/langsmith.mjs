/** LangSmith's own tracing, sent as OpenTelemetry. */

import { initializeOTEL } from "langsmith/experimental/otel/setup";
import { traceable } from "langsmith/traceable";
import OpenAI from "openai";
import { canary, chat, conversation, model, prompt, TOOLS } from "./agent/play.mjs";

const { DEFAULT_LANGSMITH_SPAN_PROCESSOR } = initializeOTEL();
const client = new OpenAI({ apiKey: "none", baseURL: `${model}/v1` });
const create = traceable(
  async (request) => {
    const answer = await client.chat.completions.create(request);
    const { prompt_tokens, completion_tokens, total_tokens } = answer.usage;
    const usage_metadata = {
      input_tokens: prompt_tokens,
      output_tokens: completion_tokens,
      total_tokens,
    };
    return { ...answer, usage_metadata };
  },
  { name: "model", run_type: "llm", metadata: { ls_model_name: "test-model" } },
);
const tools = Object.fromEntries(
  Object.entries(TOOLS).map(([name, run]) => [
    name,
    traceable(async (input) => run(input), { name, run_type: "tool" }),
  ]),
);
const agent = traceable(
  async (_asked) => {
    const run = (name, input) => tools[name](input).catch(String);
    await chat({ chat: { completions: { create } } }, run);
  },
  { name: "emitter", metadata: { thread_id: conversation, note: canary } },
);
await agent(prompt);
await DEFAULT_LANGSMITH_SPAN_PROCESSOR.shutdown();
