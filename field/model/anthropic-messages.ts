import { eventStream, listOf, membersOf, newId } from "./members.ts";
import type { Wire } from "./model-server.ts";

const USAGE = { input_tokens: 100, output_tokens: 20 };

export const anthropicMessages: Wire = {
  read: (path, body) => {
    if (!/\/v1\/messages(\?|$)/.test(path)) return undefined;
    const blocks = listOf(body.messages).flatMap(({ content }) => listOf(content));
    return {
      tools: listOf(body.tools).map(({ name, input_schema: schema }) => ({
        name: String(name),
        schema,
      })),
      answered: blocks.filter(({ type }) => type === "tool_result").length,
      isStreamed: body.stream === true,
    };
  },
  answer: (calls, text, isStreamed) => {
    const content = [
      ...(text === "" ? [] : [{ type: "text", text }]),
      ...calls.map(({ name, input }) => ({ type: "tool_use", id: newId("toolu_"), name, input })),
    ];
    const reason = calls.length > 0 ? "tool_use" : "end_turn";
    const message = newMessage();
    if (!isStreamed) {
      const body = JSON.stringify({ ...message, content, stop_reason: reason, usage: USAGE });
      return { type: "application/json", body };
    }
    return eventStream([
      named("message_start", { message }),
      ...content.flatMap((block, index) => blockEvents(block, index)),
      named("message_delta", { delta: { stop_reason: reason, stop_sequence: null }, usage: USAGE }),
      named("message_stop", {}),
    ]);
  },
};

function newMessage() {
  return {
    id: newId("msg_"),
    type: "message",
    role: "assistant",
    model: "claude-test",
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 100, output_tokens: 1 },
  };
}

function blockEvents(block: object, index: number) {
  const { type, text, input, ...rest } = membersOf(block);
  const isText = type === "text";
  const start = isText ? { type, text: "" } : { type, ...rest, input: {} };
  const delta = isText
    ? { type: "text_delta", text }
    : { type: "input_json_delta", partial_json: JSON.stringify(input) };
  return [
    named("content_block_start", { index, content_block: start }),
    named("content_block_delta", { index, delta }),
    named("content_block_stop", { index }),
  ];
}

function named(event: string, data: object) {
  return { event, data: { type: event, ...data } };
}
