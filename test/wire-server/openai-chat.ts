import { type Answer, CREATED, piecesOf, sse, USAGE } from "./answer.ts";

/** An answer in the words of Chat Completions. */
export function chatCompletion(answer: Answer, id: string, model: string) {
  const calls = answer.calls?.map((call) => ({
    ...(call.id !== undefined && { id: call.id }),
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
    ...(answer.calls ?? []).flatMap(({ id: callId, name, arguments: text }, place) => {
      const index = answer.isSameIndex ? 0 : place;
      const named = { ...(callId !== undefined && { id: callId }), type: "function" };
      return [
        delta({ tool_calls: [{ index, ...named, function: { name, arguments: "" } }] }),
        ...piecesOf(text, answer.pieceLength).map((piece) =>
          delta({ tool_calls: [{ index, function: { arguments: piece } }] }),
        ),
      ];
    }),
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
