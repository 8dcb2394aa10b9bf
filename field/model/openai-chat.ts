import { eventStream, listOf, membersOf, newId } from "./members.ts";
import type { Wire } from "./model-server.ts";

const USAGE = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 };

export const openaiChat: Wire = {
  read: (path, body) => {
    if (!/\/chat\/completions(\?|$)/.test(path)) return undefined;
    return {
      tools: listOf(body.tools).map((tool) => {
        const { name, parameters } = membersOf(tool.function);
        return { name: String(name), schema: parameters };
      }),
      answered: listOf(body.messages).filter(({ role }) => role === "tool").length,
      isStreamed: body.stream === true,
    };
  },
  answer: (calls, text, isStreamed) => {
    const toolCalls = calls.map(({ name, input }, index) => ({
      index,
      id: newId("call_"),
      type: "function",
      function: { name, arguments: JSON.stringify(input) },
    }));
    const reason = calls.length > 0 ? "tool_calls" : "stop";
    const said = calls.length > 0 ? { tool_calls: toolCalls } : { content: text };
    const message = { role: "assistant", content: null, ...said };
    const base = { id: newId("chatcmpl-"), created: 1_795_000_000, model: "test-model" };
    if (!isStreamed) {
      const choices = [{ index: 0, message, finish_reason: reason }];
      const whole = { ...base, object: "chat.completion", choices, usage: USAGE };
      return { type: "application/json", body: JSON.stringify(whole) };
    }
    const chunk = (delta: object, finish: string | null, usage?: object) => ({
      data: {
        ...base,
        object: "chat.completion.chunk",
        choices: [{ index: 0, delta, finish_reason: finish }],
        ...(usage && { usage }),
      },
    });
    return eventStream([chunk(message, null), chunk({}, reason, USAGE), { data: "[DONE]" }]);
  },
};
