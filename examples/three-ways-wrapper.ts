/** Way A: wrap the client, use it as before. Every tool call of the model is observed. */
import assert from "node:assert/strict";
import Anthropic from "@anthropic-ai/sdk";
import * as caum from "caum";
import OpenAI from "openai";
import { WireServer } from "../test/wire-server/server.ts";

// A local stand-in for both vendors; it answers by the name of the model.
const server = await WireServer.start();

caum.init(); // the key, or CAUM_API_KEY; without one everything stays on this machine
const anthropic = caum.wrapAnthropic(new Anthropic({ apiKey: "test", baseURL: server.url }));
const openai = caum.wrapOpenAI(new OpenAI({ apiKey: "test", baseURL: `${server.url}/v1` }));

const session = caum.session("three-ways-wrapper");
await session.run(async () => {
  await openai.chat.completions.create({
    model: "plain",
    messages: [{ role: "user", content: "How warm is it in Oslo?" }],
  });

  // An agent whose tool gives the same answer whatever it does.
  const messages: Anthropic.MessageParam[] = [{ role: "user", content: "How warm is it in Oslo?" }];
  for (let round = 0; round < 6; round += 1) {
    const answer = await anthropic.messages.create({ model: "repeats", max_tokens: 64, messages });
    messages.push({ role: "assistant", content: answer.content });
    for (const block of answer.content) {
      if (block.type !== "tool_use") continue;
      const result = { type: "tool_result", tool_use_id: block.id, content: "busy" } as const;
      messages.push({ role: "user", content: [{ ...result, is_error: true }] });
    }
  }
});

const report = await session.end({ resolved: false });
console.log(`${report.regime} ${report.tier} after ${report.total_steps} steps`);
console.log(report.verify);
await caum.flush();
await server.close();

assert.equal(report.regime, "LOOP");
assert.equal(report.tier, "T5");
