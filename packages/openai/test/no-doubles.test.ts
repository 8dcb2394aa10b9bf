import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { registerCaum } from "@caum/ai-sdk";
import { createObserver } from "@caum/core";
import { CaumCallbackHandler } from "@caum/langchain";
import { SimpleChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage, type BaseMessage, ToolMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";
import { tool as langchainTool } from "@langchain/core/tools";
import { generateText, stepCountIs, tool } from "ai";
import { createAgent } from "langchain";
import OpenAI from "openai";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { recordsIn, toolCallsIn, turnsIn } from "../../../test/records.ts";
import { WireServer } from "../../../test/wire-server/server.ts";
import { wrapOpenAI } from "../src/index.ts";

let server: WireServer;
let home: string;

beforeEach(async () => {
  server = await WireServer.start();
  home = mkdtempSync(join(tmpdir(), "caum-doubles-"));
});

afterEach(async () => {
  await server.close();
  rmSync(home, { recursive: true, force: true });
});

function observed() {
  const identity = {
    writer: "test",
    writerVersion: "1",
    layer: "framework",
    view: "full",
  } as const;
  const observer = createObserver({ ...identity, home, env: {} });
  const client = new OpenAI({ apiKey: "test", baseURL: `${server.url}/v1`, logLevel: "off" });
  return { observer, client: wrapOpenAI(client, { observer, quiet: true }) };
}

/** A user's own model class over a client that is wrapped as well. */
class WrappedChat extends SimpleChatModel {
  readonly #client: OpenAI;

  constructor(client: OpenAI) {
    super({});
    this.#client = client;
  }

  _llmType() {
    return "wrapped";
  }

  async _call(): Promise<string> {
    throw new Error("not called: `_generate` is");
  }

  override bindTools() {
    return this;
  }

  override async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    const tools = [{ type: "function" as const, function: { name: "get_weather" } }];
    const sent = messages.map((message): OpenAI.ChatCompletionMessageParam => {
      if (message instanceof ToolMessage) {
        return { role: "tool", tool_call_id: message.tool_call_id, content: message.text };
      }
      if (!(message instanceof AIMessage)) return { role: "user", content: message.text };
      const calls = (message.tool_calls ?? []).map((call) => ({
        id: call.id ?? "",
        type: "function" as const,
        function: { name: call.name, arguments: JSON.stringify(call.args) },
      }));
      return { role: "assistant", content: message.text, tool_calls: calls };
    });
    const answer = await this.#client.chat.completions.create({
      model: "tools",
      messages: sent,
      tools,
    });
    const said = answer.choices[0]!.message;
    const tool_calls = (said.tool_calls ?? []).flatMap((call) =>
      call.type === "function"
        ? [{ id: call.id, name: call.function.name, args: JSON.parse(call.function.arguments) }]
        : [],
    );
    const message = new AIMessage({ content: said.content ?? "", id: answer.id, tool_calls });
    return { generations: [{ text: message.text, message }] };
  }
}

test("an agent of LangChain over a wrapped client is recorded once, by LangChain", async () => {
  const { observer, client } = observed();
  const handler = new CaumCallbackHandler({ observer, quiet: true });
  const weather = langchainTool(() => "four degrees", {
    name: "get_weather",
    schema: z.object({ city: z.string() }),
  });
  const agent = createAgent({ model: new WrappedChat(client), tools: [weather] });
  const input = { messages: [{ role: "user" as const, content: "How warm is it?" }] };
  await agent.invoke(input, { callbacks: [handler] });
  await observer.close();
  expect(server.requests).toHaveLength(2);
  const records = recordsIn(home);
  expect(turnsIn(records).map(({ status }) => status)).toEqual(["ok", "ok"]);
  expect(toolCallsIn(records).map(({ status }) => status)).toEqual(["ok"]);
  expect(new Set(records.map(({ sessionId }) => sessionId)).size).toBe(1);
});

test("an agent of the AI SDK over a wrapped client is recorded once, by the AI SDK", async () => {
  const { observer, client } = observed();
  const registration = registerCaum({ observer, quiet: true });
  await generateText({
    model: aiModelOver(client),
    prompt: "How warm is it?",
    stopWhen: stepCountIs(3),
    tools: {
      get_weather: tool({
        inputSchema: z.object({ city: z.string() }),
        execute: () => "four degrees",
      }),
    },
  });
  await registration.close();
  expect(server.requests).toHaveLength(2);
  const records = recordsIn(home);
  expect(turnsIn(records).map(({ status }) => status)).toEqual(["ok", "ok"]);
  expect(toolCallsIn(records).map(({ status }) => status)).toEqual(["ok"]);
  expect(new Set(records.map(({ sessionId }) => sessionId)).size).toBe(1);
});

type AiModel = Exclude<Parameters<typeof generateText>[0]["model"], string>;

/** A user's own provider over a client that is wrapped as well. */
function aiModelOver(client: OpenAI): AiModel {
  const model = {
    specificationVersion: "v4",
    provider: "wrapped",
    modelId: "tools",
    supportedUrls: {},
    async doGenerate({ prompt }: { prompt: readonly { role: string }[] }) {
      const answered = prompt.some(({ role }) => role === "tool");
      const results = answered
        ? [
            {
              role: "assistant" as const,
              content: "",
              tool_calls: [
                {
                  id: "call_weather",
                  type: "function" as const,
                  function: { name: "get_weather", arguments: '{"city":"Oslo"}' },
                },
              ],
            },
            { role: "tool" as const, tool_call_id: "call_weather", content: "four degrees" },
          ]
        : [];
      const messages = [{ role: "user" as const, content: "How warm is it?" }, ...results];
      const tools = [{ type: "function" as const, function: { name: "get_weather" } }];
      const answer = await client.chat.completions.create({ model: "tools", messages, tools });
      const said = answer.choices[0]!.message;
      const content = (said.tool_calls ?? []).flatMap((call) =>
        call.type === "function"
          ? [
              {
                type: "tool-call",
                toolCallId: call.id,
                toolName: call.function.name,
                input: call.function.arguments,
              },
            ]
          : [],
      );
      const finish = content.length > 0 ? "tool-calls" : "stop";
      return {
        content: content.length > 0 ? content : [{ type: "text", text: said.content ?? "" }],
        finishReason: { unified: finish, raw: finish },
        usage: { inputTokens: { total: 1 }, outputTokens: { total: 1 } },
        response: { id: answer.id, modelId: "tools" },
        warnings: [],
      };
    },
    doStream() {
      throw new Error("not called");
    },
  };
  // The fields that the SDK reads of a model, as checked by running it.
  return model as unknown as AiModel;
}
