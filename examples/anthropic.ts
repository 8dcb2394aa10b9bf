/** One line for an Anthropic client; verdicts come as the model and its tools work. */
import assert from "node:assert/strict";
import Anthropic from "@anthropic-ai/sdk";
import { wrapAnthropic } from "@caum/anthropic";
import { WireServer } from "../test/wire-server/server.ts";

// A local stand-in for the vendor; it answers by the name of the model.
const server = await WireServer.start();
const verdicts: string[] = [];

const client = wrapAnthropic(new Anthropic({ apiKey: "test", baseURL: server.url }), {
  session: "anthropic-example",
  onVerdict: ({ step, regime, tier }) => verdicts.push(`${step} ${regime} ${tier}`),
});

const tool = (name: string) => ({
  name,
  input_schema: { type: "object" as const },
  run: () => "four degrees, noon",
  parse: (input: unknown) => input,
});
const final = await client.beta.messages.toolRunner({
  model: "parallel",
  max_tokens: 64,
  messages: [{ role: "user", content: "What are weather and time in Oslo?" }],
  tools: [tool("get_weather"), tool("get_time")],
});
console.log(final.content);
console.log(verdicts.join("\n"));
await server.close();

assert.equal(verdicts.at(-1)?.split(" ")[0], "3", "two calls and the last word are three steps");
