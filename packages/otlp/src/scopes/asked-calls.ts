/**
 * Calls that only the model's messages tell of: the model asks in one request, and the next one brings
 * the answers. A request repeats the whole conversation, so only the answers at its end are new.
 */
import type { ReportedEvent } from "../reported-event.ts";

/** A message of a request, as far as calls go. */
export interface Message {
  readonly role: string;
  readonly asks: readonly {
    readonly id: string;
    readonly tool: string;
    readonly values: unknown;
  }[];
  readonly answers: readonly { readonly id: string; readonly content: unknown }[];
}

/**
 * The calls that a request's last messages answer.
 *
 * @param atMs when the request was sent: the calls had ended by then
 */
export function answeredCalls(
  messages: readonly Message[],
  atMs: number,
): readonly ReportedEvent[] {
  const asking = messages.findLastIndex(({ asks }) => asks.length > 0);
  // A model that said something after the answers has seen them in an earlier request.
  const isOld = messages.slice(asking + 1).some(({ role }) => role === "assistant");
  if (asking < 0 || isOld) return [];
  const start = firstOfTurn(messages, asking);
  const asks = messages.slice(start, asking + 1).flatMap((message) => message.asks);
  const answers = messages.slice(asking + 1).flatMap((message) => message.answers);
  return asks.map(({ id, tool, values }, at) => {
    const answer =
      answers.find((one) => one.id === id) ?? answers[answers.length === asks.length ? at : -1];
    return {
      // Some servers give one id to many calls: the place in the conversation tells them apart.
      id: `call ${id} ${start + at}`,
      atMs,
      observation: {
        tool,
        toolCallId: id,
        arguments: values,
        ...(answer !== undefined && { result: answer.content }),
        status: "answered",
        parent: `turn ${start} ${asks[0]?.id}`,
      },
      answers: [id],
    };
  });
}

/** Some senders give every call of one turn a message of its own. */
function firstOfTurn(messages: readonly Message[], last: number): number {
  let first = last;
  while (first > 0 && (messages[first - 1]?.asks.length ?? 0) > 0) first -= 1;
  return first;
}
