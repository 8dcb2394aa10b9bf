import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage, AIMessageChunk, type BaseMessage } from "@langchain/core/messages";
import { ChatGenerationChunk, type ChatResult } from "@langchain/core/outputs";
import { tool } from "langchain";
import { z } from "zod";

type Call = readonly [id: string, name: string, args: Record<string, unknown>];

/** A chat model that answers in this order; an error is thrown instead. */
export class ScriptedModel extends BaseChatModel {
  readonly prompts: BaseMessage[][] = [];
  readonly #answers: readonly (AIMessage | Error)[];
  #at = 0;

  constructor(answers: readonly (AIMessage | Error)[], retries = 0) {
    super({ maxRetries: retries });
    this.#answers = answers;
  }

  override _llmType(): string {
    return "scripted";
  }

  override bindTools(): this {
    return this;
  }

  override async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    this.prompts.push(messages);
    const message = this.#next();
    return { generations: [{ text: message.text, message }] };
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
  ): AsyncGenerator<ChatGenerationChunk> {
    this.prompts.push(messages);
    const { content, tool_calls = [], usage_metadata, response_metadata, id } = this.#next();
    for (const text of String(content)) {
      const message = new AIMessageChunk({ content: text, ...(id !== undefined && { id }) });
      yield new ChatGenerationChunk({ text, message });
    }
    const message = new AIMessageChunk({
      content: "",
      response_metadata,
      ...(id !== undefined && { id }),
      ...(usage_metadata === undefined ? {} : { usage_metadata }),
      tool_call_chunks: tool_calls.map((call, index) => ({
        index,
        id: call.id ?? "",
        name: call.name,
        args: JSON.stringify(call.args),
        type: "tool_call_chunk",
      })),
    });
    yield new ChatGenerationChunk({ text: "", message });
  }

  #next(): AIMessage {
    const answer = this.#answers[this.#at++];
    if (answer instanceof Error) throw answer;
    if (!answer) throw new Error("the script is over");
    return answer;
  }
}

let answers = 0;

export function says(content: string, ...calls: Call[]): AIMessage {
  // The host's fields do not allow for `exactOptionalPropertyTypes`.
  return new AIMessage({
    content,
    id: `answer-${answers++}`,
    tool_calls: calls.map(([id, name, args]) => ({ id, name, args, type: "tool_call" })),
    usage_metadata: {
      input_tokens: 10,
      output_tokens: 5,
      total_tokens: 15,
      input_token_details: { cache_read: 2 },
    },
    response_metadata: { model_name: "model-1", finish_reason: "stop" },
  } as never);
}

export function calls(...requested: Call[]): AIMessage {
  return says("", ...requested);
}

/** A tool that takes `{ q: string }`. */
export function toolOf(name: string, execute: (input: { q: string }) => unknown) {
  return tool(async (input) => execute(input), {
    name,
    description: name,
    schema: z.object({ q: z.string() }),
  });
}
