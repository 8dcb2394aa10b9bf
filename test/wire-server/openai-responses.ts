import { type Answer, CREATED, piecesOf, sse, USAGE } from "./answer.ts";

/** An answer in the words of the Responses API. */
export function responseOf(answer: Answer, id: string, model: string, status = "completed") {
  return {
    id,
    object: "response",
    created_at: CREATED,
    status,
    error: null,
    incomplete_details: null,
    model,
    output: status === "completed" ? outputOf(answer, id) : [],
    parallel_tool_calls: true,
    tool_choice: "auto",
    tools: [],
    usage: status === "completed" ? usage() : null,
  };
}

/** The same as a stream of events. */
export function responseEvents(answer: Answer, id: string, model: string): string[] {
  let sequence = 0;
  const event = (type: string, fields: object) =>
    sse({ type, sequence_number: sequence++, ...fields }, type);
  const started = responseOf(answer, id, model, "in_progress");
  const items = outputOf(answer, id).flatMap((item, output_index) => {
    const place = { output_index, item_id: item.id };
    const opened = event("response.output_item.added", { output_index, item: emptied(item) });
    const pieces =
      item.type === "message"
        ? textEvents(event, place, answer)
        : piecesOf(item.arguments ?? "", answer.pieceLength)
            .map((delta) => event("response.function_call_arguments.delta", { ...place, delta }))
            .concat(
              event("response.function_call_arguments.done", {
                ...place,
                name: item.name,
                arguments: item.arguments,
              }),
            );
    return [opened, ...pieces, event("response.output_item.done", { output_index, item })];
  });
  return [
    event("response.created", { response: started }),
    event("response.in_progress", { response: started }),
    ...items,
    event("response.completed", { response: responseOf(answer, id, model) }),
  ];
}

interface OutputItem {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly role?: string;
  readonly content?: readonly object[];
  readonly call_id?: string;
  readonly name?: string;
  readonly arguments?: string;
}

function outputOf(answer: Answer, id: string): OutputItem[] {
  const message: OutputItem[] =
    answer.text === undefined
      ? []
      : [
          {
            id: `msg_${id}`,
            type: "message",
            status: "completed",
            role: "assistant",
            content: [textPart(answer.text)],
          },
        ];
  const calls = (answer.calls ?? []).map(
    (call): OutputItem => ({
      id: `fc_${call.id}`,
      type: "function_call",
      status: "completed",
      ...(call.id !== undefined && { call_id: call.id }),
      name: call.name,
      arguments: call.arguments,
    }),
  );
  const vendors = (answer.vendorCalls ?? []).map(
    (call): OutputItem => ({
      id: call.id,
      type: "mcp_call",
      status: call.hasFailed ? "failed" : "completed",
      name: call.name,
      arguments: "{}",
    }),
  );
  return [...message, ...vendors, ...calls];
}

/** An item as it is announced, before its content came. */
function emptied(item: OutputItem): OutputItem {
  const empty = item.type === "message" ? { content: [] } : { arguments: "" };
  return { ...item, status: "in_progress", ...empty };
}

function textEvents(
  event: (type: string, fields: object) => string,
  place: object,
  answer: Answer,
): string[] {
  const text = answer.text ?? "";
  const part = { ...place, content_index: 0 };
  return [
    event("response.content_part.added", { ...part, part: textPart("") }),
    ...piecesOf(text, answer.pieceLength).map((delta) =>
      event("response.output_text.delta", { ...part, delta, logprobs: [] }),
    ),
    event("response.output_text.done", { ...part, text, logprobs: [] }),
    event("response.content_part.done", { ...part, part: textPart(text) }),
  ];
}

function textPart(text: string) {
  return { type: "output_text", text, annotations: [], logprobs: [] };
}

function usage() {
  return {
    input_tokens: USAGE.input,
    input_tokens_details: { cached_tokens: USAGE.cached },
    output_tokens: USAGE.output,
    output_tokens_details: { reasoning_tokens: USAGE.reasoning },
    total_tokens: USAGE.input + USAGE.output,
  };
}
