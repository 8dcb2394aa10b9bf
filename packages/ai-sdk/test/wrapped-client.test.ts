import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { registerCaum } from "@caum/ai-sdk";
import { createObserver } from "@caum/core";
import { wrapOpenAI } from "@caum/openai";
import { generateText, isStepCount } from "ai";
import { MockLanguageModelV4 } from "ai/test";
import OpenAI from "openai";
import { expect, test } from "vitest";
import { eventsOf, recordsIn } from "../../../test/records.ts";
import { answer, call, says, toolOf } from "./scripted-model.ts";

/** What a vendor answers, with an id that the model below does not hand on. */
function completionOf(at: number): object {
  const called = { name: "search", arguments: '{"q":"x"}' };
  const message =
    at === 0
      ? {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "c1", type: "function", function: called }],
        }
      : { role: "assistant", content: "done" };
  const choices = [{ index: 0, message, finish_reason: at === 0 ? "tool_calls" : "stop" }];
  return { id: `chatcmpl-${at}`, object: "chat.completion", created: 1, model: "m", choices };
}

const RESULT = { role: "tool" as const, tool_call_id: "c1", content: "found x" };

/** The answer as the next request repeats it. */
function messageOf(completion: object) {
  // True because completionOf made it.
  return (completion as OpenAI.ChatCompletion).choices[0]?.message as OpenAI.ChatCompletionMessage;
}

test("over a wrapped client that hands no response id on, each call is recorded once", async () => {
  const home = mkdtempSync(join(tmpdir(), "caum-both-"));
  const options = { home, env: {}, quiet: true } as const;
  const identity = { writer: "test", writerVersion: "1", layer: "model", view: "full" } as const;
  const observer = createObserver({ ...identity, home, env: {} });
  let at = 0;
  const client = wrapOpenAI(
    new OpenAI({
      apiKey: "none",
      baseURL: "http://vendor.invalid/v1",
      fetch: async () => Response.json(completionOf(at++)),
    }),
    { observer, quiet: true },
  );
  const model = new MockLanguageModelV4({
    doGenerate: async () => {
      const history = at === 0 ? [] : [messageOf(completionOf(0)), RESULT];
      const messages = [{ role: "user" as const, content: "hi" }, ...history];
      const { choices } = await client.chat.completions.create({ model: "m", messages });
      const [asked] = choices[0]?.message.tool_calls ?? [];
      return answer(asked ? call(asked.id, "search", { q: "x" }) : says("done"));
    },
  });
  const registration = registerCaum(options);
  const tools = { search: toolOf(({ q }) => ({ found: q })) };
  const { text } = await generateText({ model, prompt: "hi", tools, stopWhen: isStepCount(3) });
  await registration.close();
  await observer.close();
  expect(text).toBe("done");
  expect(eventsOf(recordsIn(home))).toEqual(["message user", "turn ok 1", "search ok", "turn ok"]);
  rmSync(home, { recursive: true, force: true });
});
