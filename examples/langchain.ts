/** One line before the agent runs: every call of the process is seen. */
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { registerCaum } from "@caum/langchain";
import { AIMessage } from "@langchain/core/messages";
import { fakeModel } from "@langchain/core/testing";
import { createAgent, tool } from "langchain";

const seen: string[] = [];
const caum = registerCaum({
  home: mkdtempSync(join(tmpdir(), "caum-example-")), // ~/.caum without this line
  onVerdict: ({ regime, tier, step }) => seen.push(`step ${step}: ${regime}, ${tier}`),
});

// A local stand-in for a model: it asks for the weather, then answers.
const model = fakeModel()
  .respondWithTools([{ id: "call-1", name: "get_weather", args: { city: "Lisbon" } }])
  .respond(new AIMessage("It is sunny."));

const getWeather = tool(({ city }: { city: string }) => `sunny in ${city}`, {
  name: "get_weather",
  description: "The weather of a city",
  schema: { type: "object", properties: { city: { type: "string" } } },
});

const agent = createAgent({ model, tools: [getWeather] });
const { messages } = await agent.invoke({
  messages: [{ role: "user", content: "How is the weather in Lisbon?" }],
});
await caum.close();

const answer = messages.at(-1)?.content;
console.log([answer, ...seen].join("\n"));
assert.equal(answer, "It is sunny.");
assert.equal(seen.length, 4); // the user's message, two turns and the tool call
