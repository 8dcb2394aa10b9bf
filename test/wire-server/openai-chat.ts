import { type Answer, CREATED, piecesOf, sse, USAGE } from "./answer.ts";

/** An answer in the words of Chat Completions. */
export function chatCompletion(answer: Answer, id: string, model: string) {
  const calls = answer.calls?.map((call) => ({
    id: call.id,
    type: "function",
    function: { name: call.name, arguments: call.arguments },
  }));
  return {
    id,
    object: "chat.completion",
    created: CREATED,
    model,
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: answer.text ?? null,
          refusal: null,
          ...(calls === undefined ? {} : { tool_calls: calls }),
        },
        logprobs: null,
        finish_reason: calls === undefined ? "stop" : "tool_calls",
      },
    ],
    usage: usage(),
  };
}

/** The same as a stream of events, ended by `[DONE]`. */
export function chatCompletionEvents(
  answer: Answer,
  id: string,
  model: string,
  includeUsage: boolean,
): string[] {
  const chunk = (choices: readonly unknown[], more: object = {}) =>
    sse({ id, object: "chat.completion.chunk", created: CREATED, model, choices, ...more });
  const delta = (content: object, finish: string | null = null) =>
    chunk([{ index: 0, delta: content, logprobs: null, finish_reason: finish }]);
  return [
    delta({ role: "assistant", content: answer.text === undefined ? null : "" }),
    ...piecesOf(answer.text ?? "", answer.pieceLength).map((content) => delta({ content })),
    ...(answer.calls ?? []).flatMap((call, index) => [
      delta({
        tool_calls: [
          { index, id: call.id, type: "function", function: { name: call.name, arguments: "" } },
        ],
      }),
      ...piecesOf(call.arguments, answer.pieceLength).map((text) =>
        delta({ tool_calls: [{ index, function: { arguments: text } }] }),
      ),
    ]),
    delta({}, answer.calls === undefined ? "stop" : "tool_calls"),
    ...(includeUsage ? [chunk([], { usage: usage() })] : []),
    sse("[DONE]"),
  ];
}

function usage() {
  return {
    prompt_tokens: USAGE.input,
    completion_tokens: USAGE.output,
    total_tokens: USAGE.input + USAGE.output,
    prompt_tokens_details: { cached_tokens: USAGE.cached },
    completion_tokens_details: { reasoning_tokens: USAGE.reasoning },
  };
}
