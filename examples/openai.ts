/** One line for an OpenAI client; verdicts come as the model and its tools work. */
import assert from "node:assert/strict";
import { wrapOpenAI } from "@caum/openai";
import OpenAI from "openai";
import { WireServer } from "../test/wire-server/server.ts";

// A local stand-in for the vendor; it answers by the name of the model.
const server = await WireServer.start();
const verdicts: string[] = [];

const client = wrapOpenAI(new OpenAI({ apiKey: "test", baseURL: `${server.url}/v1` }), {
  session: "openai-example",
  onVerdict: ({ step, regime, tier }) => verdicts.push(`${step} ${regime} ${tier}`),
});

const runner = client.chat.completions.runTools({
  model: "parallel",
  messages: [{ role: "user", content: "What are weather and time in Oslo?" }],
  stream: true,
  tools: ["get_weather", "get_time"].map((name) => ({
    type: "function",
    function: {
      name,
      description: name,
      parameters: { type: "object", properties: {} },
      parse: JSON.parse,
      function: () => "four degrees, noon",
    },
  })),
});
console.log(await runner.finalContent());
console.log(verdicts.join("\n"));
await server.close();

assert.equal(verdicts.at(-1)?.split(" ")[0], "3", "two calls and the last word are three steps");
