/** One line before the agent runs: every model call and tool call is seen. */
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { registerCaum } from "@caum/ai-sdk";
import { generateText, isStepCount, jsonSchema, tool } from "ai";
import { MockLanguageModelV4 } from "ai/test";

const seen: string[] = [];
const caum = registerCaum({
  home: mkdtempSync(join(tmpdir(), "caum-example-")), // ~/.caum without this line
  onVerdict: ({ regime, tier, step }) => seen.push(`step ${step}: ${regime}, ${tier}`),
});

// A local stand-in for a model: it asks for the weather, then answers.
const usage = {
  inputTokens: { total: 12, noCache: 12, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 5, text: 5, reasoning: 0 },
};
const input = JSON.stringify({ city: "Lisbon" });
const model = new MockLanguageModelV4({
  doGenerate: [
    {
      content: [{ type: "tool-call", toolCallId: "call-1", toolName: "get-weather", input }],
      finishReason: { unified: "tool-calls", raw: undefined },
      usage,
      warnings: [],
    },
    {
      content: [{ type: "text", text: "It is sunny." }],
      finishReason: { unified: "stop", raw: undefined },
      usage,
      warnings: [],
    },
  ],
});

const { text } = await generateText({
  model,
  prompt: "How is the weather in Lisbon?",
  tools: {
    "get-weather": tool({
      inputSchema: jsonSchema<{ city: string }>({ type: "object" }),
      execute: ({ city }) => `sunny in ${city}`,
    }),
  },
  stopWhen: isStepCount(5),
});
await caum.close();

console.log([text, ...seen].join("\n"));
assert.equal(text, "It is sunny.");
assert.equal(seen.length, 4); // the user's message, two turns and the tool call
