import { type Answer, piecesOf, sse, USAGE } from "./answer.ts";

/** Tokens that were written to the prompt cache. */
const CACHE_WRITE = 8;

/** An answer in the words of the Messages API. */
export function messageOf(answer: Answer, id: string, model: string) {
  return {
    id,
    type: "message",
    role: "assistant",
    model,
    content: blocksOf(answer).map(({ block }) => block),
    stop_reason: stopReason(answer),
    stop_sequence: null,
    usage: { ...usage(), output_tokens: USAGE.output },
  };
}

/** The same as a stream of events. */
export function messageEvents(answer: Answer, id: string, model: string): string[] {
  const event = (type: string, fields: object = {}) => sse({ type, ...fields }, type);
  const start = { ...messageOf(answer, id, model), content: [], stop_reason: null };
  const blocks = blocksOf(answer).flatMap(({ opened, deltas }, index) => [
    event("content_block_start", { index, content_block: opened }),
    ...deltas.map((delta) => event("content_block_delta", { index, delta })),
    event("content_block_stop", { index }),
  ]);
  return [
    event("message_start", { message: { ...start, usage: { ...usage(), output_tokens: 1 } } }),
    event("ping"),
    ...blocks,
    event("message_delta", {
      delta: { stop_reason: stopReason(answer), stop_sequence: null },
      usage: { output_tokens: USAGE.output },
    }),
    event("message_stop"),
  ];
}

function blocksOf(answer: Answer) {
  const text =
    answer.text === undefined
      ? []
      : [
          {
            block: { type: "text", text: answer.text } as object,
            opened: { type: "text", text: "" } as object,
            deltas: piecesOf(answer.text, answer.pieceLength).map((piece): object => ({
              type: "text_delta",
              text: piece,
            })),
          },
        ];
  const vendors = answer.vendorCalls ?? [];
  const asked = vendors.map(({ id, name }) => ({ type: "server_tool_use", id, name, input: {} }));
  // Calls side by side have their results behind the last of them.
  const results = vendors.map(({ id, name, hasFailed }) => ({
    type: `${name}_tool_result`,
    tool_use_id: id,
    content: hasFailed ? { type: `${name}_tool_result_error`, error_code: "unavailable" } : [],
  }));
  const whole = [...asked, ...results].map((block) => ({ block, opened: block, deltas: [] }));
  const calls = (answer.calls ?? []).map((call) => {
    const head = { type: "tool_use", id: call.id, name: call.name };
    return {
      block: { ...head, input: inputOf(call.arguments) },
      opened: { ...head, input: {} },
      deltas: piecesOf(call.arguments, answer.pieceLength).map((piece) => ({
        type: "input_json_delta",
        partial_json: piece,
      })),
    };
  });
  return [...whole, ...text, ...calls];
}

/** A whole message cannot hold arguments that are no JSON; a stream can. */
function inputOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function stopReason(answer: Answer): string {
  return answer.calls === undefined ? "end_turn" : "tool_use";
}

/** Unlike OpenAI's, the input tokens do not include what went through the cache. */
function usage() {
  return {
    input_tokens: USAGE.input - USAGE.cached - CACHE_WRITE,
    cache_read_input_tokens: USAGE.cached,
    cache_creation_input_tokens: CACHE_WRITE,
  };
}
